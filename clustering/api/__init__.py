"""The HTTP API: what the desk does, for scripts. A file per noun; all writing goes through the desk's own acts."""
