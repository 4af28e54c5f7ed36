"""From rows to what is exported: frozen records that every writer takes. The only module here that knows Django."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from itertools import islice

from clustering.exports.contract import CollectionRecord, GroupRecord, PageRecord
from clustering.models import Collection, Group, Page

_GROUPS_A_QUERY = 500


def collection_record(collection: Collection) -> CollectionRecord:
    """Return what exports say of a collection."""
    return CollectionRecord(slug=collection.slug, title=collection.title, identifier=collection.identifier)


def group_records(collection: Collection, *, everything: bool = False) -> Iterator[GroupRecord]:
    """Yield the confirmed groups by their first page; with `everything` the others as well.

    Memory does not grow with the collection: two queries for each 500 groups. The fields hold what a person entered or
    accepted; a machine's draft is not exported.
    """
    groups = Group.objects.filter(collection=collection).select_related("confirmed_by", "run")
    if not everything:
        groups = groups.filter(state=Group.State.CONFIRMED)
    rows = groups.order_by("first_position", "number").iterator(chunk_size=_GROUPS_A_QUERY)
    while chunk := list(islice(rows, _GROUPS_A_QUERY)):
        pages: dict[int, list[Page]] = {group.pk: [] for group in chunk}
        held = Page.objects.filter(group__in=chunk).select_related("reading").order_by("group", "group_order")
        for page in held.defer("paper", "reading__lines", "reading__text", "reading__search"):
            pages[page.group_id or 0].append(page)
        for group in chunk:
            yield _group_record(group, pages[group.pk])


def has_confirmed_groups(collection: Collection) -> bool:
    """Whether an export without `everything` would hold anything."""
    return Group.objects.filter(collection=collection, state=Group.State.CONFIRMED).exists()


def _group_record(group: Group, pages: list[Page]) -> GroupRecord:
    confirmed_at = group.confirmed_at if group.is_confirmed else None
    return GroupRecord(
        number=group.number,
        state=group.state,
        title=group.title,
        kind=group.kind,
        date=group.date,
        language=group.language,
        note=group.note,
        confirmed_by=group.confirmed_by.get_username() if group.is_confirmed and group.confirmed_by else "",
        confirmed_at=confirmed_at.astimezone(UTC).isoformat(timespec="seconds") if confirmed_at else "",
        split_from=group.split_from,
        run=group.run_id,
        method=group.run.method if group.run else "",
        confidence=group.confidence,
        draft_title=_drafted(group, "title"),
        draft_kind=_drafted(group, "kind"),
        draft_date=_drafted(group, "date"),
        pages=tuple(_page_record(page, sequence) for sequence, page in enumerate(pages, start=1)),
    )


def _drafted(group: Group, name: str) -> str:
    return str((group.draft.get(name) or {}).get("value", ""))


def _page_record(page: Page, sequence: int) -> PageRecord:
    return PageRecord(
        identifier=page.identifier,
        pid=page.pid,
        filename=page.filename,
        position=page.position,
        sequence=sequence,
        sha256=page.sha256,
        media_type=page.media_type,
        width=page.width,
        height=page.height,
        rotation=page.reading.rotation if hasattr(page, "reading") else 0,
        role=page.role,
    )
