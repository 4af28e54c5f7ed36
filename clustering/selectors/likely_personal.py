"""Pages that are open and may hold personal data, for a person to look at."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from clustering.engine.personal import find_personal
from clustering.models import Collection, Page, Reading

MOST_FOUND = 30
SECONDS = 1.5
"""A page takes some ten milliseconds; who looks goes on from where the search stopped."""
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A line with something in it: what kind, and the line around it."""

    kind: str
    before: str
    found: str
    after: str


@dataclass(frozen=True, slots=True)
class LikelyPage:
    """A page with its places."""

    page: Page
    places: list[Place]


def likely_personal(
    collection: Collection, *, first: int, clock: Callable[[], float] = time.monotonic
) -> tuple[list[LikelyPage], int | None]:
    """Return open pages from this position on that may hold personal data, and the position to go on from.

    That is None after the last page. The search stops after MOST_FOUND pages or SECONDS.
    """
    opened = Page.objects.filter(collection=collection).unrestricted().filter(position__gte=first)
    readings = Reading.objects.filter(page__in=opened).exclude(text="").select_related("page")
    found: list[LikelyPage] = []
    until = clock() + SECONDS
    for reading in readings.order_by("page__position").defer("lines", "search").iterator(chunk_size=_AT_ONCE):
        if len(found) == MOST_FOUND or clock() > until:
            return found, reading.page.position
        places = _places(reading)
        if places:
            found.append(LikelyPage(reading.page, places))
    return found, None


def _places(reading: Reading) -> list[Place]:
    lines = reading.text.splitlines()
    hints = find_personal(lines, language=reading.language)
    return [
        Place(hint.kind, line[: hint.start], line[hint.start : hint.end], line[hint.end :])
        for hint in hints
        if (line := lines[hint.line])
    ]
