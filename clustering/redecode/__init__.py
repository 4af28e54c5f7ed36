"""What the machine changes after a person decided: groups that nobody settled, drafts, probabilities."""
