"""Pages as the engine gets them: rows in, `PageRecord`s out."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Func, JSONField, QuerySet

from clustering.engine.records import Line, PageReading, PageRecord, SeamOpinion, Vector
from clustering.engine.streaming import Lazy, LazyPage, LazyReading, Spool, Spooled
from clustering.models import Collection, Embedding, Page, Reading
from clustering.models.embedding import SENT_VECTOR, received_vector
from clustering.models.page import PageQuerySet

ROWS_AT_ONCE = 1000
"""Rows that are read from the database together; their memory is freed before the next ones."""
_OUTLINE = Func("paper", template="%(expressions)s #- '{leaf}' #- '{framed,leaf}'", output_field=JSONField())
"""What is measured of a page, without its leaf, which is most of it."""
_READ = ("text", "lines", "width", "height", "rotation", "confidence", "language", "is_second")


def page_records(collection: Collection, *, encoder: str) -> tuple[list[Page], Sequence[PageRecord]]:
    """Return the pages of a collection in scan order, and the same as records (`records_of`)."""
    pages = list(collection.pages.in_scan_order().defer("created", "paper"))
    return pages, records_of(collection, pages, encoder=encoder)


def records_of(
    collection: Collection, pages: Sequence[Page], *, encoder: str, noted: Container[str] = ()
) -> Sequence[PageRecord]:
    """Return pages of a collection as records. Readings and measurements go into a temporary file, from which they are
    read when needed; those of pages that are `noted` (by identifiers) stay in the database.

    A few queries for any number of pages. Raises OSError if the disk is full.
    """
    spool = Spool()
    opinions = opinions_by(collection)
    rows = collection.pages.all()
    if noted:
        rows = rows.filter(pk__in=[page.pk for page in pages if page.identifier not in noted])
    measured = rows.values_list("pk", "paper")
    readings = Reading.objects.filter(page__in=rows).values_list("page_id", *_READ)
    parts = {
        "paper": {page: _put_paper(spool, paper) for page, paper in _rows(measured)},
        "reading": {page: _put_reading(spool, *reading) for page, *reading in _rows(readings)},
        "vector": {page: spool.put(vector) for page, vector in _vectors(collection, encoder)},
        "text_vector": {page: spool.put(vector) for page, vector in _vectors(collection, settings.TEXT_ENCODER)},
    }

    def part(page: Page, name: str) -> Any:
        if name == "opinion":
            return opinions.get(page.pk)
        if name in ("paper", "reading") and page.identifier in noted:
            return getattr(records_without_vectors([page])[0], name)
        stored = spool.get(parts[name].get(page.pk))
        if stored is None:
            return None
        if name == "reading":
            return _reading(spool, *stored)
        return _paper(spool, stored) if name == "paper" else stored

    def record(at: int) -> PageRecord:
        page = pages[at]
        return LazyPage.of(partial(part, page), identifier=page.identifier, width=page.width, height=page.height)

    return Lazy(len(pages), record)


def outlines(pages: PageQuerySet) -> Sequence[PageRecord]:
    """Return pages in scan order with what the terms of their collection follow from, and no more."""
    spool = Spool()
    rows = pages.in_scan_order().annotate(outline=_OUTLINE)
    reading = ("reading__width", "reading__height", "reading__rotation", "reading__language")
    kept = [
        (name, width, height, spool.put(paper), _bare_reading(*reading))
        for name, width, height, paper, *reading in rows.values_list(
            "identifier", "width", "height", "outline", *reading
        ).iterator(chunk_size=ROWS_AT_ONCE)
    ]

    def record(at: int) -> PageRecord:
        name, width, height, paper, reading = kept[at]
        return PageRecord(name, width, height, spool.get(paper), reading)

    return Lazy(len(kept), record)


def _bare_reading(
    width: int | None, height: int | None, rotation: int | None, language: str | None
) -> PageReading | None:
    """Return a reading without its words; None of a page that was not read."""
    if width is None or height is None:
        return None
    return PageReading("", (), width, height, rotation or 0, language=language or "")


def records_without_vectors(pages: Sequence[Page]) -> list[PageRecord]:
    """Return pages with what was measured and read of them."""
    rows = Reading.objects.filter(page__in=pages).values_list("page_id", *_READ)
    readings = {
        page: PageReading(text, tuple(map(Line._make, lines)), **dict(zip(_READ[2:], rest, strict=True)))
        for page, text, lines, *rest in rows
    }
    return [PageRecord(p.identifier, p.width, p.height, p.paper, readings.get(p.pk)) for p in pages]


def _rows(rows: QuerySet[Any, Any]) -> Iterator[Any]:
    return rows.order_by().iterator(chunk_size=ROWS_AT_ONCE)


def _put_reading(spool: Spool, text: str, lines: Any, *rest: Any) -> int:
    return spool.put(((spool.put(text), spool.put(lines)), *rest))


class _Apart(int):
    """The number of a value that is apart from the one it belongs to."""


def _put_paper(spool: Spool, paper: Any) -> int:
    """Write what is measured of a page, its leaf apart: that is most of it, and looked at once."""

    def parted(name: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if name == "leaf":
            return _Apart(spool.put(value))
        return {key: parted(key, each) for key, each in value.items()} if name in ("", "framed") else value

    return spool.put(parted("", paper))


def _paper(spool: Spool, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what is measured of a page, whose leaf is read when it is looked at."""
    for part in (facts, facts.get("framed")):
        if isinstance(part, dict) and isinstance(number := part.get("leaf"), _Apart):
            part["leaf"] = Spooled(spool, number)
    return facts


def _reading(spool: Spool, places: tuple[int, int], *rest: Any) -> PageReading:
    """Return a reading whose text and lines are at these places of the file."""

    def part(name: str) -> Any:
        text, lines = places
        return spool.get(text) if name == "text" else tuple(map(Line._make, spool.get(lines)))

    return LazyReading.of(part, is_unread=False, **dict(zip(_READ[2:], rest, strict=True)))


def opinions_by(collection: Collection) -> dict[int, SeamOpinion]:
    """Return by page id a language model's last opinion on the seam after the page."""
    return {
        row.page_id: SeamOpinion(after=row.next_page.identifier, model=row.model, **row.answer)
        for row in collection.opinions.of_seams()
        if row.next_page is not None
    }


def _vectors(collection: Collection, encoder: str) -> Iterator[tuple[int, Vector]]:
    """Yield page ids and vectors of one encoder, without zero vectors, which mean "nothing to encode"."""
    rows = Embedding.objects.filter(page__collection=collection, encoder=encoder).annotate(sent=SENT_VECTOR)
    for page, sent in _rows(rows.values_list("page_id", "sent")):
        vector = received_vector(sent)
        if vector.any():
            yield page, vector
