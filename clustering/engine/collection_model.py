"""The boundary classifier of one collection: the family's, updated by each answer in the collection.

Bayesian logistic regression with Laplace's approximation (MacKay 1992; Rasmussen and Williams 2006, ch. 3). The family
gives the prior means and spreads of the weights of the facts and of the intercept. Weights of the traits of the two
pages (`evidence.traits`) start at 0 and learn what first and last pages look like here. The data are the decided seams,
if any. Which questions people answer is not random but depends only on the facts, so the answers are unbiased given
these.

    model = CollectionModel(prior, facts, traits).fit({12: True, 40: False})
    model.log_odds            # (n - 1,) of a boundary, averaged over the uncertainty of the weights
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.records import Features, Prior

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]

STEPS = 50
TOLERANCE = 1e-6
SMALLEST_STEP = 1e-3
"""Share of a Newton step below which halving it further gains nothing."""
SMALLEST_REST = 0.02
"""Lower limit, against rounding, of the denominator when one decision is removed from the fit."""
FEW_ANSWERS = 5
"""Answers at which the collection's own sharpness counts as much as the family's."""
Decisions = Mapping[int, bool]
"""For each page id with a decision, whether a document ends after the page."""
MODERATION = np.pi / 8
"""How strongly the variance of log-odds flattens probabilities (MacKay 1992)."""


def sharpness_after(prior: Prior, answers: int) -> float:
    """Return the factor on log-odds; with more answers, the collection's own replaces the family's."""
    share = answers / (answers + FEW_ANSWERS)
    return float(prior.sharpness ** (1 - share) * prior.answered_sharpness**share)


class CollectionModel:
    """Predicts boundaries of one collection. Call `fit` again after each decision.

    Attributes (after `fit`)
    ----------
    log_odds : (n - 1,)
        Log-odds of a boundary at each seam, flattened by the uncertainty of the weights.
    variance : (n - 1,)
        Variance of the log-odds before that.
    """

    def __init__(self, prior: Prior, facts: npt.ArrayLike, traits: npt.ArrayLike) -> None:
        """Prepare the model of a stream of n pages.

        Parameters
        ----------
        prior : Prior
            Of k facts and the intercept (`prior_for`).
        facts : (n - 1, k)
            Values of the facts at each seam.
        traits : (n, t)
            What the pages look like (`page_traits`); t may be 0.

        Raises
        ------
        ValueError
            If the prior and the facts have different columns.
        """
        self.prior = prior
        matrix, looks = np.asarray(facts, dtype=np.float32), np.asarray(traits, dtype=np.float32)
        seams = len(matrix)
        if matrix.ndim != 2 or matrix.shape[1] + 1 != len(prior.mean):
            raise ValueError("The prior and the facts speak of different columns.")
        if looks.size and prior.traits_spread > 0:
            after, before = looks[1:], looks[:-1]
        else:
            after = before = np.zeros((seams, 0), dtype=np.float32)
        self._facts = matrix
        # Columns are multiplied by the prior's spread, so that every weight has variance 1 and mean 0.
        ones = 1 - matrix[:, [int(prior.even)]] if prior.even >= 0 else np.ones((seams, 1), dtype=np.float32)
        scaled = np.hstack([matrix, ones]) * prior.spread.astype(np.float32)
        self._columns: Singles = np.hstack([scaled, prior.traits_spread * after, prior.traits_spread * before])
        count = after.shape[1]
        self._looks: Floats = np.zeros(seams)
        """What the looks of the pages add before any answer."""
        if len(prior.looks):
            self._looks += after @ prior.looks[:count] + before @ prior.looks[count:]
        self._alone: Floats = np.hstack([matrix, ones]).astype(np.float64) @ prior.mean + self._looks
        self._factor: Singles | None = None

    def fit(self, decided: Mapping[int, bool]) -> Self:
        """Fit to these decisions instead of earlier ones.

        If neighbors count, a first fit without them estimates which seams nearby are boundaries and which decisions are
        unexpected. Takes milliseconds for hundreds of decisions at 5,000 pages; linear in both.

        Parameters
        ----------
        decided : mapping of int to bool
            By index of the seam, 0 … n - 2, whether it is a boundary; may be empty.

        Returns
        -------
        CollectionModel
            Itself, with the attributes above.
        """
        seams = np.fromiter(sorted(decided), dtype=np.intp, count=len(decided))
        truth = np.array([decided[int(seam)] for seam in seams], dtype=np.float64)
        self._take(seams, truth, *np.zeros((2, len(self._facts))))
        if self.prior.neighbor or self.prior.surprise:
            self._take(seams, truth, self._boundaries_beside(seams, truth), self._surprises(seams, truth))
        return self

    def _boundaries_beside(self, seams: npt.NDArray[np.intp], truth: Floats) -> Floats:
        """Return (n - 1,) the expected number of boundaries, 0 … 2, at the two seams next to each, given the
        decisions."""
        boundary = np.asarray(scipy.special.expit(self.log_odds))
        boundary[seams] = truth
        return _beside(boundary)

    def _surprises(self, seams: npt.NDArray[np.intp], truth: Floats) -> Floats:
        """Return (n - 1,) how far each decision is from the prediction of all others, squared with its sign; 0
        elsewhere.

        Positive for an unexpected boundary. The prediction is the fit with this decision removed (Rasmussen and
        Williams 2006, eq. 3.56 and 3.66).
        """
        fitted, variance = (self.log_odds / self._flat)[seams], self.variance[seams]
        p = scipy.special.expit(fitted)
        without = variance / np.maximum(1 - p * (1 - p) * variance, SMALLEST_REST)
        predicted = (fitted - without * (truth - p)) / np.sqrt(1 + MODERATION * without)
        error = truth - scipy.special.expit(sharpness_after(self.prior, len(seams)) * predicted)
        surprises = np.zeros(len(self._facts))
        surprises[seams] = np.sign(error) * error**2
        return surprises

    def _take(self, seams: npt.NDArray[np.intp], truth: Floats, boundaries: Floats, surprises: Floats) -> None:
        """Fit with the given number of boundaries and surprises next to each seam.

        Errors come in pairs: a boundary one page off, or a page that isn't what it looks like. A surprise is therefore
        evidence for the opposite next to it, and reduces certainty there.
        """
        self._neighbors = self.prior.neighbor * boundaries
        self._surprised = -self.prior.surprise * _beside(surprises)
        self._start: Floats = self._alone + self._neighbors + self._surprised
        weights, curvature = self._most_probable(seams, truth)
        self.weights_ = weights
        means = self._start + self._columns @ weights.astype(np.float32)
        self.variance = self._variance(seams, curvature)
        sharpness = sharpness_after(self.prior, len(seams)) / (1 + self.prior.surprise * _beside(np.abs(surprises)))
        self._flat: Floats = sharpness / np.sqrt(1 + MODERATION * self.variance)
        self.log_odds: Floats = means * self._flat

    def _most_probable(self, seams: npt.NDArray[np.intp], truth: Floats) -> tuple[Floats, Floats]:
        """Return the most probable weights and the curvature at the decided seams, by Newton's method in the smaller
        space."""
        rows, start = self._columns[seams].astype(np.float64), self._start[seams]
        if not len(seams):
            return np.zeros(self._columns.shape[1]), np.zeros(0)
        kernel = rows @ rows.T if len(seams) <= rows.shape[1] else None
        weights, here = np.zeros(rows.shape[1]), start.copy()
        for _ in range(STEPS):
            p = scipy.special.expit(here)
            curve = np.maximum(p * (1 - p), 1e-6)
            target = curve * (here - start) + truth - p
            if kernel is None:
                system = np.eye(rows.shape[1]) + (rows * curve[:, None]).T @ rows
                wanted = scipy.linalg.cho_solve(scipy.linalg.cho_factor(system), rows.T @ target)
            else:
                root = np.sqrt(curve)
                system = np.eye(len(seams)) + root[:, None] * kernel * root[None, :]
                wanted = rows.T @ (
                    target - root * scipy.linalg.cho_solve(scipy.linalg.cho_factor(system), root * (kernel @ target))
                )
            step = self._step(rows, start, truth, weights, wanted)
            moved = float(np.abs(rows @ (wanted - weights)).max())
            weights = weights + step * (wanted - weights)
            here = start + rows @ weights
            if moved < TOLERANCE:
                break
        p = scipy.special.expit(here)
        return weights, np.maximum(p * (1 - p), 1e-6)

    @staticmethod
    def _step(rows: Floats, start: Floats, truth: Floats, weights: Floats, wanted: Floats) -> float:
        """Return the largest of 1, 1/2, 1/4 … of a Newton step that makes the weights more probable."""

        def improbable(candidate: Floats) -> float:
            margin = start + rows @ candidate
            data = np.sum(np.logaddexp(0, margin) - truth * margin)
            return float(data + 0.5 * candidate @ candidate)

        before, step = improbable(weights), 1.0
        while step > SMALLEST_STEP and improbable(weights + step * (wanted - weights)) > before:
            step /= 2
        return step

    def _variance(self, seams: npt.NDArray[np.intp], curvature: Floats) -> Floats:
        """Return (n - 1,) the variance of the log-odds given the decisions."""
        before = np.einsum("ij,ij->i", self._columns, self._columns, dtype=np.float64)
        if not len(seams):
            return np.asarray(before)
        rows = self._columns[seams].astype(np.float64)
        if len(seams) <= rows.shape[1]:
            root = np.sqrt(curvature)
            system = np.eye(len(seams)) + root[:, None] * (rows @ rows.T) * root[None, :]
            lower = np.linalg.cholesky(system)
            known = np.linalg.solve(lower, root[:, None] * rows).astype(np.float32)
            projected = self._columns @ known.T
            return np.asarray(np.maximum(before - np.einsum("ij,ij->i", projected, projected, dtype=np.float64), 0.0))
        system = np.eye(rows.shape[1]) + (rows * curvature[:, None]).T @ rows
        lower = np.linalg.cholesky(np.linalg.inv(system)).astype(np.float32)
        left = self._columns @ lower
        return np.asarray(np.einsum("ij,ij->i", left, left, dtype=np.float64))

    def taught_looks(self, weight: float) -> Floats:
        """Return what the looks of pages mean, learned from seams that are certain without them: `Prior.looks`.

        Self-training (Lee 2013): each seam counts as its more probable answer, with the weight of `weight` answers
        times its certainty (2 p - 1)². The weights of the facts stay. Linear in the number of seams.
        """
        p = scipy.special.expit(self.log_odds)
        truth, counts = (p > 0.5).astype(np.float64), weight * (2 * p - 1) ** 2
        looks = self._columns[:, self._facts.shape[1] + 1 :]

        def loss(weights: Floats) -> tuple[float, Floats]:
            margin = self._start + looks @ weights.astype(np.float32)
            value = counts @ (np.logaddexp(0, margin) - truth * margin) + 0.5 * weights @ weights
            pull = (counts * (scipy.special.expit(margin) - truth)).astype(np.float32)
            return float(value), looks.T @ pull + weights

        optimum = scipy.optimize.minimize(loss, np.zeros(looks.shape[1]), jac=True, method="L-BFGS-B")
        return np.asarray(self.prior.traits_spread * optimum.x)

    def contributions(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return what each fact adds to the log-odds, (n - 1, k), and what looks, neighbors, and surprises add, (n -
        1,) each.

        With the intercept, they add up to the log-odds; all are flattened alike.
        """
        flat = self._flat
        k = self._facts.shape[1]
        weights = self.prior.mean[:k] + self.prior.spread[:k] * self.weights_[:k]
        looks = self._looks + self._columns[:, k + 1 :] @ self.weights_[k + 1 :].astype(np.float32)
        shown = np.asarray(looks * flat, dtype=np.float64)
        return self._facts * weights * flat[:, None], shown, self._neighbors * flat, self._surprised * flat


