"""What the desk in the browser is told: groups and pages in short rows, because there may be 50,000 of them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Max, Min
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Left

from clustering.engine.titles import title_of
from clustering.models import Answer, Collection, Group, Job, LiveScore, Page, Run, SeamScore
from clustering.selectors.desk_run import desk_run
from clustering.selectors.queue import percent
from clustering.selectors.spans import Span, spans_of

UNKNOWN = 255
"""Stands for "no score" among the seam bytes, which are percentages."""
ASPECT_UNITS = 50
"""An aspect byte is width / height in fiftieths, 1 to 255: up to 5.1."""
CACHE_SECONDS = 24 * 3600
_LINE_LETTERS = 90
_TEXT_LETTERS = 400
"""The first line that says something lies within these."""


_COLUMNS = (
    "pk",
    "number",
    "state",
    "flagged",
    "title",
    KeyTextTransform("value", KeyTextTransform("title", "draft")),
    "kind",
    "date",
    "confidence",
    "version",
    KeyTextTransform("value", KeyTextTransform("kind", "draft")),
    "flag_note",
    "edited",
    KeyTextTransform("value", KeyTextTransform("date", "draft")),
    "note",
    "copy_of",
    "accepted_drafts",
    "language",
    "details",
)


def group_rows(collection: Collection, ids: Iterable[int] | None = None) -> list[list[Any]]:
    """All groups (or those asked for) by first page: [id, number, state, flagged, title, draft title, kind, date,
    confidence in percent or null, version, spans in reading order, draft kind, flag note, edited, draft date, note,
    number of the group it is a copy of or 0, fields that hold an accepted draft, what it is called where it has neither
    title nor draft, language, all else that is said of it]. Two queries.
    """
    wanted = Group.objects.filter(collection=collection)
    placed = Page.objects.filter(collection=collection, group__isnull=False)
    if ids is not None:
        some = list(ids)
        wanted, placed = wanted.filter(pk__in=some), placed.filter(group__in=some)
    spans = spans_of(placed)
    rows = []
    for row in wanted.order_by("first_position").values_list(*_COLUMNS):
        pk, number, state, flagged, title, draft, kind, date, confidence, version, *more = row
        draft_kind, flag_note, edited, draft_date, note, copy_of, accepted, language, details = more
        pages = spans.get(pk, [])
        untitled = "" if title or draft else _called(kind, pages)
        sure = None if confidence is None else percent(confidence)
        facts = [pk, number, state, int(flagged), title, draft or "", kind, date, sure, version, pages]
        facts += [draft_kind or "", flag_note, int(edited), draft_date or "", note, copy_of or 0]
        rows.append([*facts, accepted, untitled, language, details])
    return rows


def _called(kind: str, spans: Iterable[Span]) -> str:
    return title_of("", kind=kind, positions=(at for low, high in spans for at in range(low, high + 1)))


def held_spans(collection: Collection) -> list[Span]:
    """The positions that exist; one span unless pages were taken out."""
    low, high, n = (
        Page.objects.filter(collection=collection)
        .aggregate(low=Min("position"), high=Max("position"), n=Count("pk"))
        .values()
    )
    if not n:
        return []
    if high - low + 1 == n:
        return [[low, high]]
    spans: list[Span] = []
    for position in Page.objects.filter(collection=collection).order_by("position").values_list("position", flat=True):
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
    is done: reading finds out which pages lie on their side."""
    moved = collection.reordered
    key = f"aspects:{collection.pk}:{page_count}:{last}:{moved}:{collection.jobs.filter(state=Job.State.DONE).count()}"
    kept: str | None = cache.get(key)
    if kept is None:
        sizes = Page.objects.filter(collection=collection).values_list(
            "position", "width", "height", "reading__rotation"
        )
        upright = ((p, h, w) if turn in (90, 270) else (p, w, h) for p, w, h, turn in sizes)
        kept = _bytes((p, max(1, min(255, round(ASPECT_UNITS * w / h)))) for p, w, h in upright)
        cache.set(key, kept, CACHE_SECONDS)
    return kept


def _bytes(values: Iterable[tuple[int, int]]) -> str:
    pairs = list(values)
    out = bytearray([UNKNOWN]) * max((position for position, _ in pairs), default=0)
    for position, value in pairs:
        out[position - 1] = value
    return base64.b64encode(bytes(out)).decode("ascii")


def answered_positions(collection: Collection) -> list[int]:
    """Left positions of the seams that a person answered."""
    answers = Answer.objects.filter(collection=collection, second__position=F("first__position") + 1)
    return list(answers.order_by("first__position").values_list("first__position", flat=True))


def index(collection: Collection) -> dict[str, Any]:
    """All the desk needs before any page is seen."""
    held = held_spans(collection)
    run = desk_run(collection)
    last = held[-1][1] if held else 0
    count = sum(high - low + 1 for low, high in held)
    return {
        "version": collection.version,
        "held": held,
        "groups": group_rows(collection),
        "answered": answered_positions(collection),
        "seams": seam_bytes(run, collection.reordered) if run else "",
        "aspects": aspect_bytes(collection, count, last),
        "run": {"id": run.pk, "method": run.method} if run else None,
    }


def page_rows(collection: Collection, first: int, last: int) -> list[list[Any]]:
    """Pages of a range of positions: [position, id, identifier, beginning of the SHA-256, width, height, role,
    first line of text, degrees clockwise to stand upright]. One query.
    """
    rows = (
        Page.objects.filter(collection=collection, position__gte=first, position__lte=last)
        .annotate(start=Left("reading__text", _TEXT_LETTERS))
        .order_by("position")
        .values_list("position", "pk", "identifier", "sha256", "width", "height", "role", "start", "reading__rotation")
    )
    return [
        [p, pk, name, sha[:16], w, h, role, first_line(text or ""), turn or 0]
        for p, pk, name, sha, w, h, role, text, turn in rows
    ]


def first_line(text: str) -> str:
    """The first line that says something: three letters at least, and more letters than other signs."""
    for line in text.splitlines():
        letters = sum(sign.isalpha() for sign in line)
        if letters >= 3 and 2 * letters > len("".join(line.split())):
            return " ".join(line.split())[:_LINE_LETTERS]
    return ""


def confidence_words(percent: float | None) -> str:
    """A confidence in the words the desk uses; the browser has the same steps from LEVELS."""
    if percent is None:
        return ""
    return next(word for floor, word in LEVELS if percent >= floor)


LEVELS: tuple[tuple[int, str], ...] = ((95, "High"), (80, "Medium"), (0, "Low"))
"""From how many percent on a confidence is called what."""
