"""One module per kind of document: each function takes a `Commission` and returns a `Document`."""
