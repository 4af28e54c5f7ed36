"""Corrections of read text in an act: taking hold of them, and writing them with the text that follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction

from clustering.journal.stored import KeptCorrection
from clustering.journal.workspace import Desk
from clustering.models import Embedding, LineCorrection, Reading
from clustering.models.correction import corrections_of
from clustering.models.personal_finding import search_personal

EMBED_TASK = "clustering.tasks.embed_texts"
EMBED_QUEUE = "vision"


def hold_corrections(desk: Desk, keys: Iterable[str] = (), *, page: int | None = None) -> None:
    """Read corrections by key, and all of a page; a key without a correction has None."""
    wanted = set(keys)
    corrections: dict[str, KeptCorrection | None] = dict.fromkeys(wanted)
    if wanted:
        rows = LineCorrection.objects.filter(page__collection=desk.collection, pk__in=[UUID(key) for key in wanted])
        corrections.update({str(row.pk): corrected(row) for row in rows})
    if page is not None:
        corrections.update({str(row.pk): corrected(row) for row in LineCorrection.objects.filter(page=page)})
    desk.corrections.update(corrections)
    desk.before.corrections.update(corrections)


def hold_checked(desk: Desk, pages: Iterable[int]) -> None:
    """Read of these pages whether a person said that the text is right."""
    wanted = set(pages)
    if not wanted:
        return
    rows = Reading.objects.filter(page__collection=desk.collection, page__in=wanted)
    for page, when, who in rows.values_list("page_id", "checked", "checked_by_id"):
        desk.checked[page] = desk.before.checked[page] = (when.isoformat(), who) if when else None


def corrected(row: LineCorrection) -> KeptCorrection:
    """Return the row as snapshots have it."""
    return row.page_id, row.original, row.text, tuple(row.box), row.actor_id, row.changed.isoformat()


def write_texts(desk: Desk) -> None:
    """Write corrections and checks that the act changed, and lay the corrections over the readings of their pages."""
    changed = {key: row for key, row in desk.corrections.items() if row != desk.before.corrections[key]}
    if changed:
        gone = [key for key, row in changed.items() if row is None]
        LineCorrection.objects.filter(pk__in=gone).delete()
        LineCorrection.objects.bulk_create(
            [
                LineCorrection(
                    pk=key, page_id=row[0], original=row[1], text=row[2], box=list(row[3]), actor_id=row[4],
                    changed=datetime.fromisoformat(row[5]),
                )
                for key, row in changed.items() if row
            ],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["original", "text", "box", "actor", "changed"],
        )  # fmt: skip
        _lay_over(desk.pages_with_new_text())
    for page, check in desk.checked.items():
        if check != desk.before.checked[page]:
            when, who = check or (None, None)
            Reading.objects.filter(page=page).update(
                checked=datetime.fromisoformat(when) if when else None, checked_by=who
            )


def _lay_over(pages: set[int]) -> None:
    corrections = corrections_of(pages)
    readings = list(Reading.objects.filter(page__in=pages).defer("search"))
    for reading in readings:
        reading.take(corrections.get(reading.page_id, []))
    Reading.objects.bulk_update(readings, ["text", "lines", "as_read"])
    search_personal(pages)
    _embed_again(pages)


def _embed_again(pages: set[int]) -> None:
    """Let a worker compute the vectors of texts that are others now. Where it can't, the next proposal does."""
    stale = Embedding.objects.filter(page__in=pages, encoder=settings.TEXT_ENCODER)
    had = sorted(stale.values_list("page_id", flat=True))
    stale.delete()
    if had:
        send = partial(current_app.send_task, EMBED_TASK, args=[had], queue=EMBED_QUEUE)
        transaction.on_commit(send, robust=True)
