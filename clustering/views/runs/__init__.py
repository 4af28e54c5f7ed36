"""Proposals, jobs, and model training."""
