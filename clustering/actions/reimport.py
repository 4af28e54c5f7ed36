"""Import a new version of the scans: pages are renamed and moved within the scan order, as a person agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from django.db import connection
from django.db.models import F

from clustering.access import may_edit
from clustering.actions.base import perform
from clustering.actions.mark import mark_pages
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk
from clustering.models import (
    Assignment,
    Collection,
    Edit,
    Embedding,
    Group,
    LiveScore,
    Page,
    PersonalFinding,
    Reading,
    Run,
    SeamScore,
    User,
    Verb,
)
from clustering.wording import capital, pages_in_words, say, say_n

REIMPORT = Verb("reimport", done="imported again", icon="upload", decides=False, undoable=False, renumbers=True)
"""Undone by importing the old scans."""

_OUT_OF_THE_WAY = 1_000_000_000
"""Added to positions while they change, since two pages may never have the same one."""


SCAN_FIELDS = ["filename", "sha256", "size_bytes", "media_type", "width", "height", "paper", "placeholder"]
"""The fields of a page about its scan."""


@dataclass(frozen=True, slots=True)
class NewName:
    """The new name of a page."""

    identifier: str
    filename: str
    pid: str


def rename_pages(collection: Collection, names: Mapping[int, NewName], *, actor: User | None) -> Edit:
    """Give pages, by id, the new names of their files; pages may exchange names. Raises Refused if one is gone.

    Can't be undone: import the scans again under their old names.
    """

    def change(desk: Desk) -> str:
        pages = list(Page.objects.filter(collection=desk.collection, pk__in=names).order_by("position"))
        if len(pages) < len(names):
            raise Refused(say("Some of the pages to rename no longer exist. Check the preview again."))
        Page.objects.bulk_update(
            [Page(pk=page.pk, identifier=f"\x01{page.pk}") for page in pages], ["identifier"]
        )  # two pages of a collection may never have the same identifier
        for page in pages:
            new = names[page.pk]
            page.identifier, page.filename, page.pid = new.identifier, new.filename[-500:], new.pid or page.pid
        Page.objects.bulk_update(pages, ["identifier", "filename", "pid"])
        desk.touched.update(page.group_id for page in pages if page.group_id is not None)
        return say(
            "Renamed %(pages_in_words)s as their files are named now.",
            pages_in_words=pages_in_words([page.position for page in pages]),
        )

    return perform(collection.pk, change, verb=REIMPORT, actor=_who(actor))


def replace_scans(collection: Collection, pages: Sequence[Page], *, actor: User | None) -> Edit:
    """Give pages new scans. What was read and analyzed on the old ones is deleted.

    The scans themselves are in the store; the old ones stay there. Can't be undone.
    """

    def change(desk: Desk) -> str:
        Page.objects.bulk_update(pages, SCAN_FIELDS)
        Reading.objects.filter(page__in=pages).delete()
        PersonalFinding.objects.filter(page__in=pages).delete()
        Embedding.objects.filter(page__in=pages).delete()
        desk.touched.update(page.group_id for page in pages if page.group_id is not None)
        scans = say_n("scan", "scans", len(pages))
        return say(
            "Replaced the %(scans)s of %(pages_in_words)s.",
            scans=scans,
            pages_in_words=pages_in_words([page.position for page in pages]),
        )

    return perform(collection.pk, change, verb=REIMPORT, actor=_who(actor))


def insert_pages(collection: Collection, after: Mapping[int, int | None], *, actor: User | None) -> Edit:
    """Move pages to their places: page id -> id of the page before it, None for the beginning.

    Later pages move up; positions never change otherwise. Can't be undone.
    """

    def change(desk: Desk) -> str:
        pages = dict(Page.objects.filter(collection=desk.collection).order_by("position").values_list("pk", "position"))
        order = _in_order(list(pages), after)
        moved = {
            pk: position for pk, position in zip(order, sorted(pages.values()), strict=True) if pages[pk] != position
        }
        if not moved:
            raise Refused(say("These pages are already in place."))
        _move(desk.collection, pages, moved)
        _forget_seams(desk.collection, order, after.keys())
        desk.collection.reordered = desk.collection.version + 1
        desk.collection.save(update_fields=["reordered"])
        new = sorted(moved.get(pk, pages[pk]) for pk in after)
        return say_n(
            "%(pages)s was inserted; the pages behind moved up.",
            "%(pages)s were inserted; the pages behind moved up.",
            len(new),
            pages=capital(pages_in_words(new)),
        )

    return perform(collection.pk, change, verb=REIMPORT, actor=_who(actor))


def mark_missing(collection: Collection, pages: Sequence[int], *, actor: User | None) -> Edit | None:
    """Mark pages whose files are gone as not part of a document. Nothing is removed, and it can be undone."""
    wanted = Page.objects.filter(collection=collection, pk__in=pages).exclude(role=Page.Role.OTHER)
    return mark_pages(wanted, role=Page.Role.OTHER, actor=_who(actor)) if wanted.exists() else None


def _who(actor: User | None) -> User | None:
    """Jobs are launched by staff, who need not be archivists: then the program itself is the actor."""
    return actor if actor is not None and may_edit(actor) else None


def _in_order(pages: list[int], after: Mapping[int, int | None]) -> list[int]:
    followers: dict[int | None, list[int]] = {}
    for new, before in after.items():
        followers.setdefault(before, []).append(new)
    order: list[int] = []
    standing: list[int | None] = [None, *(page for page in pages if page not in after)]
    for page in standing:
        waiting = [page]
        while waiting:
            one = waiting.pop(0)
            if one is not None:
                order.append(one)
            waiting = [*followers.pop(one, []), *waiting]
    return [*order, *(page for pages in followers.values() for page in pages)]


def _move(collection: Collection, pages: Mapping[int, int], moved: Mapping[int, int]) -> None:
    Page.objects.filter(collection=collection, pk__in=moved).update(position=F("position") + _OUT_OF_THE_WAY)
    table, groups = Page._meta.db_table, Group._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET position = new.position FROM unnest(%s::bigint[], %s::int[]) AS new(id, position) '
            f'WHERE "{table}".id = new.id',
            [list(moved), list(moved.values())],
        )
        cursor.execute(
            f'UPDATE "{groups}" SET first_position = found.first FROM (SELECT group_id, min(position) AS first '
            f'FROM "{table}" WHERE collection_id = %s AND group_id IS NOT NULL GROUP BY group_id) AS found '
            f'WHERE "{groups}".id = found.group_id AND "{groups}".first_position <> found.first',
            [collection.pk],
        )
    new = {position: moved.get(pk, position) for pk, position in pages.items()}
    for given in Assignment.objects.filter(collection=collection, first_page__isnull=False):
        given.first_page = new.get(given.first_page or 0, given.first_page)
        given.last_page = new.get(given.last_page or 0, given.last_page)
        given.save(update_fields=["first_page", "last_page"])
    for run in Run.objects.filter(collection=collection).exclude(weighing={}):
        run.weighing["anchors"] = [new.get(position, position) for position in run.weighing["anchors"]]
        run.save(update_fields=["weighing"])


def _forget_seams(collection: Collection, order: list[int], inserted: AbstractSet[int]) -> None:
    """Delete the runs' scores of seams that no longer exist, because another page follows."""
    before = [one for one, other in pairwise(order) if other in inserted and one not in inserted]
    for kept in (SeamScore, LiveScore):
        kept.objects.filter(run__collection=collection, page__in=before).delete()
