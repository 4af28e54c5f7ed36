"""Which run speaks at the desk."""

from __future__ import annotations

from django.db.models import F

from clustering.models import Collection, Run


def desk_run(collection: Collection) -> Run | None:
    """The run whose seams the desk shows: the one published last, else the newest that scored seams."""
    runs = collection.runs.filter(state=Run.State.READY, seams__isnull=False).distinct()
    return runs.order_by(F("published").desc(nulls_last=True), "-created").first()
