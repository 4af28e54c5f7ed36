"""One module a kind of document: each function takes a `Commission` and gives a `Document`."""