def _beside(values: Floats) -> Floats:
    """Return (n - 1,) the sum of the values at the two seams next to each."""
    padded = np.concatenate([[0.0], values, [0.0]])
    return np.asarray(padded[:-2] + padded[2:])


def packed(features: Features, page_ids: Sequence[int]) -> bytes:
    """Return features as stored; `page_ids` are those of the stream."""
    buffer = io.BytesIO()
    prior = features.prior
    np.savez(
        buffer,
        pages=np.array([page_ids[index] for index in features.pages], dtype=np.int64),
        places=np.array(features.pages, dtype=np.int64),
        facts=features.facts.astype(np.float16),
        traits=features.traits.astype(np.float16),
        mean=prior.mean,
        spread=prior.spread,
        numbers=np.array(astuple(prior)[2:-1]),
        looks=prior.looks,
    )
    return buffer.getvalue()


class Lookup:
    """Finds rows of pages by their ids, in any order."""

    def __init__(self, pages: npt.ArrayLike) -> None:
        ids = np.asarray(pages, dtype=np.int64)
        self._order = np.argsort(ids, kind="stable")
        self._ids = ids[self._order]

    def rows(self, pages: Ids) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """Return the row of each page, and whether it has one; rows of other pages are meaningless."""
        if not len(self._ids):
            return np.zeros(len(pages), dtype=np.intp), np.zeros(len(pages), dtype=bool)
        at = np.minimum(np.searchsorted(self._ids, pages), len(self._ids) - 1)
        return self._order[at], self._ids[at] == pages


