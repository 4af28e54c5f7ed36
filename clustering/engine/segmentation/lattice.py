"""All documents a stream could hold, each with its score: what the passes of the decoder run over.

A **position** p in 0 … n is the place before page p, so that position p (0 < p < n) is seam p - 1, and a segment [a,
b) is the document of the pages a … b - 1. Scores are natural logarithms, relative: only differences between
partitions of the same stream mean something.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

IMPOSSIBLE = -1e4
"""Floor of a segment's cohesion, natural log. Far below any evidence, yet finite: people may insist on such a
document."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Scores of all segments, already divided by the temperature."""

    n: int
    longest: int
    """Segments up to here (>= 2) stand in `segment`; longer ones are grown page by page from a segment of this
    length."""
    segment: Floats
    """(n, longest): score of the segment that starts at page a and has column + 1 pages; -inf where it may not be."""
    opening: Floats
    """(n,): score of the first `longest` pages of a longer segment that starts at page a."""
    growth: Floats
    """(n,): what page j adds to a segment that is at least `longest` pages long before it."""
    ending: Floats
    """(n,): what ending a segment after page j adds (in `segment` it is contained)."""

    @property
    def has_long(self) -> bool:
        """Whether any segment longer than `longest` is possible."""
        return bool(np.isfinite(self.opening).any())

    def score(self, starts: npt.ArrayLike, stops: npt.ArrayLike) -> Floats:
        """Scores of the segments [start, stop), shape as given; -inf for a segment that may not be."""
        first = np.asarray(starts, dtype=np.intp)
        last = np.asarray(stops, dtype=np.intp)
        length = last - first
        if np.any(length < 1) or np.any(first < 0) or np.any(last > self.n):
            raise ValueError("A segment needs at least one page and must lie inside the stream.")
        short = self.segment[first, np.minimum(length, self.longest) - 1]
        blocked = np.isneginf(self.growth)
        grown = np.concatenate([[0.0], np.cumsum(np.where(blocked, 0.0, self.growth))])
        walls = np.concatenate([[0], np.cumsum(blocked)])
        middle = np.minimum(first + self.longest, last)
        long = self.opening[first] + grown[last] - grown[middle] + self.ending[last - 1]
        long = np.where(walls[last] > walls[middle], -np.inf, long)
        return np.where(length <= self.longest, short, long)


def _reach(n: int, forced: npt.NDArray[np.bool_]) -> Ints:
    """Per page the furthest position a segment starting there may stop at: the next forced boundary, or n."""
    walls = np.append(np.flatnonzero(forced) + 1, n)
    return walls[np.searchsorted(walls, np.arange(n), side="right")]


def build_lattice(
    log_odds: Floats,
    *,
    start: Floats,
    end: Floats,
    lengths: Floats,
    tail: float,
    cohesion: Floats | None,
    forced: npt.NDArray[np.bool_],
    forbidden: npt.NDArray[np.bool_],
    temperature: float,
) -> Lattice:
    """Add up the scores of all segments of a stream of n = len(start) >= 1 pages.

    `log_odds` (n - 1,) of a boundary; `start`, `end` (n,) log-odds that a page begins or closes a document;
    `lengths` (m,) log P(length = column + 1) with `tail` added for each page beyond; `cohesion` (n, m) or None, frozen
    beyond m pages; `forced` and `forbidden` (n - 1,) hard seams. O(n m) time and memory.

    Score of a partition = sum over its segments [a, b) of
    log_odds[a - 1] (a > 0) + start[a] + end[b - 1] + lengths[b - a] + cohesion[a, b - a]. Log-odds summed over the
    boundaries equal log p over boundaries plus log(1 - p) over the other seams, up to a constant of the stream.
    """
    n, longest = len(start), len(lengths)
    begin = start.copy()
    begin[1:] += log_odds
    begin[1:][forbidden] = -np.inf
    body = np.broadcast_to(lengths, (n, longest)) + begin[:, None]
    if cohesion is not None:
        body += np.maximum(cohesion, IMPOSSIBLE)
    size = np.arange(1, longest + 1)
    room = _reach(n, forced) - np.arange(n)
    opening = np.where(room > longest, body[:, -1], -np.inf)
    stop = np.arange(n)[:, None] + size[None, :] - 1
    segment = body + np.append(end, np.zeros(longest))[stop]
    segment[size[None, :] > room[:, None]] = -np.inf
    may_stop = np.append(np.append(True, ~forbidden), np.append(True, np.ones(longest, dtype=bool)))
    segment[~may_stop[stop + 1]] = -np.inf
    growth = np.full(n, tail)
    growth[1:][forced] = -np.inf
    ending = np.where(may_stop[1 : n + 1], end, -np.inf)
    return Lattice(n, longest, segment / temperature, opening / temperature, growth / temperature, ending / temperature)
