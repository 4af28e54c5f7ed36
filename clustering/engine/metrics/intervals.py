"""Intervals of figures, by bootstrap over true documents."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import numpy.typing as npt

from clustering.engine.metrics import partitions

Floats = npt.NDArray[np.float64]

SAMPLES = 2000

_Sums = dict[str, Floats]


def _prf(sums: _Sums) -> tuple[Floats, Floats, Floats]:
    """Return precision, recall, and F1 as in `partitions.precision_recall_f1`, for arrays."""

    def share(part: Floats, whole: Floats, empty: float) -> Floats:
        return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), empty)

    precision = share(sums["right"], sums["right"] + sums["wrong"], 1.0)
    recall = share(sums["right"], sums["right"] + sums["missed"], 1.0)
    return precision, recall, share(2 * precision * recall, precision + recall, 0.0)


def _b3_f1(sums: _Sums) -> Floats:
    precision, recall = sums["b3_precision"] / sums["pages"], sums["b3_recall"] / sums["pages"]
    return 2 * precision * recall / (precision + recall)


FROM_SUMS: dict[str, Callable[[_Sums], Floats]] = {
    "edits": lambda s: 100 * (2 * s["meet"] - s["groups"] - s["documents"]) / s["pages"],
    "wrong_seams": lambda s: 100 * (s["wrong"] + s["missed"]) / s["pages"],
    "seam_precision": lambda s: _prf(s)[0],
    "seam_recall": lambda s: _prf(s)[1],
    "seam_f1": lambda s: _prf(s)[2],
    "exact": lambda s: s["exact"] / s["documents"],
    "exact_f1": lambda s: 2 * s["exact"] / (s["documents"] + s["groups"]),
    "pq": lambda s: s["iou"] / ((s["documents"] + s["groups"]) / 2),
    "sq": lambda s: np.where(s["matched"] > 0, s["iou"] / np.where(s["matched"] > 0, s["matched"], 1.0), 0.0),
    "rq": lambda s: s["matched"] / ((s["documents"] + s["groups"]) / 2),
    "b3_precision": lambda s: s["b3_precision"] / s["pages"],
    "b3_recall": lambda s: s["b3_recall"] / s["pages"],
    "b3_f1": _b3_f1,
}
"""The figures that can be computed from sums over documents."""


def per_document(
    truth: Sequence[Hashable] | npt.NDArray[np.intp],
    proposed: Sequence[Hashable],
    known: npt.NDArray[np.bool_] | None = None,
) -> _Sums:
    """Return each true document's share of the sums in `FROM_SUMS`, as arrays of shape (documents,).

    A seam belongs to the document of the page after it. A proposed group is divided evenly among the documents it
    touches. The sums over all documents give the exact figures.
    """
    t, p = partitions.numbered(truth), partitions.numbered(proposed)
    meet = partitions.overlap(truth, proposed)
    documents = len(meet.truth_sizes)

    def add(owner: npt.NDArray[np.intp], value: npt.ArrayLike) -> Floats:
        weights = np.broadcast_to(np.asarray(value, dtype=np.float64), owner.shape)
        return np.bincount(owner, weights=weights, minlength=documents).astype(np.float64)

    a, b = np.diff(t) != 0, np.diff(p) != 0
    sure = np.ones(len(a), dtype=bool) if known is None else known
    iou = meet.iou
    touched = np.bincount(meet.proposed)
    square = meet.size.astype(np.float64) ** 2
    return {
        "pages": meet.truth_sizes.astype(np.float64),
        "documents": np.ones(documents),
        "right": add(t[1:], a & b & sure),
        "wrong": add(t[1:], b & ~a & sure),
        "missed": add(t[1:], a & ~b & sure),
        "meet": add(meet.truth, 1.0),
        "groups": add(meet.truth, 1.0 / touched[meet.proposed]),
        "exact": add(meet.truth, iou == 1.0),
        "iou": add(meet.truth, np.where(iou > partitions.MATCH, iou, 0.0)),
        "matched": add(meet.truth, iou > partitions.MATCH),
        "b3_precision": add(meet.truth, square / meet.proposed_sizes[meet.proposed]),
        "b3_recall": add(meet.truth, square / meet.truth_sizes[meet.truth]),
    }


def bootstrap(
    truth_starts: Sequence[str],
    proposed: Sequence[Hashable],
    *,
    random_state: int = 0,
) -> dict[str, tuple[float, float]]:
    """Return 95% intervals by figure name; at "?" the proposal decides.

    Each sample draws as many true documents as there are, with replacement, and adds up their shares. With a single
    document, the interval has no width.
    """
    labels = list(proposed)
    known = np.asarray(truth_starts, dtype=np.str_)[1:] != "?"
    sums = per_document(partitions.true_labels(truth_starts, labels), labels, known)
    documents = len(sums["documents"])
    draws = np.random.default_rng(random_state).multinomial(documents, np.full(documents, 1 / documents), size=SAMPLES)
    drawn = {name: draws @ values for name, values in sums.items()}
    intervals = {}
    for name, figure in FROM_SUMS.items():
        low, high = np.percentile(figure(drawn), [2.5, 97.5])
        intervals[name] = (float(low), float(high))
    return intervals
