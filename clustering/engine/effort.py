"""How long the gestures of a review take."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite


@dataclass(frozen=True, slots=True)
class Rates:
    """Seconds a gesture takes, thinking included. Assumed until measured at a desk: log the times and put in
    medians."""

    look: float = 1.5
    """One seam, both pages side by side."""
    confirm: float = 1.0
    """One group, one key."""
    split: float = 3.0
    merge: float = 4.0
    """Longer than a split: both groups must be seen."""
    move: float = 8.0
    """One run of pages into another group, the target found first."""

    def __post_init__(self) -> None:
        if not all(isfinite(getattr(self, f.name)) and getattr(self, f.name) >= 0 for f in fields(self)):
            raise ValueError("Rates are seconds: finite and not negative.")


ASSUMED = Rates()
