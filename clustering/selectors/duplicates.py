"""Pages that show the same: the same file, or a second copy by look and text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clustering.access import shown_pages
from clustering.models import Group, Page, Reading

LOOKED_AT = 12
"""Pages nearest by look whose text is compared; a copy that was scanned twice is among the first few."""
LOOKS_ALIKE = 90
"""Percent of similarity from which text is compared."""
READS_ALIKE = 0.6
"""Jaccard similarity of three-word shingles from which two pages are copies: one page read twice has .7 to .95."""
FEWEST_RUNS = 8
"""With fewer shingles, text proves nothing; then only the same file counts."""
MOST = 8

_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another page that shows the same as this one."""

    page: Page
    same_file: bool
    alike: int
    """Percent of the words that both have; 100 for the same file."""


def duplicates_of(page: Page, *, near: Sequence[tuple[Page, int]]) -> list[Duplicate]:
    """Return the copies of this page in its collection, the same file first, then by similarity. Two queries.

    `near` are similar pages with their similarity, from `similar_pages`; LOOKED_AT are enough.
    """
    others = shown_pages(page.collection).exclude(pk=page.pk).select_related("group")
    duplicates = [
        Duplicate(other, same_file=True, alike=100)
        for other in others.filter(sha256=page.sha256).order_by("position")[:MOST]
    ]
    alike_to_see = [other for other, likeness in near[:LOOKED_AT] if likeness >= LOOKS_ALIKE]
    wanted = [page.pk, *(other.pk for other in alike_to_see)]
    texts = dict(Reading.objects.filter(page__in=wanted).values_list("page_id", "text")) if alike_to_see else {}
    own = _runs(texts.get(page.pk, ""))
    known = {duplicate.page.pk for duplicate in duplicates}
    for other in alike_to_see:
        alike = _shared(own, _runs(texts.get(other.pk, "")))
        if other.pk not in known and alike >= READS_ALIKE:
            duplicates.append(Duplicate(other, same_file=False, alike=round(100 * alike)))
    return sorted(duplicates, key=lambda d: (not d.same_file, -d.alike, d.page.position))[:MOST]


def original_of(page: Page, duplicates: Sequence[Duplicate]) -> Group | None:
    """Return the earlier group that the page's group seems to duplicate; None if that is recorded already, either
    way."""
    own = page.group
    if own is None or own.copy_of is not None:
        return None
    groups = [duplicate.page.group for duplicate in duplicates if duplicate.page.group is not None]
    earlier = [g for g in groups if g.first_position < own.first_position and g.copy_of != own.number]
    return min(earlier, key=lambda group: group.first_position, default=None)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _shared(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    if min(len(one), len(other)) < FEWEST_RUNS:
        return 0.0
    return len(one & other) / len(one | other)
