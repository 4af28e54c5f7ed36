"""How long documents are: a prior over the number of pages under which no length is impossible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

HABIT = 12.0
"""Documents' worth of the geometric shape that is mixed into an observed histogram."""

KINDS = 4
"""Up to this many pages every length is a kind of document of its own."""


@dataclass(frozen=True, slots=True)
class LengthPrior:
    """log P(pages of a document), natural logs: a table for short documents and a geometric tail beyond."""

    table: tuple[float, ...]
    """log P of 1, 2, … pages; at least one entry, all finite."""
    tail: float
    """Added for each page beyond the table; negative, or 0 for a flat prior."""

    def __post_init__(self) -> None:
        if not self.table or not np.isfinite(self.table).all() or not np.isfinite(self.tail) or self.tail > 0:
            raise ValueError("A length prior needs finite log-probabilities and a tail that does not rise.")

    def log_probabilities(self, longest: int) -> Floats:
        """log P of 1 … `longest` pages."""
        known = np.array(self.table[:longest], dtype=np.float64)
        beyond = self.table[-1] + self.tail * np.arange(1, max(longest - len(self.table), 0) + 1)
        return np.concatenate([known, beyond])

    @classmethod
    def flat(cls) -> LengthPrior:
        """Says nothing about length."""
        return cls((0.0,), 0.0)

    @classmethod
    def geometric(cls, mean: float) -> LengthPrior:
        """Return the lengths that boundaries thrown by chance would give, with `mean` > 1 pages a document."""
        if not mean > 1:
            raise ValueError("The mean length must be above one page.")
        stop = 1 / mean
        return cls((float(np.log(stop)),), float(np.log1p(-stop)))

    @classmethod
    def from_lengths(cls, lengths: Iterable[int], *, longest: int = 80, habit: float = HABIT) -> LengthPrior:
        """Learn from documents: their histogram with `habit` documents of a geometric with the same mean mixed in.

        Neighbouring lengths from 5 pages on lend each other weight, a quarter to either side. Shorter ones stand alone:
        a sheet, a leaf with its back and a sheet folded once to four pages are kinds of their own.
        """
        seen = np.array(sorted(lengths), dtype=np.intp)
        if len(seen) == 0 or seen[0] < 1:
            raise ValueError("A length prior needs at least one document, and every document at least one page.")
        counts = np.bincount(np.minimum(seen, longest), minlength=longest + 1)[1:].astype(np.float64)
        smooth = counts.copy()
        for place in range(KINDS, longest):
            share = counts[place] / 4
            smooth[place] -= 2 * share
            smooth[max(place - 1, KINDS)] += share
            smooth[min(place + 1, longest - 1)] += share
        mean = max(float(seen.mean()), 1.05)
        base = cls.geometric(mean)
        mixed = smooth + habit * np.exp(base.log_probabilities(longest))
        return cls(tuple(float(x) for x in np.log(mixed / mixed.sum())), base.tail)

    def beyond_chance(self, mean: float) -> LengthPrior:
        """Return this prior divided by the geometric of `mean` pages.

        Seam probabilities already contain how often documents end. Added to those, a plain prior would count that
        rate twice; what is left after the division is the shape alone (few three-page documents, many of four).
        """
        chance = LengthPrior.geometric(mean)
        table = np.array(self.table) - chance.log_probabilities(len(self.table))
        return LengthPrior(tuple(float(x) for x in table), min(self.tail - chance.tail, 0.0))
