"""How fast people work, from the times of their acts without breaks."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from django.db import connection
from django.db.models import Sum

from clustering.actions.publish import PUBLISH
from clustering.dashboard.progress import Several
from clustering.engine.effort import LOOK
from clustering.models import Edit, Group

IDLE_SECONDS = 60
"""A longer time between two acts of a person is a break, and is not counted as work."""
TELLING_SECONDS = 120
"""Least work for a meaningful rate."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Work of one person, or of all together."""

    acts: int
    pages: int
    """Pages in groups that they confirmed, that still are confirmed."""
    seconds: float
    """Work: the times between two acts in a row, breaks left out."""

    @property
    def pages_an_hour(self) -> float | None:
        """The rate; None if there was too little work to tell."""
        return 3600 * self.pages / self.seconds if self.seconds >= TELLING_SECONDS else None


ENOUGH_ANSWERS = 8
"""Least number of answers to estimate a person's pace."""
LAST_ANSWERS = 200
LEAST_LOOK = 2.0
"""Least seconds for looking at two pages and deciding."""

_GAPS = f"""
SELECT gap FROM (
    SELECT verb, created, extract(epoch FROM created - lag(created) OVER (ORDER BY created)) AS gap
    FROM (
        SELECT verb, created FROM "{Edit._meta.db_table}" WHERE collection_id = %s AND actor_id = %s
        ORDER BY sequence DESC LIMIT %s
    ) newest
) acts
WHERE verb = 'answer' AND gap <= %s
"""

_WORK = """
SELECT actor_id, count(*), coalesce(sum(gap) FILTER (WHERE gap <= %s), 0)
FROM (
    SELECT actor_id, extract(epoch FROM created - lag(created) OVER (PARTITION BY actor_id ORDER BY created)) AS gap
    FROM ({acts}) theirs
) gaps
GROUP BY actor_id
"""


def seconds_an_answer(collection: int, person: int) -> float | None:
    """Return the median time of a person's newest answers here, without breaks; None if too few. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, [collection, person, LAST_ANSWERS, IDLE_SECONDS])
        gaps = [float(gap) for (gap,) in cursor.fetchall()]
    return median(gaps) if len(gaps) >= ENOUGH_ANSWERS else None


def seconds_a_look(collection: int, person: int) -> float:
    """Return what a place to check takes this person: the pace of the answers, else what is assumed; never less than a
    look takes, however many were answered at once. One query."""
    return max(seconds_an_answer(collection, person) or LOOK, LEAST_LOOK)


@dataclass(frozen=True, slots=True)
class Paces:
    """What one person sees: their own work, and that of all together. Nobody sees another's."""

    own: Pace | None
    total: Pace
    people: int


def paces(collections: Several, *, person: int) -> Paces:
    """Return the work in these collections. Two queries."""
    theirs = Edit.objects.filter(collection__in=collections).exclude(actor=None).exclude(verb=PUBLISH).order_by()
    acts, given = theirs.values("actor_id", "created").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_WORK.format(acts=acts), [IDLE_SECONDS, *given])
        work = {actor: (acts, float(seconds)) for actor, acts, seconds in cursor.fetchall()}
    pages = dict(
        Group.objects.filter(collection__in=collections, state=Group.State.CONFIRMED, confirmed_by__in=work)
        .order_by()
        .values_list("confirmed_by")
        .annotate(n=Sum("page_count"))
    )
    by_person = {pk: Pace(acts, pages.get(pk, 0), seconds) for pk, (acts, seconds) in work.items()}
    total = Pace(
        sum(pace.acts for pace in by_person.values()),
        sum(pace.pages for pace in by_person.values()),
        sum(pace.seconds for pace in by_person.values()),
    )
    return Paces(by_person.get(person), total, len(by_person))
