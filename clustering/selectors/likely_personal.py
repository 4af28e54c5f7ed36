"""Unrestricted pages that may contain personal data, for a person to check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from clustering.access import open_findings
from clustering.models import Collection, Page, PersonalFinding, Reading

MOST_FOUND = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A finding, with the words of its line around it."""

    finding: PersonalFinding
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class LikelyPage:
    """A page with its findings."""

    page: Page
    places: list[Place]


def likely_personal(collection: Collection, *, first: int) -> tuple[list[LikelyPage], int | None]:
    """Return unrestricted pages from this position on that may contain personal data, and the position to continue
    from.

    At most MOST_FOUND pages; the position is None after the last one. Dismissed findings are left out.
    """
    pages = open_findings(collection).filter(page__position__gte=first)
    positions = list(
        pages.order_by("page__position").values_list("page__position", flat=True).distinct()[: MOST_FOUND + 1]
    )
    further = positions.pop() if len(positions) > MOST_FOUND else None
    rows = pages.filter(page__position__in=positions).select_related("page").order_by("page__position", "line", "start")
    places = groupby(places_of(rows), lambda place: place.finding.page)
    return [LikelyPage(page, list(there)) for page, there in places], further


def places_of(findings: Iterable[PersonalFinding]) -> list[Place]:
    """Return these findings with their words, in order, without those whose text has just changed."""
    wanted = list(findings)
    texts = Reading.objects.filter(page__in={one.page_id for one in wanted}).values_list("page_id", "text")
    lines = {page: text.splitlines() for page, text in texts}
    places = []
    for one in wanted:
        there = lines.get(one.page_id, [])
        if one.line is not None and one.line < len(there):
            line = there[one.line]
            places.append(Place(one, line[: one.start], line[one.start : one.end], line[one.end :]))
    return places
