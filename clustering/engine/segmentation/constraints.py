"""People's decisions, checked for contradictions and prepared for the decoder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from clustering.engine.records import Constraints
from clustering.sentences import say

Kind = Literal["fixed", "same", "apart", "count"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a person, as in `Constraints`."""

    kind: Kind
    index: int
    """Index in `Constraints.fixed`, seam index of a "same" or "apart", or the number of a `count`."""

    def __str__(self) -> str:
        if self.kind == "fixed":
            return say("confirmed document %(number)s", number=self.index + 1)
        if self.kind == "count":
            return say("the expected number of documents, %(count)s", count=self.index)
        pages = {"first": self.index + 1, "second": self.index + 2}
        if self.kind == "same":
            return say("the decision that pages %(first)s and %(second)s are one document", **pages)
        return say("the decision that pages %(first)s and %(second)s are two documents", **pages)


class ContradictoryConstraints(ValueError):
    """Two decisions contradict each other.

    `decisions` names them by their indices in the `Constraints` that were passed in; the message is a full sentence
    with page numbers from 1.
    """

    def __init__(self, message: str, *decisions: Decision) -> None:
        super().__init__(message)
        self.decisions = decisions


def _clash(first: Decision, second: Decision) -> ContradictoryConstraints:
    sentence = say("%(first)s contradicts %(second)s. Undo one of the two.", first=str(first), second=str(second))
    return ContradictoryConstraints(sentence.capitalize(), first, second)


def _owners(n: int, fixed: Sequence[Sequence[int]]) -> npt.NDArray[np.intp]:
    """Return for each page its fixed group, -1 for none. Refuses pages in two groups or outside the stream."""
    owner = np.full(n, -1, dtype=np.intp)
    for number, pages in enumerate(fixed):
        if not pages:
            raise ValueError(f"Fixed group {number} has no pages; leave it out.")
        for page in pages:
            if not 0 <= page < n:
                raise ValueError(f"Fixed group {number} names page {page}, but the stream has pages 0 to {n - 1}.")
            if owner[page] == number:
                raise ValueError(f"Fixed group {number} names page {page} twice.")
            if owner[page] >= 0:
                raise _clash(Decision("fixed", int(owner[page])), Decision("fixed", number))
            owner[page] = number
    return owner


def _check_seams(n: int, constraints: Constraints, owner: npt.NDArray[np.intp]) -> None:
    for name, seams in (("same", constraints.same), ("apart", constraints.apart)):
        for seam in seams:
            if not 0 <= seam < n - 1:
                raise ValueError(f"'{name}' names seam {seam}, but a stream of {n} pages has {max(n - 1, 0)} seams.")
    for seam in sorted(constraints.same & constraints.apart):
        raise _clash(Decision("same", seam), Decision("apart", seam))
    for seam in sorted(constraints.same):
        left, right = int(owner[seam]), int(owner[seam + 1])
        if left != right:
            raise _clash(Decision("fixed", max(left, right)), Decision("same", seam))
    for seam in sorted(constraints.apart):
        if owner[seam] >= 0 and owner[seam] == owner[seam + 1]:
            raise _clash(Decision("fixed", int(owner[seam])), Decision("apart", seam))


def _consecutive(pages: Sequence[int]) -> bool:
    return max(pages) - min(pages) + 1 == len(pages)


def check_constraints(n: int, constraints: Constraints) -> None:
    """Refuse contradictions on a stream of `n` pages.

    Raises `ContradictoryConstraints` for contradictory decisions, `ValueError` for indices out of range. O(number of
    pages and decisions), cheap enough to be called for each decision.
    """
    cut_out(n, constraints)


