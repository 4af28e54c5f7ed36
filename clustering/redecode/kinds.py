"""Drafted kinds follow the kinds that people give documents of the same collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from django.db.models import Count

from clustering.engine.drafting.kind import KINDS, DescribedKinds, kind_here
from clustering.engine.records import Drafted, GroupDraft
from clustering.journal.workspace import Desk
from clustering.models import Collection, Group
from clustering.redecode.renewing import renew_all, renew_near
from clustering.wording import say

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
    sentence of the act goes on."""
    if _kinds(desk, before=True) == _kinds(desk, before=False):
        return ""
    described = kinds_in(desk.collection, desk.groups)
    is_changed = renew_near(desk, "kind", partial(_renewed, described), task=RENEW_TASK)
    return say(" Drafts of other documents changed their type.") if is_changed else ""


def renew_all_kinds(collection: Collection) -> None:
    """Draft the kinds of all documents of a collection again."""
    renew_all(collection, "kind", lambda collection: partial(_renewed, kinds_in(collection)))


def _renewed(described: DescribedKinds, draft: Mapping[str, Any]) -> Drafted:
    return kind_here(Drafted(**draft["kind"]), described)


def _kinds(desk: Desk, *, before: bool) -> Counter[str]:
    """Return the kinds of the documents of the act, as they were or as they are."""
    values: Iterable[Any] = (
        (standing.fields.get("kind", "") for standing in desk.before.groups.values())
        if before
        else (desk.groups[pk].kind for pk in desk.before.groups if pk in desk.groups)
    )
    return Counter(kind for kind in values if kind)
