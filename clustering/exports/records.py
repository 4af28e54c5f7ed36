"""Rows to records: what every writer gets. The only module of this folder that imports Django."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from itertools import islice
from typing import Any, cast

from django.conf import settings as site
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from clustering.engine.description import details_from
from clustering.exports.contract import (
    CONFIRMED,
    CollectionRecord,
    CommentRecord,
    ComparedPage,
    ComparedRuns,
    ExportedPage,
    GroupRecord,
    Included,
    Material,
    TextLine,
)
from clustering.exports.drafts import with_drafts
from clustering.exports.settings import ExportSettings
from clustering.exports.stored_settings import from_json
from clustering.files import SMALL, original_path, thumbnail_path
from clustering.models import ROTATION, Collection, Comment, Group, LineCorrection, Page, Reading, Run, RunMembership
from clustering.models.page import is_restricted
from clustering.store import fetched, is_elsewhere

_GROUPS_A_QUERY = 500
_PAGE_FIELDS = (
    "group_id", "is_left_out", "upright_by", "is_corrected", "identifier", "pid", "filename", "position", "sha256",
    "media_type", "width", "height", "role", "size_bytes", "label",
)  # fmt: skip
"""A page's group, whether it is restricted, its rotation, whether its text was corrected, then the fields of its record
under the same names."""
_WINDOW = 100
"""Pages whose text is read at once."""
_WINDOWS = 3


def collection_record(collection: Collection) -> CollectionRecord:
    """Return the record of a collection."""
    return CollectionRecord(slug=collection.slug, title=collection.title, identifier=collection.identifier)


def group_records(
    collection: Collection, *, everything: bool = False, restricted: bool = False, comments: bool = False
) -> Iterator[GroupRecord]:
    """Yield the confirmed groups by their first page, or all with `everything`.

    Unless `restricted`, restricted pages are left out, and so is everything a machine read in their documents. Memory
    doesn't grow with the collection: two queries for each 500 groups, three with `comments`. Fields hold what a person
    entered or accepted; drafts that nobody accepted are separate.
    """
    groups = Group.objects.filter(collection=collection).select_related("confirmed_by", "run")
    if not restricted:
        groups = groups.filter(Exists(Page.objects.filter(group=OuterRef("pk")).unrestricted()))
    if not everything:
        groups = groups.filter(state=Group.State.CONFIRMED)
    rows = groups.order_by("first_position", "number").iterator(chunk_size=_GROUPS_A_QUERY)
    while chunk := list(islice(rows, _GROUPS_A_QUERY)):
        pages, left_out = _pages_of(chunk, restricted=restricted)
        remarks = _comments_on(chunk, restricted=restricted) if comments else None
        for group in chunk:
            record = _group_record(group, pages.get(group.pk, []), left_out[group.pk])
            yield record if remarks is None else replace(record, comments=tuple(remarks.get(group.pk, ())))


def group_record(group: Group, *, drafts: bool = False) -> GroupRecord:
    """Return one group with its pages; with `drafts`, these fill its empty fields. One query."""
    pages, left_out = _pages_of([group])
    record = _group_record(group, pages.get(group.pk, []), left_out[group.pk])
    return with_drafts(record) if drafts else record


def _pages_of(
    groups: Sequence[Group], *, restricted: bool = False
) -> tuple[dict[int, list[ExportedPage]], Counter[int]]:
    """Return the pages of each group in reading order, numbered from 1, and how many of each are left out.

    Unless `restricted`, restricted pages are left out, and their groups lose their drafts. Reads plain rows, since
    model instances take far longer.
    """
    corrected = Exists(LineCorrection.objects.filter(page=OuterRef("pk")))
    selected = Page.objects.filter(group__in=groups).annotate(
        upright_by=ROTATION, is_left_out=is_restricted(), is_corrected=corrected
    )
    rows = selected.order_by("group_id", "group_order").values_list(*_PAGE_FIELDS)
    pages: dict[int, list[ExportedPage]] = {}
    left_out: Counter[int] = Counter()
    for group, is_left_out, rotation, is_corrected, *fields in rows.iterator(chunk_size=_GROUPS_A_QUERY * 10):
        if is_left_out and not restricted:
            left_out[group] += 1
            continue
        of_group = pages.setdefault(group, [])
        values = dict(zip(_PAGE_FIELDS[4:], fields, strict=True))
        number = len(of_group) + 1
        of_group.append(ExportedPage(sequence=number, rotation=rotation, text_corrected=is_corrected, **values))
    for one in groups:
        if left_out[one.pk]:
            one.leave_out_drafts()
    return pages, left_out


def _comments_on(groups: Sequence[Group], *, restricted: bool) -> dict[int, list[CommentRecord]]:
    """Return the comments on each group, oldest first; unless `restricted`, none on restricted pages. One query."""
    pages = Page.objects.filter(group__in=groups)
    shown = pages if restricted else pages.unrestricted()
    comments: dict[int, list[CommentRecord]] = {}
    for row in Comment.objects.filter(page__in=shown).select_related("page", "author").order_by("pk"):
        assert row.page.group_id is not None  # the query is for these groups
        comments.setdefault(row.page.group_id, []).append(
            CommentRecord(
                page=row.page.identifier,
                author=row.author.get_username() if row.author else "",
                created=row.created.astimezone(UTC).isoformat(timespec="seconds"),
                resolved=row.resolved is not None,
                text=row.text,
            )
        )
    return comments


class Groups:
    """The groups of a collection, queried again in each iteration; `drafts` and `comments` as the settings say."""

    def __init__(self, collection: Collection, included: Included, *, comments: bool = False) -> None:
        self.collection = collection
        self.included = included
        self.comments = comments

    def __iter__(self) -> Iterator[GroupRecord]:
        everything, restricted = self.included.everything, self.included.restricted
        records = group_records(self.collection, everything=everything, restricted=restricted, comments=self.comments)
        return map(with_drafts, records) if self.included.drafts else records


def export_settings(collection: Collection) -> ExportSettings:
    """Return the stored export settings of a collection. Raises WrongSettings."""
    return from_json(collection.read_settings().export)


def material_of(
    collection: Collection, included: Included = CONFIRMED, *, settings: ExportSettings | None = None
) -> Material:
    """Return everything that a writer may use, with these `settings` or else the stored ones. Raises WrongSettings.

    Empty fields are filled with drafts also if only the settings say so.
    """
    settings = settings or export_settings(collection)
    if not settings.base_url:
        settings = replace(settings, base_url=site.SERVED_AT)
    included = replace(included, drafts=included.drafts or settings.use_drafts)
    return Material(
        collection=collection_record(collection),
        groups=Groups(collection, included, comments=settings.comments),
        settings=settings,
        image=lambda page: fetched(original_path(page.sha256, page.media_type)),
        has_image=_is_kept,
        lines=Lines(collection),
        compare=lambda: _comparison(collection, restricted=included.restricted),
        everything=included.everything,
    )


def _is_kept(page: ExportedPage) -> bool:
    """Whether the original exists. A remote store isn't asked for each of thousands: every page has its scan there."""
    return is_elsewhere() or original_path(page.sha256, page.media_type).is_file()


