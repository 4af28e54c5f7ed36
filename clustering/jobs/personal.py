"""Search texts for personal data if they weren't searched yet, or only by an earlier version of the search."""

from __future__ import annotations

import time

from django.db.models import QuerySet

from clustering.models import Collection, Reading
from clustering.models.personal_finding import search_personal

_AT_ONCE = 50


def lacking_search(collection: Collection | None = None) -> QuerySet[Reading]:
    """Return texts that this version of the detector hasn't searched, of one collection or of all."""
    from clustering.engine.personal import VERSION

    rows = Reading.objects.filter(searched_by__lt=VERSION)
    return rows.filter(page__collection=collection) if collection else rows


def search_left(collection: Collection | None = None, *, seconds: float) -> int:
    """Search as many of them as time allows, in scan order within a collection, and return how many are left.

    Safe from any number of processes at once: texts are locked while they are searched.
    """
    lacking = lacking_search(collection)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ordered = lacking.order_by("page__position") if collection else lacking.order_by("pk")
        pages = list(ordered.values_list("page", flat=True)[:_AT_ONCE])
        if not pages:
            return 0
        search_personal(pages)
    return lacking.count()
