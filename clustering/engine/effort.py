"""What a proposal costs the person who checks it, in gestures and seconds, and in which order checking pays.

Every wrong seam is one split or one merge at the desk. A run of pages that is split off one group and merged into
another is one move. Looking at every seam costs time too, so the order of looking decides: `expected_edits_saved` is
the key of the review queue, `effort_curve` shows how soon an order finds the errors, and `review` plays a whole
session.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from clustering.engine.metrics.partitions import overlap

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rates:
    """Seconds a gesture takes, thinking included. Assumed until measured at a desk: log the times and put in
    medians."""

    look: float = 1.5
    """One seam, both pages side by side."""
    confirm: float = 1.0
    """One group, one key."""
    split: float = 3.0
    merge: float = 4.0
    """Longer than a split: both groups must be seen."""
    move: float = 8.0
    """One run of pages into another group, the target found first."""

    def __post_init__(self) -> None:
        if not all(np.isfinite(getattr(self, f.name)) and getattr(self, f.name) >= 0 for f in fields(self)):
            raise ValueError("Rates are seconds: finite and not negative.")


ASSUMED = Rates()


@dataclass(frozen=True, slots=True)
class Work:
    """Gestures, counted."""

    looks: int = 0
    confirms: int = 0
    splits: int = 0
    merges: int = 0
    moves: int = 0

    @property
    def corrections(self) -> int:
        """Gestures that change something."""
        return self.splits + self.merges + self.moves

    def seconds(self, rates: Rates = ASSUMED) -> float:
        """T = looks + confirms + splits + merges + moves, each with its time."""
        return (
            self.looks * rates.look
            + self.confirms * rates.confirm
            + self.splits * rates.split
            + self.merges * rates.merge
            + self.moves * rates.move
        )

    def __add__(self, other: Work) -> Work:
        return Work(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def work_to_truth(
    truth: Iterable[Hashable], proposed: Iterable[Hashable], *, looks: int | None = None, rates: Rates = ASSUMED
) -> Work:
    """The gestures that turn a proposal into the truth, both (n,) labels, and confirm every document.

    With M the non-empty intersections of proposed groups P and true documents T: |M| - |P| splits and |M| - |T|
    merges. An intersection that is both split off and merged is one move instead, where `rates` make that cheaper;
    most moves are possible when as many intersections as can be stay where they are (a maximum matching of P and T).
    `looks` defaults to every seam once.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    meet = overlap(truth, proposed)
    pieces, groups, documents = len(meet.size), len(meet.proposed_sizes), len(meet.truth_sizes)
    splits, merges, moves = pieces - groups, pieces - documents, 0
    if rates.move < rates.split + rates.merge:
        graph = csr_array((np.ones(pieces), (meet.proposed, meet.truth)), shape=(groups, documents))
        staying = int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())
        moves = pieces - groups - documents + staying
    return Work(
        looks=meet.pages - 1 if looks is None else looks,
        confirms=documents,
        splits=splits - moves,
        merges=merges - moves,
        moves=moves,
    )


def work_by_hand(truth: Iterable[Hashable]) -> Work:
    """The same screen without a proposal: one pile, every seam looked at, every boundary a split."""
    labels = list(truth)
    return work_to_truth(labels, [0] * len(labels), rates=Rates(move=float(np.finfo(np.float64).max)))


def expected_edits_saved(marginals: npt.ArrayLike, boundaries: npt.ArrayLike, *, rates: Rates | None = None) -> Floats:
    """(n - 1,) what looking at each seam is expected to save: the probability that the proposal is wrong there.

    `marginals` P(boundary), `boundaries` what is proposed. A wrong seam is one edit, so the sum is the expected
    number of edits in the whole proposal. With `rates` in seconds instead: a boundary that is missing costs a split,
    one too many a merge. Sort by it, largest first, for the review queue (`queue_order`).
    """
    p, there = np.asarray(marginals, dtype=np.float64), np.asarray(boundaries, dtype=bool)
    if p.shape != there.shape:
        raise ValueError("Marginals and boundaries must have the same length.")
    wrong = np.where(there, 1.0 - p, p)
    return wrong if rates is None else wrong * np.where(there, rates.merge, rates.split)


def queue_order(saved: npt.ArrayLike) -> Ints:
    """Seams by what looking saves, most first; equal ones in scan order."""
    return np.argsort(-np.asarray(saved, dtype=np.float64), kind="stable")


def scan_order(seams: int) -> Ints:
    """From the first seam to the last."""
    return np.arange(seams)


def random_order(seams: int, *, random_state: int = 0) -> Ints:
    """Without any order."""
    return np.random.default_rng(random_state).permutation(seams)


def oracle_order(wrong: npt.ArrayLike) -> Ints:
    """All wrong seams first: the best that any order can do."""
    return np.argsort(~np.asarray(wrong, dtype=bool), kind="stable")


@dataclass(frozen=True, slots=True)
class EffortCurve:
    """How soon an order of looking finds the errors."""

    looked: Floats
    """(n,) share of the seams looked at: 0, 1 / (n - 1), … 1."""
    found: Floats
    """(n,) share of all errors found by then; 1 throughout where there are none."""

    @property
    def area(self) -> float:
        """Area under the curve by trapezes: about 0.5 for a random order, near 1 for the oracle."""
        return float(np.sum((self.found[1:] + self.found[:-1]) / 2 * np.diff(self.looked)))

    def looks_for(self, share: float) -> float:
        """Smallest share of the seams after which at least `share` of the errors is found."""
        return float(self.looked[int(np.argmax(self.found >= share - 1e-12))])


