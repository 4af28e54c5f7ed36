"""Deleted collections are removed for good when their time is over."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from clustering.models import Collection

log = logging.getLogger(__name__)


def forget_deleted() -> int:
    """Remove the rows of collections deleted longer ago than HHREVIEW_TRASH_DAYS; how many. Their scan files stay.

    One of them a sweep: the rows of a large one take a while.
    """
    over = Collection.objects.filter(deleted__lt=Now() - timedelta(days=settings.TRASH_DAYS))
    collection = over.order_by("deleted").first()
    if collection is None:
        return 0
    log.info("The deleted collection %s is removed for good.", collection.slug)
    collection.delete()
    return 1
