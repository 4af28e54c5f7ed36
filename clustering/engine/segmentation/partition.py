"""The result that both decoders share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Partition:
    """A stream of n pages cut into documents."""

    starts: Ints
    """First pages of the proposed documents."""
    seams: Floats
    """(n - 1,) probability that seam i is a boundary."""
    boundaries: npt.NDArray[np.bool_]
    """(n - 1,) whether the proposal has a boundary at seam i."""

    @property
    def stops(self) -> Ints:
        """Position after the last page of each proposed document."""
        return np.append(self.starts[1:], len(self.seams) + 1).astype(np.intp)[: len(self.starts)]

    @property
    def groups(self) -> list[range]:
        """Pages of each proposed document."""
        return [range(a, b) for a, b in zip(self.starts.tolist(), self.stops.tolist(), strict=True)]
