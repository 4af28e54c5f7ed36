"""A run's model, moved by everything that is decided in its collection: in memory, from what the run kept.

The first act of a process on a collection reads the run's features; after that, taking in one more answer is a few
array operations (`engine.collection_model`).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from django.db import connection

from clustering.engine.collection_model import CollectionModel, Prior
from clustering.engine.records import Features
from clustering.models import Answer, Collection, Group, Page, Run, RunFeatures

Floats = npt.NDArray[np.float64]

KEPT = 4
"""Models kept in a process: some 5 MB each at 5,000 pages."""
LARGEST = 20_000
"""Pages above which an answer moves only what is around it, and the next proposal the rest: a person must not wait."""

Decisions = Mapping[int, bool]
"""Whether a document ends after a page, by its id, where a person decided it."""


def packed(features: Features, page_ids: Sequence[int]) -> bytes:
    """Return features as they are stored; `page_ids` are the stream's."""
    buffer = io.BytesIO()
    prior = features.prior
    np.savez(
        buffer,
        pages=np.array([page_ids[place] for place in features.pages], dtype=np.int64),
        places=np.array(features.pages, dtype=np.int64),
        facts=features.facts.astype(np.float16),
        traits=features.traits.astype(np.float16),
        mean=prior.mean,
        spread=prior.spread,
        scales=np.array([prior.traits_spread, prior.sharpness, prior.answered_sharpness]),
    )
    return buffer.getvalue()


class RunModel:
    """The model of one run. `pages` are the ids of its pages by row; seam i lies between rows i and i + 1."""

    def __init__(self, data: bytes) -> None:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            self.pages: list[int] = stored["pages"].tolist()
            self.is_seam: npt.NDArray[np.bool_] = np.diff(stored["places"]) == 1
            prior = Prior(stored["mean"], stored["spread"], *map(float, stored["scales"]))
            self._model = CollectionModel(prior, stored["facts"], stored["traits"])
        self.row = {page: row for row, page in enumerate(self.pages)}
        self._last: tuple[dict[int, bool], Floats] | None = None

    def log_odds(self, decisions: Decisions) -> Floats:
        """(rows - 1,) log-odds of a boundary given these decisions; asked again for the same ones, remembered."""
        decided = {
            row: boundary
            for page, boundary in decisions.items()
            if (row := self.row.get(page)) is not None and row < len(self.is_seam) and self.is_seam[row]
        }
        if self._last is None or self._last[0] != decided:
            self._last = decided, self._model.fit(decided).log_odds
        return self._last[1]


@lru_cache(maxsize=KEPT)
def _loaded(run: int) -> RunModel | None:
    """Runs are never edited, so that what was read once stays true."""
    data = RunFeatures.objects.filter(run=run).values_list("data", flat=True).first()
    return None if data is None else RunModel(bytes(data))


def model_of(run: Run) -> RunModel | None:
    """Return a run's model; None where it does not learn from answers, or is too large to move at once."""
    return _loaded(run.pk) if run.page_count <= LARGEST else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one page stands."""

    page: int
    group: int | None
    is_open: bool
    """Whether its group is a proposal of the run that nobody touched."""
    is_settled: bool
    """Whether a person confirmed or edited its group."""


_PLACES = f"""
SELECT page.id, page.group_id, home.state = '{Group.State.PROPOSED}' AND NOT home.edited AND home.run_id = %(run)s,
    home.state = '{Group.State.CONFIRMED}', page.position, said.verdict,
    home.edited OR home.state <> '{Group.State.PROPOSED}'
FROM "{Page._meta.db_table}" AS page
LEFT JOIN "{Group._meta.db_table}" AS home ON home.id = page.group_id
LEFT JOIN "{Answer._meta.db_table}" AS said
    ON said.first_id = page.id AND said.collection_id = page.collection_id
    AND EXISTS (SELECT FROM "{Page._meta.db_table}" AS next
                WHERE next.id = said.second_id AND next.position = page.position + 1)
WHERE page.collection_id = %(collection)s
ORDER BY page.position
"""


def standing(collection: Collection, run: Run) -> tuple[list[Place], dict[int, bool]]:
    """Return where all pages stand, in scan order, and what is decided between neighbors. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {"collection": collection.pk, "run": run.pk})
        rows = cursor.fetchall()
    decided: dict[int, bool] = {}
    for here, following in pairwise(rows):
        page, group, _, confirmed, position, verdict, _ = here
        _, next_group, _, next_confirmed, next_position, _, _ = following
        if next_position != position + 1:
            continue
        if verdict is not None:
            decided[page] = verdict == Answer.Verdict.DIFFERENT
        elif confirmed and group == next_group:
            decided[page] = False
        elif (confirmed or next_confirmed) and group != next_group:
            decided[page] = True
    return [Place(row[0], row[1], bool(row[2]), bool(row[6])) for row in rows], decided
