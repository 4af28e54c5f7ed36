"""The geometry of the picture of confidences: numbers that a template writes into an SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format

from clustering.engine.assurance import ConfidenceBar

WIDTH, HEIGHT = 760, 196
FLOOR, CEILING = 164, 24
GAP = 6
LEAST = 3
"""A bar of a single group among thousands is still seen."""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar in pixels of the picture, with its count and its lower end."""

    left: int
    top: int
    width: int
    height: int
    middle: int
    count: int
    begins: str
    ends: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """All bars, and the position of the threshold."""

    width: int
    height: int
    floor: int
    line: int
    bars: tuple[DrawnBar, ...]


def draw_bars(bars: Sequence[ConfidenceBar]) -> Drawing:
    """Return bars of the same width side by side, whatever part of the scale they represent."""
    most = max((bar.count for bar in bars), default=0)
    step = WIDTH // len(bars)
    drawn = []
    for index, bar in enumerate(bars):
        tall = max(LEAST, round((FLOOR - CEILING) * bar.count / most)) if bar.count else 0
        left = index * step + GAP // 2
        drawn.append(
            DrawnBar(
                left=left,
                top=FLOOR - tall,
                width=step - GAP,
                height=tall,
                middle=left + (step - GAP) // 2,
                count=bar.count,
                begins=_edge(bar.low),
                ends=_edge(bar.high),
                accepted=bar.accepted,
            )
        )
    below = sum(not bar.accepted for bar in bars)
    return Drawing(WIDTH, HEIGHT, FLOOR, below * step, tuple(drawn))


def _edge(share: float) -> str:
    return number_format(f"{100 * share:.3f}".rstrip("0").rstrip("."))
