"""Queries that several doors share. Nothing here writes."""
