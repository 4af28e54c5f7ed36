"""Drafts of one field that follow what people enter: those near an act change with it, all others by a worker.

No version rises: the machine only thinks so. What people entered or accepted, and drafts from a list, never change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from clustering.engine.records import Drafted
from clustering.journal.workspace import Desk
from clustering.models import Collection, Group
from clustering.redecode.draft_rows import as_stored, write_drafted, write_drafted_by_worker

MOVED = 0.05
"""Change of confidence from which a draft is written again."""

NEAR = 100
"""Documents before and behind a described one whose drafts change with it: those that its reader may see."""

RENEWED_AT_ONCE = 500
"""Documents whose drafts a worker changes while acts wait."""

Renewal = Callable[[Mapping[str, Any]], Drafted]
"""Takes the drafts of a document as stored, and returns the one of the field as it is by now."""


def renew_near(desk: Desk, field: str, renewal: Renewal, *, task: str) -> bool:
    """Draft the field again in the documents of the act and the NEAR ones, and let a worker do it in all others by this
    task. Return whether others have another value now."""
    near = _near(desk, field)
    changed = _drafted_otherwise(near.items(), field, renewal)
    write_drafted(field, changed)
    held = {
        pk: group.draft
        for pk, group in desk.groups.items()
        if not getattr(group, field) and "chances" in group.draft.get(field, {})
    }
    for pk, drafted in _drafted_otherwise(held.items(), field, renewal).items():
        desk.groups[pk].draft = {**desk.groups[pk].draft, field: drafted}
    desk.touched.update(changed)
    send = partial(current_app.send_task, task, args=[desk.collection.pk], queue=settings.CELERY_TASK_DEFAULT_QUEUE)
    transaction.on_commit(send, robust=True)  # if the message is lost, the next entered value makes up for it
    return any(drafted["value"] != near[pk][field]["value"] for pk, drafted in changed.items())


def renew_all(collection: Collection, field: str, renewal_in: Callable[[Collection], Renewal]) -> None:
    """Draft the field of all documents of a collection again. Safe beside acts, which wait for some milliseconds."""
    last = 0
    while True:
        with transaction.atomic():
            Collection.objects.select_for_update(no_key=True).filter(pk=collection.pk).first()
            groups = _undescribed(collection, field).filter(pk__gt=last).order_by("pk")[:RENEWED_AT_ONCE]
            drafts = dict(groups.values_list("pk", "draft"))
            if not drafts:
                return
            changed = _drafted_otherwise(drafts.items(), field, renewal_in(collection))
            write_drafted_by_worker(collection, field, changed)
        last = max(drafts)


def _undescribed(collection: Collection, field: str) -> QuerySet[Group]:
    return collection.groups.filter(**{field: "", f"draft__{field}__has_key": "chances"})


def _near(desk: Desk, field: str) -> dict[int, dict[str, Any]]:
    """Return the drafts of the nearest documents before and behind those of the act, by their ids."""
    at = min((desk.positions[pages[0]] for pages in desk.pages.values() if pages), default=0)
    others = _undescribed(desk.collection, field).exclude(pk__in=desk.groups)
    before = others.filter(first_position__lte=at).order_by("-first_position")
    behind = others.filter(first_position__gt=at).order_by("first_position")
    return dict(pair for some in (before, behind) for pair in some.values_list("pk", "draft")[:NEAR])


def _drafted_otherwise(
    drafts: Iterable[tuple[int, Mapping[str, Any]]], field: str, renewal: Renewal
) -> dict[int, dict[str, Any]]:
    """Return the drafts that are now others, or clearly more or less sure, as stored; by document ids."""
    changed = {}
    for pk, kept in drafts:
        drafted, before = renewal(kept), kept[field]
        is_other = drafted.value != before["value"] or abs(drafted.confidence - before["confidence"]) >= MOVED
        if is_other and not before.get("given"):
            changed[pk] = as_stored(drafted)
    return changed