def hard_seams(n: int, constraints: Constraints) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return the seams that must be a boundary and those that must not, each bool of shape (max(n - 1, 0),).

    Fixed groups must be runs of consecutive pages (see `cut_out`); ValueError otherwise.
    """
    forced = np.zeros(max(n - 1, 0), dtype=bool)
    forbidden = np.zeros(max(n - 1, 0), dtype=bool)
    for pages in constraints.fixed:
        if not _consecutive(pages):
            raise ValueError("A fixed group has a gap in scan order; cut it out of the stream first with cut_out().")
        first, last = min(pages), max(pages)
        forbidden[first:last] = True
        if first > 0:
            forced[first - 1] = True
        if last < n - 1:
            forced[last] = True
    forced[list(constraints.apart)] = True
    forbidden[list(constraints.same)] = True
    return forced, forbidden


@dataclass(frozen=True, slots=True)
class Cut:
    """A stream without the fixed groups that have gaps, and the way back."""

    length: int
    """Pages of the whole stream."""
    pages: tuple[int, ...]
    """Index in the whole stream of each remaining page, ascending."""
    constraints: Constraints
    """The constraints in indices of the remaining pages; every fixed group left is a run, `count` is lowered."""
    removed: tuple[tuple[int, ...], ...]
    """The groups that were cut out, in indices of the whole stream."""
    joints: tuple[int, ...]
    """Seams of the remaining stream between pages that were not neighbors before."""

    def restore(self, groups: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
        """Return groups of remaining pages in indices of the whole stream; a fixed group gets its own page order.

        The removed groups are not included: append `removed`.
        """
        order = {min(pages): pages for pages in self.constraints.fixed}
        restored = []
        for group in groups:
            fixed = order.get(min(group))
            pages = fixed if fixed is not None and len(fixed) == len(group) else group
            restored.append(tuple(self.pages[page] for page in pages))
        return restored

    def restore_seams(self, marginals: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return (length - 1,) the boundary probabilities of the whole stream, from those of the remaining stream.

        At a seam that touches a removed group, they are certain: 0 inside the group, else 1.
        """
        known = np.asarray(marginals, dtype=np.float64)
        owner = np.full(self.length, -1, dtype=np.intp)
        for number, pages in enumerate(self.removed):
            owner[list(pages)] = number
        seams = np.where((owner[:-1] >= 0) & (owner[:-1] == owner[1:]), 0.0, 1.0)
        for seam, (left, right) in enumerate(zip(self.pages, self.pages[1:], strict=False)):
            if right == left + 1:
                seams[left] = known[seam]
        return seams


def cut_out(n: int, constraints: Constraints) -> Cut:
    """Take the fixed groups whose pages aren't consecutive out of a stream of `n` pages, and check everything.

    Score the seams of the remaining pages as a stream of their own (`Cut.pages`), decode that with `Cut.constraints`,
    and map back with `Cut.restore` and `Cut.restore_seams`. Without gaps, the cut is the stream itself. Raises
    `ContradictoryConstraints` (with indices of the constraints given here) and `ValueError`.
    """
    owner = _owners(n, constraints.fixed)
    _check_seams(n, constraints, owner)
    gappy = [number for number, pages in enumerate(constraints.fixed) if not _consecutive(pages)]
    gone = np.isin(owner, gappy)
    pages = np.flatnonzero(~gone)
    index_of = np.full(n, -1, dtype=np.intp)
    index_of[pages] = np.arange(len(pages))
    stay = [p for number, p in enumerate(constraints.fixed) if number not in set(gappy)]

    def kept(seams: frozenset[int]) -> frozenset[int]:
        return frozenset(int(index_of[s]) for s in seams if not gone[s] and not gone[s + 1])

    rest = Constraints(
        fixed=tuple(tuple(int(index_of[page]) for page in group) for group in stay),
        same=kept(constraints.same),
        apart=kept(constraints.apart),
        count=None if constraints.count is None else constraints.count - len(gappy),
    )
    _check_count_in_stream(constraints, rest, len(pages), len(gappy))
    joints = tuple(int(i) for i in np.flatnonzero(np.diff(pages) > 1))
    removed = tuple(constraints.fixed[number] for number in gappy)
    return Cut(n, tuple(int(p) for p in pages), rest, removed, joints)


def _check_count_in_stream(whole: Constraints, rest: Constraints, n: int, removed: int) -> None:
    """Check the number of documents on what remains, and name the decisions in indices of the whole stream."""
    if rest.count is None or whole.count is None:
        return
    forced, forbidden = hard_seams(n, rest)
    least = removed + int(n > 0) + int(forced.sum())
    most = removed + n - int(forbidden.sum())
    groups = [Decision("fixed", number) for number in range(len(whole.fixed))]
    if whole.count < least:
        apart = [Decision("apart", seam) for seam in sorted(whole.apart)]
        decisions = apart + groups
        why = say(
            "%(count)s documents are too few: the decisions so far leave at least %(limit)s. Raise the expected number "
            "or undo a decision.",
            count=whole.count,
            limit=least,
        )
    elif whole.count > most:
        same = [Decision("same", seam) for seam in sorted(whole.same)]
        decisions = same + groups
        why = say(
            "%(count)s documents are too many: the decisions so far leave at most %(limit)s. Lower the expected number "
            "or undo a decision.",
            count=whole.count,
            limit=most,
        )
    else:
        return
    raise ContradictoryConstraints(why, Decision("count", whole.count), *decisions)
