"""Documents go out as files."""