def _numbers(stored: Mapping[str, Floats]) -> Floats:
    """Return the other numbers of a prior. Older runs stored one more, which is ignored."""
    return stored["numbers"] if "numbers" in stored else np.delete(stored["scales"], slice(4, 5))


class RunModel:
    """The model of one run. Row i of `pages`, and seam i after it, is about the page with that id."""

    def __init__(self, data: bytes) -> None:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            self.pages: list[int] = stored["pages"].tolist()
            self.is_seam: npt.NDArray[np.bool_] = np.diff(stored["places"]) == 1
            looks = stored["looks"] if "looks" in stored else np.zeros(0)
            prior = replace(Prior(stored["mean"], stored["spread"], *map(float, _numbers(stored))), looks=looks)
            self._model = CollectionModel(prior, stored["facts"], stored["traits"])
        self.row = {page: row for row, page in enumerate(self.pages)}
        self._lookup = Lookup(self.pages)
        self._last: tuple[dict[int, bool], Floats] | None = None

    def log_odds(self, decisions: Decisions) -> Floats:
        """Return (rows - 1,) the log-odds of a boundary given these decisions; the last result is kept."""
        decided = {
            row: boundary
            for page, boundary in decisions.items()
            if (row := self.row.get(page)) is not None and row < len(self.is_seam) and self.is_seam[row]
        }
        if self._last is None or self._last[0] != decided:
            self._last = decided, self._model.fit(decided).log_odds
        return self._last[1]

    def log_odds_after(self, pages: Ids, decisions: Decisions) -> Floats:
        """Return the log-odds of the seams after these pages, nan for pages the model doesn't know."""
        log_odds = np.append(np.where(self.is_seam, self.log_odds(decisions), np.nan), np.nan)
        rows, is_known = self._lookup.rows(pages)
        return np.where(is_known, log_odds[rows], np.nan)
