"""Looking at one seam after the other, accepting unseen, and auditing that."""
