"""Exports and their settings."""
