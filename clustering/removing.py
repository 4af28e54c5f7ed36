"""Archive, delete, and restore collections. Deleted ones are kept, hidden, for a while."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from clustering.admin_log import log_change
from clustering.journal.errors import Refused
from clustering.models import Collection, Job, User
from clustering.wording import say

log = logging.getLogger(__name__)


def archive(collection: Collection, *, actor: User) -> None:
    """Hide a collection from the list; everything else stays. Raises Refused if it is archived already."""
    _set(collection, "archived", to_be=True, actor=actor, entry=say("Archived."))


def unarchive(collection: Collection, *, actor: User) -> None:
    """List a collection again. Raises Refused if it is not archived."""
    _set(collection, "archived", to_be=False, actor=actor, entry=say("Unarchived."))


def delete(collection: Collection, *, actor: User) -> None:
    """Hide it from everybody until the sweep removes it. Raises Refused while a job is at work in it."""
    if Job.objects.active().filter(collection=collection).exists():
        raise Refused(
            say(
                "A job is running or waiting in “%(collection)s”. Cancel it or wait until it is done, then delete the "
                "collection.",
                collection=collection.title,
            )
        )
    _set(collection, "deleted", to_be=True, actor=actor, entry=say("Deleted."))


def undelete(collection: Collection, *, actor: User) -> None:
    """Restore a deleted collection as it was. Raises Refused if it is not deleted."""
    _set(collection, "deleted", to_be=False, actor=actor, entry=say("Restored after deletion."))


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


def _set(collection: Collection, field: str, *, to_be: bool, actor: User, entry: str) -> None:
    """Set or clear a time. Raises Refused if that was done already."""
    waiting = Collection.objects.filter(**{"pk": collection.pk, f"{field}__isnull": to_be})
    with transaction.atomic():
        if not waiting.update(**{field: timezone.now() if to_be else None}):
            raise Refused(say("Someone has already done this."))
        log_change([collection], entry, actor=actor)
    collection.refresh_from_db(fields=[field])
