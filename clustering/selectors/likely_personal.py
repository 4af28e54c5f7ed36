"""Pages that are open and may hold personal data, for a person to look at."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from clustering.engine.personal import find_personal
from clustering.models import Collection, DismissedHint, Page, Reading

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

    @property
    def digest(self) -> str:
        """What it is known by when it is dismissed: other words, or something else in them, are another one."""
        return hashlib.sha256("\0".join((self.kind, self.before, self.found, self.after)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LikelyPage:
    """A page with its places."""

    page: Page
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A place that somebody dismissed and that is still there."""

    place: Place
    by: DismissedHint


def likely_personal(
    collection: Collection, *, first: int, clock: Callable[[], float] = time.monotonic
) -> tuple[list[LikelyPage], int | None]:
    """Return open pages from this position on that may hold personal data, and the position to go on from.

    That is None after the last page. The search stops after MOST_FOUND pages or SECONDS. What was dismissed is left
    out.
    """
    hints = DismissedHint.objects.filter(page__collection=collection, page__position__gte=first)
    dismissed = set(hints.values_list("page", "digest"))
    opened = Page.objects.filter(collection=collection).unrestricted().filter(position__gte=first)
    readings = Reading.objects.filter(page__in=opened).exclude(text="").select_related("page")
    found: list[LikelyPage] = []
    until = clock() + SECONDS
    for reading in readings.order_by("page__position").defer("lines", "search").iterator(chunk_size=_AT_ONCE):
        if len(found) == MOST_FOUND or clock() > until:
            return found, reading.page.position
        places = [place for place in places_of(reading) if (reading.page_id, place.digest) not in dismissed]
        if places:
            found.append(LikelyPage(reading.page, places))
    return found, None


def still_there(hints: Iterable[DismissedHint]) -> list[Dismissed]:
    """Return those of these dismissed places whose words still stand on an open page, in the same order."""
    wanted = list(hints)
    opened = Page.objects.filter(pk__in={hint.page_id for hint in wanted}).unrestricted()
    readings = Reading.objects.filter(page__in=opened).defer("lines", "search")
    there = {(reading.page_id, place.digest): place for reading in readings for place in places_of(reading)}
    return [Dismissed(there[key], hint) for hint in wanted if (key := (hint.page_id, hint.digest)) in there]


def places_of(reading: Reading) -> list[Place]:
    """Return what may be personal data in the text of a page, in reading order."""
    lines = reading.text.splitlines()
    hints = find_personal(lines, language=reading.language)
    return [
        Place(hint.kind, line[: hint.start], line[hint.start : hint.end], line[hint.end :])
        for hint in hints
        if (line := lines[hint.line])
    ]
