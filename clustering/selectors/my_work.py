"""A person's work: assignments, and where to continue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from clustering.models import Assignment, Collection, CollectionRole, Page, Team
from clustering.models.collection import CollectionQuerySet
from clustering.selectors.collection_list import rows

MOST_DONE = 10
"""Finished assignments that the page lists."""


def mine(collections: CollectionQuerySet, person: int | None) -> CollectionQuerySet:
    """Return collections assigned to this person or their teams, and those that a role of their own lets them edit or
    manage."""
    teams = Team.members.through.objects.filter(user=person).values("team")
    own = CollectionRole.objects.filter(Q(person=person) | Q(team__in=teams), collection=OuterRef("pk"))
    given = Assignment.objects.open().of(person).order_by().filter(collection=OuterRef("pk"))
    return collections.filter(Exists(given) | Exists(own.exclude(role=CollectionRole.Role.SEE)))


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment with the progress of its collection."""

    assignment: Assignment
    collection: Collection
    first: Page | None
    """The first page of the range that isn't in a confirmed document."""
    is_late: bool


def open_assignments(visible: CollectionQuerySet, person: int) -> QuerySet[Assignment]:
    """Return the assignments of this person and their teams, the earliest due date first."""
    return Assignment.objects.open().of(person).filter(collection__in=visible).select_related("person", "team")


def pieces(visible: CollectionQuerySet, given: Sequence[Assignment], *, today: date) -> list[Task]:
    """Return the details of some open assignments, in order. One query each, and some for all."""
    by_id = {row.pk: row for row in rows(visible, list({one.collection_id for one in given}))}
    return [
        Task(
            one,
            by_id[one.collection_id],
            _first_open(one),
            is_late=one.due is not None and one.due < today,
        )
        for one in given
        if one.collection_id in by_id
    ]


def _first_open(assignment: Assignment) -> Page | None:
    pages = Page.objects.filter(collection=assignment.collection_id).exclude(group__state="confirmed")
    if assignment.first_page is not None:
        pages = pages.filter(position__range=(assignment.first_page, assignment.last_page))
    return pages.order_by("position").only("identifier", "position", "collection").first()


def done_of(visible: CollectionQuerySet, person: int, *, also: QuerySet[Assignment]) -> list[Assignment]:
    """Return the newest finished ones: those in visible collections, and `also` some that are in none."""
    listed = Q(collection__in=visible) | Q(pk__in=also.values("pk"))
    rows_done = Assignment.objects.of(person).filter(listed, done__isnull=False)
    return list(rows_done.select_related("collection", "person", "team").order_by("-done")[:MOST_DONE])
