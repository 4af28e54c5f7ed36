"""From scored seams to documents: the semi-Markov decoder's front door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clustering.engine.records import Constraints
from clustering.engine.segmentation.constraints import check_constraints, hard_seams
from clustering.engine.segmentation.exact_count import best_with_count
from clustering.engine.segmentation.lattice import Floats, Ints, Lattice, build_lattice
from clustering.engine.segmentation.lengths import LengthPrior
from clustering.engine.segmentation.paths import best_completions
from clustering.engine.segmentation.posterior import CountPosterior, Posterior, chain_of, count_posterior, posterior

LONGEST = 80
"""Pages up to which whole segments are scored; longer documents are grown page by page by the length prior's tail."""
CLIP = 1e-6
"""Seam probabilities are kept this far from 0 and 1: only people may be certain."""

FREE = Constraints()
"""Nothing was decided."""

LengthScores = LengthPrior | npt.ArrayLike | Callable[[npt.NDArray[np.intp]], npt.ArrayLike]


def log_odds(probabilities: npt.ArrayLike) -> Floats:
    """log(p / (1 - p)), after clipping to CLIP … 1 - CLIP; refuses nan and values outside 0 … 1."""
    p = np.asarray(probabilities, dtype=np.float64)
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError("Probabilities must lie between 0 and 1.")
    p = np.clip(p, CLIP, 1 - CLIP)
    return np.asarray(np.log(p) - np.log1p(-p))


@dataclass(frozen=True, slots=True)
class Decoding:
    """The decoder's answer for one stream. All probabilities are given the constraints, and given `count` if one was
    set."""

    lattice: Lattice
    posterior: Posterior
    free_starts: Ints
    """First pages of the best partition with any number of documents."""
    starts: Ints
    """First pages of the proposed partition: the best one, or the best with exactly the count that was asked for."""
    seams: Floats
    """(n - 1,) forward-backward marginal: probability that seam i is a boundary."""
    confidence: Floats
    """Per proposed document the probability that exactly these pages are one document."""

    @property
    def stops(self) -> Ints:
        """Position after the last page of each proposed document."""
        return np.append(self.starts[1:], self.lattice.n).astype(np.intp)[: len(self.starts)]

    @property
    def groups(self) -> list[range]:
        """Pages of each proposed document."""
        return [range(a, b) for a, b in zip(self.starts.tolist(), self.stops.tolist(), strict=True)]

    @property
    def boundaries(self) -> npt.NDArray[np.bool_]:
        """(n - 1,) whether the proposal has a boundary at seam i."""
        mask = np.zeros(max(self.lattice.n - 1, 0), dtype=bool)
        mask[self.starts[1:] - 1] = True
        return mask

    @property
    def reward(self) -> float:
        """Log-odds that asking for a number of documents adds to every seam."""
        return float(self.posterior.chain.reward)

    def probability_of(self, starts: npt.ArrayLike, stops: npt.ArrayLike) -> Floats:
        """Probability that the pages start … stop - 1 are exactly one document, for arrays of any documents."""
        return self.posterior.segments(starts, stops)

    def count_posterior(self) -> CountPosterior:
        """How many documents there are if no count is given. Costs several passes; computed on every call."""
        return count_posterior(chain_of(self.lattice))


