"""Scans and documents for viewers elsewhere."""
