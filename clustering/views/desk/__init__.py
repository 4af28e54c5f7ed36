"""The desk: stream, table, and plain list, with pages, panels, search, and help for them."""
