"""How far a collection is, and how it got there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min, QuerySet, Sum
from django.db.models.functions import TruncDay, TruncHour, TruncWeek
from django.db.models.functions.datetime import TruncBase

from clustering.actions.publish import PUBLISH
from clustering.models import Answer, Edit, Group, Page

HOURS_UP_TO = timedelta(days=2)
DAYS_UP_TO = timedelta(days=120)
"""Most bars that can be told apart; longer histories are drawn by week."""
Several = Sequence[int] | QuerySet[Any]
"""Collections by id, or a query for the ids: a list of thousands would be sent and read with each question."""
_TRUNCATED: dict[str, type[TruncBase]] = {"hour": TruncHour, "day": TruncDay, "week": TruncWeek}


@dataclass(frozen=True, slots=True)
class Progress:
    """Pages and groups by state; seams by whether ground truth says what they are."""

    pages: int = 0
    groups: dict[str, int] = field(default_factory=dict)
    pages_in: dict[str, int] = field(default_factory=dict)
    """Pages in groups of each state; those in no group are under "loose"."""
    seams: int = 0
    seams_known: int = 0

    @property
    def group_count(self) -> int:
        """All groups at the desk."""
        return sum(self.groups.values())


def progress(collections: Several) -> Progress:
    """Return counts of these collections together; seams are counted apart, by `with_seams`. Two queries."""
    pages = Page.objects.filter(collection__in=collections).count()
    rows = (
        Group.objects.filter(collection__in=collections)
        .order_by()
        .values_list("state")
        .annotate(group_total=Count("pk"), page_total=Sum("page_count"))
    )
    groups, pages_in = {}, {}
    for state, group_count, page_count in rows:
        groups[state], pages_in[state] = group_count, page_count
    pages_in["loose"] = max(0, pages - sum(pages_in.values()))
    return Progress(pages=pages, groups=groups, pages_in=pages_in)


_SEAMS = f"""
WITH stream AS (
    SELECT p.id, lead(p.id) OVER w AS next, g.state, lead(g.state) OVER w AS next_state
    FROM "{Page._meta.db_table}" p LEFT JOIN "{Group._meta.db_table}" g ON g.id = p.group_id
    WHERE p.collection_id = %s
    WINDOW w AS (ORDER BY p.position)
)
SELECT count(*), count(*) FILTER (
    WHERE state = 'confirmed' OR next_state = 'confirmed'
    OR EXISTS (SELECT 1 FROM "{Answer._meta.db_table}" a WHERE a.first_id = stream.id AND a.second_id = stream.next)
)
FROM stream WHERE next IS NOT NULL
"""


def with_seams(counted: Progress, collection: int) -> Progress:
    """Return the same with its seams. A seam is known if a confirmed group lies on either side (a confirmed group has
    exactly its pages), or if a person answered it. One query, one pass over the pages."""
    with connection.cursor() as cursor:
        cursor.execute(_SEAMS, [collection])
        total, known = cursor.fetchone() or (0, 0)
    return Progress(counted.pages, counted.groups, counted.pages_in, total, known)


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened within an hour, a day or a week."""

    begins: datetime
    confirmed: int
    """Pages in groups that were confirmed then, and still are."""
    acts: int


@dataclass(frozen=True, slots=True)
class History:
    """Moments in order of time, without those in which nothing happened."""

    unit: str = "day"
    moments: tuple[Moment, ...] = ()


def history(collections: Several) -> History:
    """Return people's progress over time, by hour, day, or week depending on the whole span. Three queries."""
    acts = Edit.objects.filter(collection__in=collections).exclude(verb=PUBLISH)
    span = acts.aggregate(first=Min("created"), last=Max("created"))
    if span["first"] is None:
        return History()
    length = span["last"] - span["first"]
    unit = "hour" if length <= HOURS_UP_TO else "day" if length <= DAYS_UP_TO else "week"
    trunc = _TRUNCATED[unit]
    done = acts.order_by().annotate(at=trunc("created")).values_list("at").annotate(n=Count("pk"))
    confirmed = (
        Group.objects.filter(collection__in=collections, state=Group.State.CONFIRMED)
        .order_by()
        .annotate(at=trunc("confirmed_at"))
        .values_list("at")
        .annotate(n=Sum("page_count"))
    )
    acts_at, pages_at = dict(done), dict(confirmed)
    moments = tuple(Moment(at, pages_at.get(at, 0), acts_at.get(at, 0)) for at in sorted({*acts_at, *pages_at}))
    return History(unit, moments)
