"""What the machine changes after a decision: groups that no person settled, drafts, probabilities."""
