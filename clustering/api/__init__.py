"""The HTTP API, with a file per noun. Scripts change documents with the same acts as the desk in the browser."""
