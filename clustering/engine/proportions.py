"""How far a share that was counted may be from the true one."""

from __future__ import annotations

from math import sqrt

_Z = 1.959964
"""Standard deviations that hold 95 % of a normal distribution."""


def wilson(hits: float, count: int) -> tuple[float, float]:
    """Return the 95 % score interval of hits / count (Wilson 1927), within 0 … 1; (0, 1) where nothing was counted."""
    if count <= 0:
        return 0.0, 1.0
    share, z2 = hits / count, _Z * _Z
    center = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return max(0.0, center - half), min(1.0, center + half)
