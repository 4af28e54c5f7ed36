"""A stream of pages with the truth about its seams, to learn from and to measure with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence import Evidence
from clustering.engine.records import Constraints
from clustering.engine.segmentation.constraints import hard_seams

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BLOCK = 30
"""Fewest pages in a block."""


@dataclass(frozen=True, slots=True)
class LabeledStream:
    """Evidence of one collection, with known seams."""

    evidence: Evidence
    starts: tuple[str, ...]
    """One mark per page: 1 a document starts here, 0 it doesn't, ? unknown or either is right."""
    name: str = ""

    @property
    def known(self) -> Bools:
        """(n - 1,) which seams are known."""
        return known_seams(self.starts)

    @property
    def truth(self) -> Floats:
        """(n - 1,) 1 for a boundary; 0 also if unknown."""
        return np.array([start == "1" for start in self.starts[1:]], dtype=np.float64)

    def only(self, seams: Bools) -> LabeledStream:
        """Return the stream with only these seams known."""
        kept = list(self.starts[:1])
        kept += [start if keep else "?" for start, keep in zip(self.starts[1:], seams, strict=True)]
        return replace(self, starts=tuple(kept))


def known_seams(starts: Sequence[str]) -> Bools:
    """Return (n - 1,) which seams are known."""
    return np.array([start != "?" for start in starts[1:]], dtype=bool)


def decided_starts(pages: int, constraints: Constraints) -> tuple[str, ...]:
    """Return one mark per page from people's decisions about seams; all others are unknown."""
    forced, forbidden = hard_seams(pages, constraints)
    marks = ["1" if boundary else "0" if same else "?" for boundary, same in zip(forced, forbidden, strict=True)]
    return ("1", *marks)[:pages]


def decided_stream(evidence: Evidence, constraints: Constraints) -> LabeledStream:
    """Return the evidence of a stream with people's decisions about its seams; all others are unknown."""
    return LabeledStream(evidence, decided_starts(evidence.pages, constraints))


def blocks_of(starts: Sequence[str], *, least: int = BLOCK) -> list[range]:
    """Return contiguous blocks of at least this many pages, cut only at known starts of documents."""
    cuts = [0]
    for i, start in enumerate(starts):
        if start == "1" and i - cuts[-1] >= least:
            cuts.append(i)
    if len(cuts) > 1 and len(starts) - cuts[-1] < least:
        cuts.pop()
    return [range(a, b) for a, b in zip(cuts, [*cuts[1:], len(starts)], strict=True)]


def inside(block: range, pages: int) -> Bools:
    """Return (pages - 1,) the seams between pages of the block, and the one before it."""
    mask = np.zeros(max(pages - 1, 0), dtype=bool)
    mask[max(block.start - 1, 0) : block.stop - 1] = True
    return mask
