"""What was done, undoing it, and going back."""
