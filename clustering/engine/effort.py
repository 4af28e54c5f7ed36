"""Seconds that each step of a review takes, including thinking: assumed until measured with people."""

LOOK = 1.5
"""One seam, with both pages side by side."""
SPLIT = 3.0
MERGE = 4.0
"""Longer than a split: both groups must be looked at."""
MOVE = 8.0
"""Moving a run of pages into another group, including finding it."""
