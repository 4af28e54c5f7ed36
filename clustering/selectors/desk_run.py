"""Which run speaks at the desk, and which of its seams moved since a version."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from clustering.models import Collection, LiveScore, Page, Run, SeamScore


class Moved(NamedTuple):
    """A seam whose probability moved: the position of the page before it, and the groups on both sides."""

    position: int
    probability: float
    group: int | None
    group_after: int | None


_DESK_RUN = f"""
SELECT run.* FROM "{Run._meta.db_table}" AS run
WHERE run.collection_id = %(collection)s AND run.state = '{Run.State.READY}'
    AND EXISTS (SELECT FROM "{SeamScore._meta.db_table}" AS seam WHERE seam.run_id = run.id)
ORDER BY run.published DESC NULLS LAST, run.created DESC LIMIT 1
"""
_MOVED = f"""
SELECT page.position, score.probability, page.group_id, next.group_id
FROM "{LiveScore._meta.db_table}" AS score
JOIN "{Page._meta.db_table}" AS page ON page.id = score.page_id
LEFT JOIN "{Page._meta.db_table}" AS next
    ON next.collection_id = page.collection_id AND next.position = page.position + 1
WHERE score.run_id = (SELECT id FROM ({_DESK_RUN}) AS spoken) AND score.sequence > %(since)s
ORDER BY page.position LIMIT %(most)s
"""
"""Written out, because every act asks both: building them anew took a tenth of its time."""


def desk_run(collection: Collection) -> Run | None:
    """The run whose seams the desk shows: the one published last, else the newest that scored seams."""
    return next(iter(Run.objects.raw(_DESK_RUN, {"collection": collection.pk})), None)


def moved_since(collection: Collection, version: int, *, most: int) -> list[Moved]:
    """The seams whose probability moved after a version, by position."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"collection": collection.pk, "since": version, "most": most})
        return [Moved(*row) for row in cursor.fetchall()]
