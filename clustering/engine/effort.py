"""Seconds that the gestures of a review take, thinking included: assumed until somebody measures them at a desk."""

LOOK = 1.5
"""One seam, both pages side by side."""
SPLIT = 3.0
MERGE = 4.0
"""Longer than a split: both groups must be seen."""
MOVE = 8.0
"""One run of pages into another group, the target found first."""
