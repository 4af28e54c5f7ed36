"""A run's model in memory: what it thinks of the seams, given all that is decided in its collection.

The first act of a process on a collection reads what the run kept; after that, taking in one more answer is a few
array operations (`engine.collection_model`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from clustering.engine.collection_model import CollectionModel, Prior
from clustering.engine.records import Features
from clustering.models import Run, RunFeatures, SeamScore

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

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


class Lookup:
    """Rows of pages by their ids, in any order."""

    def __init__(self, pages: npt.ArrayLike) -> None:
        ids = np.asarray(pages, dtype=np.int64)
        self._order = np.argsort(ids, kind="stable")
        self._ids = ids[self._order]

    def rows(self, pages: Ids) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """Row of each page, and whether it has one; the row means nothing where it has none."""
        if not len(self._ids):
            return np.zeros(len(pages), dtype=np.intp), np.zeros(len(pages), dtype=bool)
        at = np.minimum(np.searchsorted(self._ids, pages), len(self._ids) - 1)
        return self._order[at], self._ids[at] == pages


class RunModel:
    """The model of one run. Row i of `pages`, and seam i behind it, is about the page with that id."""

    def __init__(self, data: bytes) -> None:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            self.pages: list[int] = stored["pages"].tolist()
            self.is_seam: npt.NDArray[np.bool_] = np.diff(stored["places"]) == 1
            prior = Prior(stored["mean"], stored["spread"], *map(float, stored["scales"]))
            self._model = CollectionModel(prior, stored["facts"], stored["traits"])
        self.row = {page: row for row, page in enumerate(self.pages)}
        self._lookup = Lookup(self.pages)
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

    def log_odds_after(self, pages: Ids, decisions: Decisions) -> Floats:
        """Return the same of the seams after these pages, nan where the model knows none."""
        log_odds = np.append(np.where(self.is_seam, self.log_odds(decisions), np.nan), np.nan)
        rows, is_known = self._lookup.rows(pages)
        return np.where(is_known, log_odds[rows], np.nan)


class Scores:
    """What a run once said of the seams after pages."""

    def __init__(self, rows: Iterable[tuple[int, float | None, float]]) -> None:
        table = np.array([(page, log_odds, told) for page, log_odds, told in rows], dtype=np.float64).reshape(-1, 3)
        self._lookup = Lookup(table[:, 0])
        # Nothing stands behind a page that has no row.
        self._log_odds, self._told = (np.append(table[:, column], np.nan) for column in (1, 2))

    def of(self, pages: Ids) -> tuple[Floats, Floats]:
        """Log-odds and probability, each nan where there is none."""
        rows, is_known = self._lookup.rows(pages)
        rows = np.where(is_known, rows, -1)
        return self._log_odds[rows], self._told[rows]


def scores_of(run: Run, reordered: int, pages: Sequence[int] | None = None) -> Scores:
    """Return what a run once said of the seams after these pages, or of all: that is remembered until pages come or go,
    which `reordered` (of the collection) tells."""
    if pages is None:
        return _all_scores(run.pk, reordered)
    return Scores(SeamScore.objects.filter(run=run, page__in=pages).values_list(*_SCORED))


_SCORED = ("page_id", "log_odds", "probability")


@lru_cache(maxsize=KEPT)
def _all_scores(run: int, _reordered: int) -> Scores:
    return Scores(SeamScore.objects.filter(run=run).values_list(*_SCORED))


@lru_cache(maxsize=KEPT)
def _loaded(run: int) -> RunModel | None:
    """Return a run's model, if it has one. Runs are never edited, so that what was read once stays true."""
    data = RunFeatures.objects.filter(run=run).values_list("data", flat=True).first()
    return None if data is None else RunModel(bytes(data))


def model_of(run: Run) -> RunModel | None:
    """Return a run's model; None where it does not learn from answers, or is too large to move at once."""
    return _loaded(run.pk) if run.page_count <= LARGEST else None
