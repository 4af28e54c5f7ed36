"""What evidence consists of: for each fact one named column with a value and a sentence per seam."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FAMILIES = ("paper", "leaf", "look", "strokes", "numbers", "text", "hand", "page", "kind", "example")
"""Kinds of evidence, under the names that the desk and the bench use."""

EVEN = "beside_envelope"
"""If this fact is 1, a document ends here or on the other side of the next page, so the odds are even however often
documents end."""

SOURCES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "reading": (
        frozenset({"numbers", "text", "hand", "page"}),
        frozenset({
            "sparse_next", "sparse_before", "title_page", "envelope", "beside_envelope", "envelope_faces",
        }),
    ),
    "vector": (frozenset({"look"}), frozenset()),
    "paper": (
        frozenset({"leaf", "strokes"}),
        frozenset({
            "unlike_paper", "unlike_bed", "unlike_layout", "unlike_ink", "paper_colour", "paper_colour_fold",
            "same_tint", "same_ink", "punched_alike", "punched_differs",
            "blank_follows", "blank_before", "picture_next", "round_mark",
            "envelope", "beside_envelope", "envelope_faces", "envelope_names",
        }),
    ),
}  # fmt: skip
"""What depends on each part of a page's record: families, and single columns, that are 0 without it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One fact at all seams of a stream."""

    family: str
    name: str
    sign: int
    """+1: the larger the value, the likelier a boundary; -1: the less likely; 0: either. The model keeps this sign."""
    values: Floats
    """(n - 1,) finite; negative only if `both_ways`. 0: the fact is absent or couldn't be measured."""
    say: Callable[[int], str]
    """Returns the sentence of seam i, for a value other than 0."""
    both_ways: bool = False
    """Whether values may be negative."""
    is_habit: bool = False
    """Whether the direction is a habit of each archive that others can't predict."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All facts of a stream of pages."""

    columns: tuple[Column, ...]
    pages: int
    warnings: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()
    """The `SOURCES` that (nearly) all pages lack."""
    traits: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    """(pages, t) what each page looks like and is about; see `traits.page_traits`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def signs(self) -> npt.NDArray[np.int_]:
        """(k,) signs of the columns."""
        return np.array([column.sign for column in self.columns], dtype=int)

    def are(self, family: str) -> npt.NDArray[np.bool_]:
        """Return (k,) which columns are of a family."""
        return np.array([column.family == family for column in self.columns], dtype=bool)

    @property
    def habits(self) -> npt.NDArray[np.bool_]:
        """(k,) which columns are habits."""
        return np.array([column.is_habit for column in self.columns], dtype=bool)

    @property
    def even(self) -> int:
        """Index of the column EVEN; -1 if there is none."""
        return self.names.index(EVEN) if EVEN in self.names else -1

    @property
    def matrix(self) -> Floats:
        """(n - 1, k) values."""
        if not self.columns:
            return np.zeros((max(self.pages - 1, 0), 0))
        return np.column_stack([column.values for column in self.columns]).astype(np.float64)

    def without_source(self, source: str) -> Evidence:
        """Return the evidence as it would be if all pages lacked one of `SOURCES`."""
        families, names = SOURCES[source]
        kept = [
            replace(column, values=np.zeros_like(column.values))
            if column.family in families or column.name in names
            else column
            for column in self.columns
        ]
        return replace(self, columns=tuple(kept), absent=self.absent | {source})


def column(
    family: str,
    name: str,
    sign: int,
    values: npt.ArrayLike | Sequence[float],
    say: Callable[[int], str] | str,
    *,
    both_ways: bool = False,
) -> Column:
    """Make a Column; not-a-number becomes 0.

    Values against the sign become 0 unless the fact speaks `both_ways`.
    """
    array = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    array = np.maximum(array, 0.0) if sign and not both_ways else array
    return Column(family, name, sign, array, (lambda _: say) if isinstance(say, str) else say, both_ways)


def silenced(columns: Sequence[Column], names: Collection[str], seams: npt.NDArray[np.bool_]) -> list[Column]:
    """Return the columns with those of these names set to 0 at `seams`."""
    if not seams.any():
        return list(columns)
    return [replace(one, values=np.where(seams, 0.0, one.values)) if one.name in names else one for one in columns]
