"""New collections and scans, from folders, addresses, and uploads."""
