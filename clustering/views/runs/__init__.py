"""Proposals, jobs, and learning from answers."""
