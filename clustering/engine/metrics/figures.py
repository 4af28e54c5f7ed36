"""All figures of one proposal in one record, and their labels and formats."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clustering.engine.metrics import calibration, partitions

Labels = Sequence[Hashable] | npt.NDArray[np.intp]
"""(n,) label of each page's group, of any kind."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good one proposal is. Shares are 0 … 1; None: not requested, or the method gives no probability."""

    pages: int
    documents: int
    proposed: int
    edits: float
    """Splits and merges per 100 pages: the headline."""
    wrong_seams: float
    """Wrong seams per 100 pages; equal to `edits` if no proposed group has a gap."""
    seam_precision: float
    seam_recall: float
    seam_f1: float
    """Page 1 is not counted."""
    exact: float
    """Share of true documents that are proposed page for page."""
    exact_f1: float
    pq: float
    sq: float
    rq: float
    b3_precision: float
    b3_recall: float
    b3_f1: float
    ari: float
    v_measure: float
    pk: float
    window_diff: float
    mndd: float
    """Pages to drag, per 100."""
    clean100: float
    """Share of windows of 100 pages without a wrong seam."""
    seam_ece: float | None = None
    seam_brier: float | None = None
    group_ece: float | None = None
    group_brier: float | None = None
    accepted99: float | None = None
    """Share of groups that can be accepted without checking with 99% of them right, as observed."""
    aurc: float | None = None
    seconds: float | None = None


class Format(NamedTuple):
    """How a figure is shown."""

    label: str
    spec: str
    better: int
    """1: higher is better, -1: lower is better, 0: neither."""


FORMATS: dict[str, Format] = {
    "pages": Format("pages", "d", 0),
    "documents": Format("documents", "d", 0),
    "proposed": Format("proposed", "d", 0),
    "edits": Format("edits/100", ".2f", -1),
    "wrong_seams": Format("wrong seams/100", ".2f", -1),
    "seam_precision": Format("seam P", ".3f", 1),
    "seam_recall": Format("seam R", ".3f", 1),
    "seam_f1": Format("seam F1", ".3f", 1),
    "exact": Format("exact", ".3f", 1),
    "exact_f1": Format("exact F1", ".3f", 1),
    "pq": Format("PQ", ".3f", 1),
    "sq": Format("SQ", ".3f", 1),
    "rq": Format("RQ", ".3f", 1),
    "b3_precision": Format("B3 P", ".3f", 1),
    "b3_recall": Format("B3 R", ".3f", 1),
    "b3_f1": Format("B3 F1", ".3f", 1),
    "ari": Format("ARI", ".3f", 1),
    "v_measure": Format("V", ".3f", 1),
    "pk": Format("Pk", ".3f", -1),
    "window_diff": Format("WinDiff", ".3f", -1),
    "mndd": Format("MnDD/100", ".2f", -1),
    "clean100": Format("clean100", ".3f", 1),
    "seam_ece": Format("seam ECE", ".3f", -1),
    "seam_brier": Format("seam Brier", ".3f", -1),
    "group_ece": Format("group ECE", ".3f", -1),
    "group_brier": Format("group Brier", ".3f", -1),
    "accepted99": Format("accept@99", ".3f", 1),
    "aurc": Format("AURC", ".3f", -1),
    "seconds": Format("seconds", ".2f", -1),
}
"""Every field of `Figures`, in the order in which they are printed."""

SCORE_NAMES = {
    "toggles_per_100_pages": "wrong_seams",
    "exact_documents": "exact",
    "PQ": "pq",
    "SQ": "sq",
    "RQ": "rq",
    "B3_precision": "b3_precision",
    "B3_recall": "b3_recall",
    "B3_f1": "b3_f1",
    "ARI": "ari",
}
"""Names of figures in the referee's script that differ."""