def effort_curve(order: npt.ArrayLike, wrong: npt.ArrayLike) -> EffortCurve:
    """The curve of one order; `wrong` (n - 1,) bool per seam. Raises ValueError unless `order` holds every seam
    once."""
    seams, errors = np.asarray(order, dtype=np.intp), np.asarray(wrong, dtype=bool)
    if seams.shape != errors.shape or not np.array_equal(np.sort(seams), np.arange(len(errors))):
        raise ValueError("An order must hold every seam exactly once.")
    if not len(errors):
        return EffortCurve(np.zeros(1), np.ones(1))
    hits = np.concatenate([[0], np.cumsum(errors[seams])])
    total = int(errors.sum())
    found = hits / total if total else np.ones(len(hits))
    return EffortCurve(np.arange(len(hits)) / len(errors), found)


def effort_curves(wrong: npt.ArrayLike, saved: npt.ArrayLike, *, random_state: int = 0) -> dict[str, EffortCurve]:
    """The queue beside scan order, random order and the oracle."""
    errors = np.asarray(wrong, dtype=bool)
    orders = {
        "queue": queue_order(saved),
        "scan": scan_order(len(errors)),
        "random": random_order(len(errors), random_state=random_state),
        "oracle": oracle_order(errors),
    }
    return {name: effort_curve(order, errors) for name, order in orders.items()}


Again = Callable[[frozenset[int], frozenset[int]], tuple[npt.ArrayLike, npt.ArrayLike]]
"""Decode again: from the seams said to be "same" and "apart" to (marginals, boundaries), each (n - 1,)."""


@dataclass(frozen=True, slots=True)
class Review:
    """One session at the queue."""

    asked: tuple[int, ...]
    """Seams in the order in which they were looked at."""
    errors: tuple[int, ...]
    """Wrong seams left before the first look and after each; the last entry after everything."""
    corrections: int
    """Answers that differed from what was proposed when asked."""
    mistakes: int
    """Answers that were wrong."""
    changed: int
    """Unanswered seams that decoding again turned over, in sum: what moved without being touched."""
    spoiled: int
    """Of these the ones that had been right."""

    @property
    def leverage(self) -> float:
        """Errors that went away per correction; above 1 decoding again helps. 0 without corrections."""
        return (self.errors[0] - self.errors[-1]) / self.corrections if self.corrections else 0.0


def review(
    again: Again,
    truth: npt.ArrayLike,
    *,
    looks: int | None = None,
    every: int = 1,
    error_rate: float = 0.0,
    random_state: int = 0,
    rates: Rates | None = None,
) -> Review:
    """Play a session: take the first unanswered seam of the queue, answer it from the truth, decode again.

    `again` is asked once before the first look and then after every `every` answers; 0 never asks it again, and
    answers then only change their own seam. `error_rate` of the answers are turned round. `looks` defaults to all
    seams. Answers are handed to `again` as hard decisions, so what was answered stays answered.
    """
    right = np.asarray(truth, dtype=bool)
    rng = np.random.default_rng(random_state)
    marginals, boundaries = _decoded(again, {}, len(right))
    answers: dict[int, bool] = {}
    errors = [int((boundaries != right).sum())]
    corrections = mistakes = changed = spoiled = 0
    for number in range(1, min(len(right), len(right) if looks is None else looks) + 1):
        saved = expected_edits_saved(marginals, boundaries, rates=rates)
        saved[list(answers)] = -1.0
        seam = int(saved.argmax())
        slip = bool(rng.random() < error_rate)
        answers[seam] = bool(right[seam]) != slip
        mistakes += slip
        corrections += answers[seam] != bool(boundaries[seam])
        boundaries[seam] = answers[seam]
        if every and number % every == 0:
            before = boundaries
            marginals, boundaries = _decoded(again, answers, len(right))
            turned = before != boundaries
            turned[list(answers)] = False
            changed += int(turned.sum())
            spoiled += int((turned & (before == right)).sum())
        errors.append(int((boundaries != right).sum()))
    return Review(tuple(answers), tuple(errors), corrections, mistakes, changed, spoiled)


def _decoded(again: Again, answers: dict[int, bool], seams: int) -> tuple[Floats, Bools]:
    same = frozenset(seam for seam, boundary in answers.items() if not boundary)
    marginals, boundaries = again(same, frozenset(answers) - same)
    p, there = np.array(marginals, dtype=np.float64), np.array(boundaries, dtype=bool)
    if p.shape != (seams,) or there.shape != (seams,):
        raise ValueError(f"Decoding again must give a probability and an answer for each of {seams} seams.")
    return p, there


def show_curves(curves: dict[str, EffortCurve], shares: Sequence[float] = (0.5, 0.9, 0.95, 1.0)) -> str:
    """Plain text, a line an order: the area and the share of seams to look at for each share of errors found."""
    head = f"{'order':10}  {'area':>6}" + "".join(f"  {f'{share:.0%} found':>10}" for share in shares)
    lines = [
        f"{name:10}  {curve.area:6.3f}" + "".join(f"  {curve.looks_for(share):10.1%}" for share in shares)
        for name, curve in curves.items()
    ]
    return "\n".join([head, *lines])
