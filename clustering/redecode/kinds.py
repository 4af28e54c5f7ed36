"""Drafted kinds follow the kinds that people give documents of the same collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet

from clustering.engine.drafting.kind import KINDS, DescribedKinds, kind_here
from clustering.engine.records import Drafted, GroupDraft
from clustering.journal.workspace import Desk
from clustering.models import Collection, Group
from clustering.redecode.draft_rows import write_drafted
from clustering.wording import say

MOVED = 0.05
"""Change of confidence from which a draft is written again."""

NEAR = 100
"""Documents before and behind a described one whose drafts change with it: those that its reader may see."""

RENEWED_AT_ONCE = 500
"""Documents whose drafts a worker changes while acts wait."""

RENEW_TASK = "clustering.tasks.renew_kinds"

LEARNED = 200
"""Documents that show what a kind looks like that the machine does not know."""


def kinds_in(collection: Collection, held: Mapping[int, Group] = MappingProxyType({})) -> DescribedKinds:
    """Return the kinds of the documents of a collection that people entered or accepted, those of `held` (by id) as in
    memory."""
    others = collection.groups.exclude(kind="").exclude(pk__in=held)
    counts = Counter(dict(others.order_by().values_list("kind").annotate(Count("pk"))))
    counts.update(group.kind for group in held.values() if group.kind)
    unknown = [kind for kind in counts if kind not in KINDS]
    drafted = others.filter(kind__in=unknown).order_by("first_position").values_list("kind", "draft__kind__chances")
    shown = [(group.kind, group.draft.get("kind", {}).get("chances")) for group in held.values()]
    pairs = [*(drafted[:LEARNED] if unknown else ()), *shown]
    return DescribedKinds.of(counts, [(kind, chances) for kind, chances in pairs if chances])


def draft_here(draft: GroupDraft, described: DescribedKinds) -> GroupDraft:
    """Return a draft with its kind as these kinds of described documents change it."""
    return replace(draft, kind=kind_here(draft.kind, described)) if draft.kind else draft


def add_addresses(collection: Collection, groups: Iterable[Group]) -> None:
    """Give documents whose kind is not among KINDS the address in a vocabulary that others of that kind have."""
    lacking = [group for group in groups if group.kind not in KINDS]
    if not lacking:
        return
    others = collection.groups.filter(kind__in={group.kind for group in lacking}, details__has_key="kind_uri")
    counts = others.order_by().values_list("kind", "details__kind_uri").annotate(count=Count("pk")).order_by("count")
    addresses = {kind: address for kind, address, _ in counts}
    for group in lacking:
        if group.kind in addresses:
            group.details = {**group.details, "kind_uri": addresses[group.kind]}


def renew_kinds(desk: Desk) -> str:
    """Draft the kinds of other documents again if people gave documents of the act another kind; return how the
    sentence of the act goes on. The NEAR documents change with the act, all others soon after, by a worker. No version
    rises: the machine only thinks so."""
    if _kinds(desk, before=True) == _kinds(desk, before=False):
        return ""
    described = kinds_in(desk.collection, desk.groups)
    near = _near(desk)
    changed = _drafted_otherwise(near.items(), described)
    write_drafted("kind", changed)
    held = {
        pk: group.draft["kind"]
        for pk, group in desk.groups.items()
        if not group.kind and "chances" in group.draft.get("kind", {})
    }
    for pk, kind in _drafted_otherwise(held.items(), described).items():
        desk.groups[pk].draft = {**desk.groups[pk].draft, "kind": kind}
    desk.touched.update(changed)
    send = partial(
        current_app.send_task, RENEW_TASK, args=[desk.collection.pk], queue=settings.CELERY_TASK_DEFAULT_QUEUE
    )
    transaction.on_commit(send, robust=True)  # the next type that somebody enters makes up for a message that is lost
    if all(kind["value"] == near[pk]["value"] for pk, kind in changed.items()):
        return ""
    return say(" Drafts of other documents changed their type.")


def renew_all(collection: Collection) -> None:
    """Draft the kinds of all documents of a collection again. Safe beside acts, which wait for some milliseconds."""
    last = 0
    while True:
        with transaction.atomic():
            Collection.objects.select_for_update(no_key=True).filter(pk=collection.pk).first()
            groups = _undescribed(collection).filter(pk__gt=last).order_by("pk")[:RENEWED_AT_ONCE]
            kinds = dict(groups.values_list("pk", "draft__kind"))
            if not kinds:
                return
            write_drafted("kind", _drafted_otherwise(kinds.items(), kinds_in(collection)))
        last = max(kinds)


def _undescribed(collection: Collection) -> QuerySet[Group]:
    return collection.groups.filter(kind="", draft__kind__has_key="chances")


def _near(desk: Desk) -> dict[int, dict[str, Any]]:
    """Return the drafted kinds of the nearest documents before and behind those of the act, by their ids."""
    at = min((desk.positions[pages[0]] for pages in desk.pages.values() if pages), default=0)
    others = _undescribed(desk.collection).exclude(pk__in=desk.groups)
    before = others.filter(first_position__lte=at).order_by("-first_position")
    behind = others.filter(first_position__gt=at).order_by("first_position")
    return dict(pair for some in (before, behind) for pair in some.values_list("pk", "draft__kind")[:NEAR])


def _kinds(desk: Desk, *, before: bool) -> Counter[str]:
    """Return the kinds of the documents of the act, as they were or as they are."""
    values: Iterable[Any] = (
        (standing.fields.get("kind", "") for standing in desk.before.groups.values())
        if before
        else (desk.groups[pk].kind for pk in desk.before.groups if pk in desk.groups)
    )
    return Counter(kind for kind in values if kind)


def _drafted_otherwise(
    kinds: Iterable[tuple[int, dict[str, Any]]], described: DescribedKinds
) -> dict[int, dict[str, Any]]:
    """Return the drafted kinds that are now others, or clearly more or less sure, as stored; by document ids."""
    changed = {}
    for pk, kept in kinds:
        drafted = kind_here(Drafted(**kept), described)
        is_other = drafted.value != kept["value"] or abs(drafted.confidence - kept["confidence"]) >= MOVED
        if is_other and not kept.get("given"):
            changed[pk] = GroupDraft(kind=drafted).to_json()["kind"]
    return changed
