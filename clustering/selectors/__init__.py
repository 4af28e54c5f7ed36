"""Reads that more than one door asks for. Nothing here writes."""
