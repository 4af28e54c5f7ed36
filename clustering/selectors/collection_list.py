"""The table of collections: filtered and sorted in the database, counted only for the rows shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Prefetch, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _lazy

from clustering.models import Answer, Assignment, Collection, Edit, Group, Job, LiveScore, Page, Run, SeamScore, Upload
from clustering.models.collection import CollectionQuerySet
from clustering.selectors.job_list import waits_for_night
from clustering.selectors.queue import DOUBTFUL

STATUSES = {
    "unprocessed": _lazy("Not processed"),
    "proposed": _lazy("Proposed"),
    "review": _lazy("In review"),
    "done": _lazy("Done"),
    "archived": _lazy("Archived"),
}
UNDER_WAY = {
    Job.Kind.IMPORT: _lazy("Importing"),
    Job.Kind.PROCESS: _lazy("Processing"),
    Job.Kind.EMBED: _lazy("Processing"),
    Job.Kind.READ: _lazy("Processing"),
    Job.Kind.PROPOSE: _lazy("Processing"),
}
"""Status of a collection without documents while one of these jobs is working on it."""
SORTS = {
    "title": _lazy("Title"),
    "activity": _lazy("Last activity"),
    "pages": _lazy("Most pages"),
    "newest": _lazy("Newest"),
}
MOST_LOOKED_AT = 100
"""An act on more pages or documents than this is located by the first of them."""
_ORDERS: dict[str, tuple[str, ...]] = {
    "title": ("sort_title", "slug"),
    "activity": ("-last_activity", "sort_title", "slug"),
    "pages": ("-last_position", "sort_title", "slug"),
    "newest": ("-created", "sort_title", "slug"),
}


def with_status(collections: CollectionQuerySet) -> CollectionQuerySet:
    """Each with `status`, a key of STATUSES, and `last_position`, the number of its last page.

    Done: closed, or every document confirmed. In review: a person settled some. Each takes a look into an index, by
    its order: where few collections have documents, PostgreSQL reads all documents to find that another has none.
    """
    groups = Group.objects.filter(collection=OuterRef("pk"))
    first = groups.order_by("number").values("number")[:1]
    first_open = groups.filter(state__in=[Group.State.PROPOSED, Group.State.CHANGED]).order_by("state")
    last = Page.objects.filter(collection=OuterRef("pk")).order_by("-position").values("position")[:1]
    looked_up = collections.alias(first=Subquery(first), first_open=Subquery(first_open.values("state")[:1]))
    return looked_up.annotate(
        status=Case(
            When(archived__isnull=False, then=Value("archived")),
            When(closed__isnull=False, then=Value("done")),
            When(first=None, then=Value("unprocessed")),
            When(first_open=None, then=Value("done")),
            When(Exists(groups.settled()), then=Value("review")),
            default=Value("proposed"),
        ),
        last_position=Coalesce(Subquery(last), Value(0)),
    )


def with_activity(collections: CollectionQuerySet) -> CollectionQuerySet:
    """Add `last_activity`: the newest act, the newest heartbeat of a job, or else the time of creation."""
    edits = Edit.objects.filter(collection=OuterRef("pk")).order_by("-sequence").values("created")[:1]
    jobs = Job.objects.filter(collection=OuterRef("pk")).order_by().values("collection")
    beat = jobs.annotate(latest=Max("heartbeat")).values("latest")
    return collections.annotate(last_activity=Greatest(F("created"), Subquery(edits), Subquery(beat)))


def _named(collections: CollectionQuerySet, words: str) -> CollectionQuerySet:
    for word in words.split():
        named = Q(title__icontains=word) | Q(identifier__icontains=word) | Q(slug__icontains=word)
        collections = collections.filter(named)
    return collections


def ids_of(collections: CollectionQuerySet, *, words: str = "", status: str = "", sort: str = "title") -> list[int]:
    """Ids in order. Every word must be in the title, the identifier, or the short name. One query."""
    listed = _named(collections, words)
    if status or sort == "pages":
        listed = with_status(listed)
    if status:
        listed = listed.filter(Q(status=status))
    else:
        listed = listed.filter(archived=None)
    if sort == "activity":
        listed = with_activity(listed)
    return list(listed.order_by(*_ORDERS[sort]).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over all collections; archived ones are only in `by_status`."""

    collections: int
    by_status: dict[str, int]
    pages: int
    confirmed_pages: int

    @property
    def has_any(self) -> bool:
        """Whether there is any collection, archived or not."""
        return any(self.by_status.values())


def counts(collections: CollectionQuerySet, *, words: str) -> dict[str, int]:
    """Count by status the collections that `ids_of` finds with these words. One query."""
    listed: models.QuerySet[Collection] = with_status(_named(collections, words)).order_by()
    counted = dict(listed.values_list(F("status")).annotate(count=Count("pk")))
    return {name: counted.get(name, 0) for name in STATUSES}


def totals(collections: CollectionQuerySet) -> Totals:
    """Two queries, which read indexes."""
    listed: models.QuerySet[Collection] = with_status(collections).order_by()
    grouped = listed.values_list(F("status")).annotate(count=Count("pk"), page_total=Sum(F("last_position")))
    counted = {status: (count, pages) for status, count, pages in grouped}
    by_status = {name: counted.get(name, (0, 0))[0] for name in STATUSES}
    confirmed = Group.objects.filter(collection__in=collections.filter(archived=None), state=Group.State.CONFIRMED)
    return Totals(
        collections=sum(by_status.values()) - by_status["archived"],
        by_status=by_status,
        pages=sum(pages for status, (_, pages) in counted.items() if status != "archived"),
        confirmed_pages=confirmed.aggregate(pages=Sum("page_count"))["pages"] or 0,
    )