def decode(
    log_odds: npt.ArrayLike,
    *,
    start: npt.ArrayLike | None = None,
    end: npt.ArrayLike | None = None,
    lengths: LengthScores | None = None,
    cohesion: npt.ArrayLike | Callable[[int], npt.ArrayLike] | None = None,
    constraints: Constraints = FREE,
    longest: int = LONGEST,
    temperature: float = 1.0,
) -> Decoding:
    """Partition a stream of n = len(log_odds) + 1 pages into documents.

    log_odds     (n - 1,) that a document ends there (`log_odds` makes them from probabilities)
    start, end   (n,) further log-odds that a page is the first or the last of its document; 0 says nothing
    lengths      a LengthPrior, an array of log-probabilities of 1 … m pages (the tail falls on at the slope of its last
                 quarter), or a function of an array of lengths
    cohesion     score of a whole segment: an array (n, m) with [a, l] for the l + 1 pages from a, or a function of the
                 number of pages that gives the scores of all segments of that many pages, in order of their first
                 page. Scores below -1e4 count as -1e4.
    constraints  every fixed group a run of pages (`cut_out` sees to that); all of it is obeyed
    longest      pages up to which lengths and cohesion are scored; longer documents are never impossible: each further
                 page costs the length prior's tail, their cohesion stays that of the first `longest` pages
    temperature  divides all scores before probabilities are taken: above 1 less sure, below 1 surer; the best partition
                 stays the same

    Scores are natural logs and add up; see `build_lattice`. Time and memory O(n * longest); with a count some ten to
    thirty times the time. Raises ContradictoryConstraints and ValueError.
    """
    finite = _finite(log_odds, None, "log_odds")
    n = len(finite) + 1
    check_constraints(n, constraints)
    lattice = _lattice(
        finite,
        start=_finite(start, n, "start"),
        end=_finite(end, n, "end"),
        lengths=lengths,
        cohesion=cohesion,
        constraints=constraints,
        longest=longest,
        temperature=temperature,
    )
    free = best_completions(lattice).starts()
    belief = posterior(lattice, count=constraints.count)
    starts = free
    if constraints.count is not None and constraints.count != len(free):
        starts = best_with_count(lattice, constraints.count, near=belief.chain.reward)
    stops = np.append(starts[1:], n)
    return Decoding(lattice, belief, free, starts, belief.seams(), belief.segments(starts, stops))


def _finite(values: npt.ArrayLike | None, size: int | None, name: str) -> Floats:
    if values is None:
        return np.zeros(size or 0)
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or (size is not None and len(array) != size) or not np.isfinite(array).all():
        raise ValueError(f"'{name}' must be {'a row of' if size is None else size} finite log-odds.")
    return array


def _lattice(
    log_odds: Floats,
    *,
    start: Floats,
    end: Floats,
    lengths: LengthScores | None,
    cohesion: npt.ArrayLike | Callable[[int], npt.ArrayLike] | None,
    constraints: Constraints,
    longest: int,
    temperature: float,
) -> Lattice:
    n = len(start)
    if longest < 1 or not temperature > 0:
        raise ValueError("'longest' must be at least 1 and 'temperature' above 0.")
    width = max(2, min(longest, n))
    prior, tail = _length_scores(lengths, width)
    forced, forbidden = hard_seams(n, constraints)
    return build_lattice(
        log_odds,
        start=start,
        end=end,
        lengths=prior,
        tail=tail,
        cohesion=None if cohesion is None else _segment_scores(cohesion, n, width),
        forced=forced,
        forbidden=forbidden,
        temperature=temperature,
    )


def _length_scores(lengths: LengthScores | None, width: int) -> tuple[Floats, float]:
    """log-probabilities of 1 … width pages and the tail's slope."""
    prior = LengthPrior.flat() if lengths is None else lengths
    if not isinstance(prior, LengthPrior):
        given = prior(np.arange(1, width + 1)) if callable(prior) else prior
        table = np.asarray(given, dtype=np.float64)
        if table.ndim != 1 or not len(table):
            raise ValueError("'lengths' must be a row of log-probabilities of 1, 2, … pages.")
        last = max(len(table) // 4, 1)
        slope = (table[-1] - table[-1 - last]) / last if len(table) > last else 0.0
        prior = LengthPrior(tuple(float(x) for x in table), min(float(slope), 0.0))
    return prior.log_probabilities(width), prior.tail


def _segment_scores(cohesion: npt.ArrayLike | Callable[[int], npt.ArrayLike], n: int, width: int) -> Floats:
    """(n, width), finite or very low; the last column stands in for columns that were not given."""
    if callable(cohesion):
        table = np.zeros((n, width))
        for length in range(1, min(width, n) + 1):
            table[: n - length + 1, length - 1] = cohesion(length)
    else:
        table = np.asarray(cohesion, dtype=np.float64)
        if table.ndim != 2 or table.shape[0] != n or table.shape[1] < 1:
            raise ValueError(f"'cohesion' must have the shape ({n}, pages).")
        missing = max(width - table.shape[1], 0)
        table = np.pad(table, ((0, 0), (0, missing)), mode="edge")[:, :width]
    if np.isnan(table).any() or np.isposinf(table).any():
        raise ValueError("'cohesion' must be free of nan and of plus infinity.")
    return table
