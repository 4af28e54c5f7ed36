"""How far a proposed partition is from the true one: every figure as a plain function of two rows of labels.

`truth` and `proposed` are label arrays of shape (n,), a label a page in scan order, of any values; equal labels are one
document. Proposed groups may have gaps. Nothing here knows probabilities; see `calibration`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

MATCH = 0.5
"""Documents match when their intersection over union is strictly above this, so that no document matches twice."""
WINDOW = 100
"""Pages of the windows of `clean_windows`."""
WINDOW_STEP = 10


def numbered(labels: Iterable[Hashable]) -> Ints:
    """(n,) the labels numbered from 0 in order of first appearance."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.intp)


def true_labels(starts: Sequence[str], proposed: Sequence[Hashable] | Ints) -> Ints:
    """(n,) number of the true document of each page, from "0", "1" and "?" a page.

    "1" starts a document, "0" goes on, and at a "?" either is right, so the proposal's own answer is taken; the first
    page starts one whatever it says. Raises ValueError for other marks and for different lengths.
    """
    marks = np.asarray(starts, dtype=np.str_)
    labels = numbered(proposed)
    if len(marks) != len(labels) or not len(marks):
        raise ValueError(f"The truth has {len(marks)} pages and the proposal {len(labels)}; both need the same.")
    wrong = np.flatnonzero(~np.isin(marks, ["0", "1", "?"]))
    if len(wrong):
        raise ValueError(f"Page {wrong[0] + 1} has the mark {str(marks[wrong[0]])!r}; only 0, 1 and ? are known.")
    new = (marks[1:] == "1") | ((marks[1:] == "?") & (labels[1:] != labels[:-1]))
    return np.concatenate([[0], np.cumsum(new)]).astype(np.intp)


@dataclass(frozen=True, slots=True)
class Overlap:
    """The non-empty intersections of true documents and proposed groups: the meet of the two partitions."""

    pages: int
    truth: Ints
    """(m,) number of the true document of each intersection."""
    proposed: Ints
    """(m,) number of the proposed group."""
    size: Ints
    """(m,) pages in it."""
    truth_sizes: Ints
    """(documents,)"""
    proposed_sizes: Ints
    """(groups,)"""

    @property
    def iou(self) -> Floats:
        """(m,) intersection over union."""
        union = self.truth_sizes[self.truth] + self.proposed_sizes[self.proposed] - self.size
        return np.asarray(self.size / union, dtype=np.float64)