def rows(collections: CollectionQuerySet, ids: Sequence[int]) -> list[Collection]:
    """Return these collections in this order, with everything that the table shows. Five queries for any number of
    rows."""
    active = Prefetch("jobs", queryset=Job.objects.active(), to_attr="active_jobs")
    coming = Prefetch("uploads", queryset=Upload.objects.on_the_way(), to_attr="open_uploads")
    listed = with_activity(with_status(collections.filter(pk__in=ids))).with_progress()
    by_id = {row.pk: row for row in listed.prefetch_related(active, coming)}
    left = doubtful_left(ids)
    given = Assignment.objects.open().filter(collection__in=ids).select_related("person", "team")
    for row in by_id.values():
        row.assigned = []  # type: ignore[attr-defined] # shown by the table
    for one in given:
        by_id[one.collection_id].assigned.append(one)  # type: ignore[attr-defined] # made above
    for pk, row in by_id.items():
        row.doubtful_left = left.get(pk, 0)  # type: ignore[attr-defined] # shown by the table
        jobs = row.active_jobs if row.status == "unprocessed" else []  # type: ignore[attr-defined] # both annotated
        row.under_way = next((job for job in jobs if job.kind in UNDER_WAY), None)  # type: ignore[attr-defined] # shown
        row.is_for_tonight = row.under_way is not None and waits_for_night(row.under_way)  # type: ignore[attr-defined] # shown
        words = UNDER_WAY[row.under_way.kind] if row.under_way else STATUSES[row.status]  # type: ignore[attr-defined] # annotated by with_status
        words = _lazy("Queued for the night") if row.is_for_tonight else words  # type: ignore[attr-defined] # set above
        row.status_words = words  # type: ignore[attr-defined] # shown by the table
    return [by_id[pk] for pk in ids if pk in by_id]


_DOUBTFUL_LEFT = f"""
WITH spoken AS (
    SELECT asked.id AS collection_id, (
        SELECT run.id FROM "{Run._meta.db_table}" AS run
        WHERE run.collection_id = asked.id AND run.state = '{Run.State.READY}'
            AND EXISTS (SELECT FROM "{SeamScore._meta.db_table}" AS seam WHERE seam.run_id = run.id)
        ORDER BY run.published DESC NULLS LAST, run.created DESC LIMIT 1
    ) AS run_id
    FROM unnest(%(ids)s::bigint[]) AS asked (id)
), told AS (
    SELECT spoken.collection_id, seam.page_id, coalesce(live.probability, seam.probability) AS probability
    FROM spoken
    JOIN "{SeamScore._meta.db_table}" AS seam ON seam.run_id = spoken.run_id
    LEFT JOIN "{LiveScore._meta.db_table}" AS live ON live.run_id = seam.run_id AND live.page_id = seam.page_id
)
SELECT told.collection_id, count(*)
FROM told
JOIN "{Page._meta.db_table}" AS page ON page.id = told.page_id
JOIN "{Page._meta.db_table}" AS next
    ON next.collection_id = page.collection_id AND next.position = page.position + 1
JOIN "{Group._meta.db_table}" AS here ON here.id = page.group_id
JOIN "{Group._meta.db_table}" AS there ON there.id = next.group_id
WHERE round(100 * told.probability) BETWEEN {DOUBTFUL} AND {100 - DOUBTFUL}
    AND round(100 * CASE WHEN here.id = there.id THEN told.probability ELSE 1 - told.probability END) >= {DOUBTFUL}
    AND NOT (here.state = '{Group.State.CONFIRMED}' AND there.state = '{Group.State.CONFIRMED}')
    AND NOT EXISTS (
        SELECT FROM "{Answer._meta.db_table}" AS answer WHERE answer.first_id = page.id AND answer.second_id = next.id
    )
GROUP BY told.collection_id
"""
"""The places that `selectors.queue.open_seams` returns for DOUBTFUL, counted for many collections at once."""


def doubtful_left(ids: Sequence[int]) -> dict[int, int]:
    """Return the number of doubtful undecided places by collection; collections without any are absent. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_DOUBTFUL_LEFT, {"ids": list(ids)})
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class LeftOff:
    """Where a person acted last."""

    edit: Edit
    page: Page
    total: int


def left_off(collections: CollectionQuerySet, person: int | None) -> LeftOff | None:
    """Return the page of this person's newest act in an open collection; None if there is none. A few queries."""
    edits = Edit.objects.filter(actor=person, collection__in=collections.filter(closed__isnull=True))
    edit = edits.select_related("collection").defer("before", "after").order_by("-pk").first()
    if person is None or edit is None:
        return None
    pages = Page.objects.filter(collection=edit.collection_id).order_by("position")
    places: tuple[models.QuerySet[Page], ...] = (
        pages.filter(answers_before__edit=edit),
        pages.filter(pk__in=edit.pages[:MOST_LOOKED_AT]),
        pages.filter(group__in=edit.groups[:MOST_LOOKED_AT]),
        pages,
    )
    page = next(filter(None, (queryset.first() for queryset in places)), None)
    last = pages.last()
    return LeftOff(edit, page, last.position) if page and last else None
