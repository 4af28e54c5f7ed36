"""All the desk needs before any page is seen: one answer, in as few bytes as will do, for 50,000 pages."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Max, Min, Q

from clustering.access import hidden_in, shown_pages
from clustering.models import ROTATION, VERBS, Answer, Collection, Edit, Job, LiveScore, Page, Run, SeamScore
from clustering.redecode.live import desk_run
from clustering.selectors.desk_rows import drafting, packed_groups
from clustering.selectors.desk_shapes import Span
from clustering.wording import percent

UNKNOWN = 255
"""Stands for "no score" among the seam bytes, which are percentages."""
ASPECT_UNITS = 50
"""An aspect byte is width / height in fiftieths, 1 to 255: up to 5.1."""
CACHE_SECONDS = 24 * 3600


def held_spans(collection: Collection) -> list[Span]:
    """Return the positions that exist; one span unless pages were taken out."""
    low, high, n = shown_pages(collection).aggregate(low=Min("position"), high=Max("position"), n=Count("pk")).values()
    if not n:
        return []
    if high - low + 1 == n:
        return [[low, high]]
    spans: list[Span] = []
    for position in shown_pages(collection).order_by("position").values_list("position", flat=True):
        if spans and spans[-1][1] == position - 1:
            spans[-1][1] = position
        else:
            spans.append([position, position])
    return spans


def seam_bytes(run: Run, reordered: int) -> str:
    """Base64 of one byte a position from 1: probability of a boundary after that page, in percent, with what people
    decided since the run in it. Runs never change, so theirs are kept until pages move; the changes are few."""
    key = f"seams:{run.pk}:{reordered}"
    kept: str | None = cache.get(key)
    if kept is None:
        scores = SeamScore.objects.filter(run=run).values_list("page__position", "probability")
        kept = _bytes((position, percent(probability)) for position, probability in scores)
        cache.set(key, kept, CACHE_SECONDS)
    live = LiveScore.objects.filter(run=run).values_list("page__position", "probability")
    changed = [(position, percent(probability)) for position, probability in live]
    if not changed:
        return kept
    out = bytearray(base64.b64decode(kept))
    for position, value in changed:
        if position <= len(out):
            out[position - 1] = value
    return base64.b64encode(bytes(out)).decode("ascii")


def aspect_bytes(collection: Collection, page_count: int, last: int) -> str:
    """Base64 of one byte a position from 1: width / height in fiftieths, upright. Kept until pages come or go, or a job
    is done or a page rotated: reading finds out which pages lie on their side."""
    moved, done = collection.reordered, collection.jobs.filter(state=Job.State.DONE).count()
    key = f"aspects:{collection.pk}:{page_count}:{last}:{moved}:{done}:{_last_rotation(collection)}"
    kept: str | None = cache.get(key)
    if kept is None:
        pages = Page.objects.filter(collection=collection).annotate(shown=ROTATION)
        sizes = pages.values_list("position", "width", "height", "shown")
        upright = ((p, h, w) if rotation in (90, 270) else (p, w, h) for p, w, h, rotation in sizes)
        kept = _bytes((p, max(1, min(255, round(ASPECT_UNITS * w / h)))) for p, w, h in upright)
        cache.set(key, kept, CACHE_SECONDS)
    return kept


def _last_rotation(collection: Collection) -> int:
    """Sequence of the last act that rotated pages, or undid or redid it."""
    verbs = [verb for verb in VERBS.values() if verb.rotates]
    rotating = Q(verb__in=verbs) | Q(undoes__verb__in=verbs) | Q(redoes__verb__in=verbs)
    return Edit.objects.filter(rotating, collection=collection).aggregate(last=Max("sequence"))["last"] or 0


def _bytes(values: Iterable[tuple[int, int]]) -> str:
    pairs = list(values)
    out = bytearray([UNKNOWN]) * max((position for position, _ in pairs), default=0)
    for position, value in pairs:
        out[position - 1] = value
    return base64.b64encode(bytes(out)).decode("ascii")


def _hidden_positions(collection: Collection) -> list[int]:
    return list(hidden_in(collection).order_by().values_list("position", flat=True))


def _blanked(kept: str, positions: Iterable[int]) -> str:
    """Return the bytes without what they say of these positions."""
    out = bytearray(base64.b64decode(kept))
    for position in positions:
        if 0 < position <= len(out):
            out[position - 1] = UNKNOWN
    return base64.b64encode(bytes(out)).decode("ascii")


def answered_positions(collection: Collection) -> list[int]:
    """Left positions of the seams that a person answered."""
    answers = Answer.objects.filter(collection=collection, second__position=F("first__position") + 1)
    hidden = hidden_in(collection)
    shown = answers.exclude(first__in=hidden).exclude(second__in=hidden)
    return list(shown.order_by("first__position").values_list("first__position", flat=True))


def index(collection: Collection) -> dict[str, Any]:
    """All the desk needs before any page is seen."""
    held = held_spans(collection)
    run = desk_run(collection)
    last = held[-1][1] if held else 0
    count = sum(high - low + 1 for low, high in held)
    seams = seam_bytes(run, collection.reordered) if run else ""
    aspects = aspect_bytes(collection, collection.pages.count() if collection.hides_restricted else count, last)
    if collection.hides_restricted:
        hidden = _hidden_positions(collection)
        aspects = _blanked(aspects, hidden)
        # A byte of the seams is of the page before: both sides of a hidden page go.
        seams = _blanked(seams, {at for position in hidden for at in (position, position - 1)})
    return {
        "version": collection.version,
        "held": held,
        "groups": packed_groups(collection),
        "drafting": drafting(collection),
        "redrafted": collection.redrafted,
        "answered": answered_positions(collection),
        "seams": seams,
        "aspects": aspects,
        "run": {"id": run.pk, "method": run.method} if run else None,
    }