def overlap(truth: Iterable[Hashable], proposed: Iterable[Hashable]) -> Overlap:
    """Count the pages that each true document shares with each proposed group."""
    t, p = numbered(truth), numbered(proposed)
    if len(t) != len(p) or not len(t):
        raise ValueError(f"The truth has {len(t)} pages and the proposal {len(p)}; both need the same.")
    width = int(p.max()) + 1
    codes, size = np.unique(t * width + p, return_counts=True)
    return Overlap(len(t), codes // width, codes % width, size, np.bincount(t), np.bincount(p))


def seam_counts(
    truth: Iterable[Hashable], proposed: Iterable[Hashable], known: npt.NDArray[np.bool_] | None = None
) -> tuple[int, int, int]:
    """Boundaries found, proposed wrongly and missed. Page 1 starts a document by definition and is not counted.

    `known` (n - 1,) says at which seams the truth is sure; the others count neither way.
    """
    a, b = (np.diff(numbered(labels)) != 0 for labels in (truth, proposed))
    sure = np.ones(len(a), dtype=bool) if known is None else known
    return int((a & b & sure).sum()), int((b & ~a & sure).sum()), int((a & ~b & sure).sum())


def precision_recall_f1(proposed: float, wrong: float, missed: float) -> tuple[float, float, float]:
    """Precision and recall are 1 where there is nothing to be right about, F1 is 0 where both are."""
    precision = proposed / (proposed + wrong) if proposed + wrong else 1.0
    recall = proposed / (proposed + missed) if proposed + missed else 1.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def edits(meet: Overlap) -> int:
    """Count the splits and merges that turn the proposal into the truth, splits first: 2|M| - |P| - |T|, M the meet.

    Where no group has a gap these are the fewest, and as many as there are wrong seams. Two interleaved documents
    could be undone with fewer by merging them first and splitting again; nobody works like that, so it is not counted.
    """
    return 2 * len(meet.size) - len(meet.proposed_sizes) - len(meet.truth_sizes)


def exact_documents(meet: Overlap) -> int:
    """Return the true documents that are proposed page for page."""
    return int((meet.iou == 1.0).sum())


def panoptic(meet: Overlap) -> tuple[float, float, float]:
    """PQ, SQ, RQ (Kirillov et al. 2019): mean IoU of matches, F1 of matching, and their product."""
    matched = meet.iou[meet.iou > MATCH]
    quality = float(matched.mean()) if len(matched) else 0.0
    recognition = len(matched) / ((len(meet.truth_sizes) + len(meet.proposed_sizes)) / 2)
    return quality * recognition, quality, recognition


def b_cubed(meet: Overlap) -> tuple[float, float, float]:
    """B-cubed precision, recall and F1 (Bagga & Baldwin 1998): averaged over pages."""
    square = meet.size.astype(np.float64) ** 2
    precision = float((square / meet.proposed_sizes[meet.proposed]).sum()) / meet.pages
    recall = float((square / meet.truth_sizes[meet.truth]).sum()) / meet.pages
    return precision, recall, 2 * precision * recall / (precision + recall)


def adjusted_rand(meet: Overlap) -> float:
    """Return the adjusted Rand index (Hubert & Arabie 1985); 1 where both partitions are the same trivial one."""

    def pairs(sizes: Ints) -> float:
        return float((sizes * (sizes - 1) // 2).sum())

    both, true, made = pairs(meet.size), pairs(meet.truth_sizes), pairs(meet.proposed_sizes)
    if true == made == both:
        return 1.0
    expected = true * made / (meet.pages * (meet.pages - 1) / 2)
    return (both - expected) / ((true + made) / 2 - expected)


def v_measure(meet: Overlap) -> tuple[float, float, float]:
    """Homogeneity, completeness and their harmonic mean (Rosenberg & Hirschberg 2007)."""

    def entropy(sizes: Ints) -> float:
        share = sizes / meet.pages
        return float(-(share * np.log(share)).sum())

    true, made, joint = entropy(meet.truth_sizes), entropy(meet.proposed_sizes), entropy(meet.size)
    homogeneity = 1 - (joint - made) / true if true > 0 else 1.0
    completeness = 1 - (joint - true) / made if made > 0 else 1.0
    both = homogeneity + completeness
    return homogeneity, completeness, 2 * homogeneity * completeness / both if both > 0 else 0.0


def misplaced_pages(meet: Overlap) -> int:
    """MnDD: fewest single pages to drag, new documents allowed: n - the best one-to-one pairing (Hungarian method).

    Solved separately for every set of documents and groups that hang together, so that memory stays small and the
    result exact.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    documents = len(meet.truth_sizes)
    nodes = documents + len(meet.proposed_sizes)
    links = coo_array((np.ones(len(meet.size)), (meet.truth, documents + meet.proposed)), shape=(nodes, nodes))
    _, component = connected_components(links, directed=False)
    of = component[meet.truth]
    order = np.argsort(of, kind="stable")
    kept = 0
    for rows in np.split(order, np.flatnonzero(np.diff(of[order])) + 1):
        if len(rows) < 3:
            kept += int(meet.size[rows].max())  # one pair, or two that share a document
            continue
        _, t = np.unique(meet.truth[rows], return_inverse=True)
        _, p = np.unique(meet.proposed[rows], return_inverse=True)
        shared = np.zeros((t.max() + 1, p.max() + 1))
        shared[t, p] = meet.size[rows]
        kept += int(shared[linear_sum_assignment(shared, maximize=True)].sum())
    return meet.pages - kept


def probe_distance(truth: Ints) -> int:
    """Half the mean true length, at least 2: the window k of `window_errors`."""
    return max(2, round(len(truth) / len(np.unique(truth)) / 2))


def window_errors(truth: Iterable[Hashable], proposed: Iterable[Hashable]) -> tuple[float, float]:
    """Pk (Beeferman et al. 1999) and WindowDiff (Pevzner & Hearst 2002), k half the mean true length.

    Pk: share of pages i for which "are i and i + k one document?" is answered differently. WindowDiff: share for which
    the numbers of boundaries between them differ. Both forgive near misses, which at the desk are plain errors.
    """
    t, p = numbered(truth), numbered(proposed)
    k = probe_distance(t)
    if len(t) <= k:
        k = max(len(t) - 1, 1)
    if len(t) < 2:
        return 0.0, 0.0
    pk = np.mean((t[k:] == t[:-k]) != (p[k:] == p[:-k]))
    a, b = (np.concatenate([[0], np.cumsum(np.diff(labels) != 0)]) for labels in (t, p))
    return float(pk), float(np.mean(a[k:] - a[:-k] != b[k:] - b[:-k]))


def clean_windows(truth: Iterable[Hashable], proposed: Iterable[Hashable]) -> float:
    """Share of windows of 100 pages, a new one every 10, without a wrong seam; the whole stream if it is shorter."""
    a, b = (np.diff(numbered(labels)) != 0 for labels in (truth, proposed))
    wrong = np.concatenate([[0], np.cumsum(a != b)])
    n = len(wrong)
    first = np.arange(0, max(1, n - WINDOW + 1), WINDOW_STEP)
    return float(np.mean(wrong[np.minimum(first + WINDOW - 1, n - 1)] == wrong[first]))
