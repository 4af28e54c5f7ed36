"""Drafted kinds follow the kinds that people give documents of the same collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.db.models import Count

from clustering.engine.drafting.kind import KINDS, DescribedKinds, kind_here
from clustering.engine.records import Drafted, GroupDraft
from clustering.journal.workspace import Desk
from clustering.models import Collection, Group
from clustering.wording import say_n

MOVED = 0.05
"""Change of confidence from which a draft is written again."""

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
    """Draft the kinds of all other documents again if people gave documents of the act another kind; return how the
    sentence of the act goes on. No version rises: the machine only thinks so."""
    if _kinds(desk, before=True) == _kinds(desk, before=False):
        return ""
    described = kinds_in(desk.collection, desk.groups)
    others = desk.collection.groups.filter(kind="", draft__has_key="kind").exclude(pk__in=desk.groups)
    held = [group for group in desk.groups.values() if not group.kind and "kind" in group.draft]
    changed = {
        group: kind for group in [*others.only("draft"), *held] if (kind := _drafted_otherwise(group, described))
    }
    count = sum(kind.value != group.draft["kind"]["value"] for group, kind in changed.items())
    for group, kind in changed.items():
        group.draft = {**group.draft, **GroupDraft(kind=kind).to_json()}
    Group.objects.bulk_update([group for group in changed if group.pk not in desk.groups], ["draft"], batch_size=500)
    desk.touched.update(group.pk for group in changed)
    return (
        say_n(
            " Type changed in the draft of %(count)s other document.",
            " Type changed in the drafts of %(count)s other documents.",
            count,
        )
        if count
        else ""
    )


def _kinds(desk: Desk, *, before: bool) -> Counter[str]:
    """Return the kinds of the documents of the act, as they were or as they are."""
    values: Iterable[Any] = (
        (standing.fields.get("kind", "") for standing in desk.before.groups.values())
        if before
        else (desk.groups[pk].kind for pk in desk.before.groups if pk in desk.groups)
    )
    return Counter(kind for kind in values if kind)


def _drafted_otherwise(group: Group, described: DescribedKinds) -> Drafted | None:
    """Return the drafted kind of a document if it is now another one, or clearly more or less sure."""
    kept = group.draft["kind"]
    drafted = kind_here(Drafted(**kept), described)
    is_other = drafted.value != kept["value"] or abs(drafted.confidence - kept["confidence"]) >= MOVED
    return drafted if is_other and not kept.get("given") else None
