"""Scans come in: from folders and addresses, and by upload."""
