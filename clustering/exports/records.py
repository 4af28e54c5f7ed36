"""From rows to what is exported: frozen records that every writer takes. The only module here that knows Django."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from itertools import islice

from clustering.exports.contract import (
    CollectionRecord,
    ComparedPage,
    Comparison,
    GroupRecord,
    Material,
    PageRecord,
    TextLine,
)
from clustering.exports.settings import ExportSettings
from clustering.files import SMALL, original_path, thumbnail_path
from clustering.models import Collection, Group, Page, Reading, Run, RunMembership

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


def group_record(group: Group) -> GroupRecord:
    """Return one group with its pages. Two queries."""
    pages = group.pages.select_related("reading").order_by("group_order")
    return _group_record(group, list(pages.defer("paper", "reading__lines", "reading__text", "reading__search")))


class Groups:
    """The groups of a collection, asked for anew each time they are gone through."""

    def __init__(self, collection: Collection, *, everything: bool = False) -> None:
        self.collection = collection
        self.everything = everything

    def __iter__(self) -> Iterator[GroupRecord]:
        return group_records(self.collection, everything=self.everything)


def material_of(collection: Collection, *, everything: bool = False) -> Material:
    """Everything that a writer of files may ask for. Raises WrongSettings."""
    return Material(
        collection=collection_record(collection),
        groups=Groups(collection, everything=everything),
        settings=ExportSettings.from_json(collection.settings.get("export")),
        image=lambda page: original_path(page.sha256, page.media_type),
        lines=lambda page: _lines_of(collection, page),
        compare=lambda: _comparison(collection),
    )


def _lines_of(collection: Collection, page: PageRecord) -> list[TextLine]:
    rows = Reading.objects.filter(page__collection=collection, page__identifier=page.identifier)
    lines = rows.values_list("lines", flat=True).first() or []
    return [TextLine(str(text), *map(int, box[:4])) for text, *box in lines]


def _comparison(collection: Collection) -> Comparison:
    runs = list(collection.runs.filter(state="ready").order_by("pk"))
    return Comparison(tuple(f"run {run.pk}: {run.method}" for run in runs), _compared(collection, runs))


def _compared(collection: Collection, runs: list[Run]) -> Iterator[ComparedPage]:
    """A thousand pages at a time."""
    pages = collection.pages.in_scan_order().select_related("group").defer("paper").iterator(chunk_size=1000)
    while chunk := list(islice(pages, 1000)):
        said = RunMembership.objects.filter(run__in=runs, page__in=chunk).values_list("run", "page", "group_index")
        placed = {(run, page): index + 1 for run, page, index in said}
        for page in chunk:
            group = page.group
            yield ComparedPage(
                page=_page_record(page, page.group_order or 1, rotation=0),
                confirmed=group.number if group and group.is_confirmed else None,
                desk=group.number if group else None,
                runs=tuple(placed.get((run.pk, page.pk)) for run in runs),
                thumbnail=thumbnail_path(page.sha256, SMALL),
            )


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


def _page_record(page: Page, sequence: int, *, rotation: int | None = None) -> PageRecord:
    if rotation is None:
        rotation = page.reading.rotation if hasattr(page, "reading") else 0
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
        rotation=rotation,
        role=page.role,
    )