def score_labels(truth: Labels, proposed: Labels, known: npt.NDArray[np.bool_] | None = None) -> Figures:
    """Return the figures of a partition against a truth, both labels of shape (n,); `known` as in `seam_counts`."""
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    numbers = [partitions.numbered(labels) for labels in (truth, proposed)]
    meet = partitions.overlap(truth, proposed)
    n, documents, groups = meet.pages, len(meet.truth_sizes), len(meet.proposed_sizes)
    right, wrong, missed = partitions.seam_counts(truth, proposed, known)
    seam = partitions.precision_recall_f1(right, wrong, missed)
    exact = partitions.exact_documents(meet)
    pq, sq, rq = partitions.panoptic(meet)
    b3 = partitions.b_cubed(meet)
    pk, window_diff = partitions.window_errors(truth, proposed)
    return Figures(
        pages=n,
        documents=documents,
        proposed=groups,
        edits=100 * partitions.edits(meet) / n,
        wrong_seams=100 * (wrong + missed) / n,
        seam_precision=seam[0],
        seam_recall=seam[1],
        seam_f1=seam[2],
        exact=exact / documents,
        exact_f1=2 * exact / (documents + groups),
        pq=pq,
        sq=sq,
        rq=rq,
        b3_precision=b3[0],
        b3_recall=b3[1],
        b3_f1=b3[2],
        ari=float(adjusted_rand_score(*numbers)),
        v_measure=float(v_measure_score(*numbers)),
        pk=pk,
        window_diff=window_diff,
        mndd=100 * partitions.misplaced_pages(meet) / n,
        clean100=partitions.clean_windows(truth, proposed),
    )


def groups_right(truth: Labels, proposed: Sequence[Hashable]) -> dict[Hashable, bool]:
    """Return by proposed label whether its pages are exactly one true document."""
    meet = partitions.overlap(truth, proposed)
    exact = set(meet.proposed[meet.iou == 1.0].tolist())
    return {label: number in exact for number, label in enumerate(dict.fromkeys(proposed))}


def score_partition(
    truth_starts: Sequence[str],
    proposed: Sequence[Hashable],
    *,
    seam_probabilities: npt.ArrayLike | None = None,
    group_probabilities: Mapping[Hashable, float | None] | None = None,
    seconds: float | None = None,
) -> Figures:
    """Return all figures of a proposal against a truth. Figures that need probabilities are None without them.

    Parameters
    ----------
    truth_starts : sequence of "0", "1", or "?", (n,)
    proposed : sequence of hashable, (n,)
        Labels in scan order.
    seam_probabilities : (n - 1,), optional
        Seams marked "?" are ignored.
    group_probabilities : mapping, optional
        By label; labels without a value are ignored.
    seconds : float, optional
        Recorded as it is.

    Raises
    ------
    ValueError
        For rows of different lengths and for unknown marks.
    """
    labels = [label.item() if isinstance(label, np.generic) else label for label in proposed]
    truth = partitions.true_labels(truth_starts, labels)
    sure = np.asarray(truth_starts, dtype=np.str_)[1:] != "?"
    figures = replace(score_labels(truth, labels, sure), seconds=seconds)
    if seam_probabilities is not None:
        p = np.asarray(seam_probabilities, dtype=np.float64)
        if p.shape != (len(truth) - 1,):
            raise ValueError(f"{len(truth)} pages have {len(truth) - 1} seams, not {p.size}.")
        if sure.any():
            happened = np.diff(truth)[sure] != 0
            figures = replace(
                figures,
                seam_ece=calibration.expected_calibration_error(p[sure], happened),
                seam_brier=calibration.brier(p[sure], happened),
            )
    if group_probabilities is not None:
        right = groups_right(truth, labels)
        known = [(float(p), right[label]) for label, p in group_probabilities.items() if p is not None]
        if known:
            p, happened = np.array([k[0] for k in known]), np.array([k[1] for k in known])
            figures = replace(
                figures,
                group_ece=calibration.expected_calibration_error(p, happened),
                group_brier=calibration.brier(p, happened),
                accepted99=calibration.acceptance(p, happened).share,
                aurc=calibration.risk_coverage(p, happened).area,
            )
    return figures
