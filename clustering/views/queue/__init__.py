"""The queue of seams to check, confirming in bulk, and spot checks."""