def one_state(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces of an export of one moment, even if people edit in the meantime.

    Holds a transaction until the last piece is taken; data read outside it may be newer. Does nothing inside a
    transaction of the caller.
    """
    if connection.in_atomic_block:
        yield from pieces
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield from pieces


class Lines:
    """Text of pages, read in windows: exports ask for neighbors one after the other.

    One query per window of 100 pages, and one for each page elsewhere; three windows are kept.
    """

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._windows: OrderedDict[int, dict[int, list[TextLine]]] = OrderedDict()

    def __call__(self, page: ExportedPage) -> list[TextLine]:
        """Return the lines of one page."""
        at = (page.position - 1) // _WINDOW
        if at not in self._windows:
            self._windows[at] = self._read(at * _WINDOW + 1)
            if len(self._windows) > _WINDOWS:
                self._windows.popitem(last=False)
        self._windows.move_to_end(at)
        return self._windows[at].get(page.position, [])

    def _read(self, first: int) -> dict[int, list[TextLine]]:
        rows = Reading.objects.filter(
            page__collection=self.collection, page__position__gte=first, page__position__lt=first + _WINDOW
        ).select_related("page")
        of_page = ("page__position", "page__width", "page__height", "page__chosen_rotation")
        only = rows.only("lines", "width", "height", "rotation", *of_page)
        return {row.page.position: _text_lines(row) for row in only}


def _text_lines(reading: Reading) -> list[TextLine]:
    """Return the lines in pixels of the shown page, even if it was enlarged for reading."""
    page = reading.page
    wide, high = (page.height, page.width) if page.rotation % 180 else (page.width, page.height)
    width, height, lines = reading.shown_lines(page.rotation)
    across, down = wide / max(width, 1), high / max(height, 1)
    return [
        TextLine(str(text), round(left * across), round(top * down), round(right * across), round(bottom * down))
        for text, left, top, right, bottom, *_ in lines
    ]


def _comparison(collection: Collection, *, restricted: bool) -> ComparedRuns:
    runs = list(collection.runs.filter(state="ready").order_by("pk"))
    return ComparedRuns(
        tuple(f"run {run.pk}: {run.method}" for run in runs), _compared(collection, runs, restricted=restricted)
    )


def _compared(collection: Collection, runs: list[Run], *, restricted: bool) -> Iterator[ComparedPage]:
    """Yield a thousand pages at a time."""
    pages = (
        (collection.pages.all() if restricted else collection.pages.unrestricted())
        .in_scan_order()
        .select_related("group")
        .defer("paper")
        .annotate(upright_by=ROTATION)
        .iterator(chunk_size=1000)
    )
    while chunk := list(islice(pages, 1000)):
        memberships = RunMembership.objects.filter(run__in=runs, page__in=chunk).values_list(
            "run", "page", "group_index"
        )
        placed = {(run, page): index + 1 for run, page, index in memberships}
        for page in chunk:
            group = page.group
            yield ComparedPage(
                page=_page_record(page, rotation=cast(Any, page).upright_by),
                confirmed=group.number if group and group.is_confirmed else None,
                desk=group.number if group else None,
                runs=tuple(placed.get((run.pk, page.pk)) for run in runs),
                thumbnail=fetched(thumbnail_path(page.sha256, SMALL)),
            )


def _group_record(group: Group, pages: list[ExportedPage], left_out: int) -> GroupRecord:
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
        pages=tuple(pages),
        accepted_drafts=tuple(group.accepted_drafts),
        details=details_from(group.details),
        copy_of=group.copy_of,
        pages_left_out=left_out,
    )


def _drafted(group: Group, name: str) -> str:
    return str((group.draft.get(name) or {}).get("value", ""))


def _page_record(page: Page, *, rotation: int) -> ExportedPage:
    """Return a page outside any export of groups, with its place in its document."""
    values = {name: getattr(page, name) for name in _PAGE_FIELDS[4:]}
    return ExportedPage(sequence=page.group_order or 1, rotation=rotation, **values)
