"""Figures for how far a proposed partition is from the true one, each a function of labels.

`truth` and `proposed` are labels of shape (n,), one per page in scan order, of any values; pages with equal labels are
one document. Proposed groups may have gaps. For figures of probabilities, see `calibration`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

MATCH = 0.5
"""Documents match if their intersection over union is strictly above this, so that none matches twice."""
WINDOW = 100
"""Pages in each window of `clean_windows`."""
WINDOW_STEP = 10


def numbered(labels: Iterable[Hashable]) -> Ints:
    """Return the labels numbered from 0 in order of first appearance, shape (n,)."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.intp)


def true_labels(starts: Sequence[str], proposed: Sequence[Hashable] | Ints) -> Ints:
    """Return the number of the true document of each page, shape (n,), from a mark per page.

    "1" starts a document and "0" continues it. At "?" either is right, so the proposal decides. The first page starts a
    document whatever its mark. Raises ValueError for other marks and for different lengths.
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
    """The non-empty intersections of true documents and proposed groups, which are the meet of both partitions."""

    pages: int
    truth: Ints
    """Number of the true document of each intersection, shape (m,)."""
    proposed: Ints
    """Number of its proposed group, shape (m,)."""
    size: Ints
    """Its number of pages, shape (m,)."""
    truth_sizes: Ints
    """Pages of each true document."""
    proposed_sizes: Ints
    """Pages of each proposed group."""

    @property
    def iou(self) -> Floats:
        """Intersection over union, shape (m,)."""
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
    """Return the numbers of right, wrong, and missed boundaries. Page 1 starts a document anyway and isn't counted.

    `known`, shape (n - 1,), says at which seams the truth is certain; the others aren't counted.
    """
    a, b = (np.diff(numbered(labels)) != 0 for labels in (truth, proposed))
    sure = np.ones(len(a), dtype=bool) if known is None else known
    return int((a & b & sure).sum()), int((b & ~a & sure).sum()), int((a & ~b & sure).sum())


def precision_recall_f1(right: float, wrong: float, missed: float) -> tuple[float, float, float]:
    """Return precision and recall, 1 if there is nothing to propose or to miss, and F1, 0 if both are."""
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def edits(meet: Overlap) -> int:
    """Count the splits and then merges that turn the proposal into the truth: 2|M| - |P| - |T|, where M is the meet.

    If no group has a gap, this is the minimum, and the number of wrong seams. Two interleaved documents could take
    fewer if they were merged first and split again, but nobody works like that.
    """
    return 2 * len(meet.size) - len(meet.proposed_sizes) - len(meet.truth_sizes)


def exact_documents(meet: Overlap) -> int:
    """Count the true documents that are proposed page for page."""
    return int((meet.iou == 1.0).sum())


def panoptic(meet: Overlap) -> tuple[float, float, float]:
    """Return PQ = SQ * RQ, SQ, the mean IoU of matches, and RQ, the F1 of matching (Kirillov et al. 2019)."""
    matched = meet.iou[meet.iou > MATCH]
    quality = float(matched.mean()) if len(matched) else 0.0
    recognition = len(matched) / ((len(meet.truth_sizes) + len(meet.proposed_sizes)) / 2)
    return quality * recognition, quality, recognition


def b_cubed(meet: Overlap) -> tuple[float, float, float]:
    """Return B-cubed precision, recall, and F1, averaged over pages (Bagga & Baldwin 1998)."""
    square = meet.size.astype(np.float64) ** 2
    precision = float((square / meet.proposed_sizes[meet.proposed]).sum()) / meet.pages
    recall = float((square / meet.truth_sizes[meet.truth]).sum()) / meet.pages
    return precision, recall, 2 * precision * recall / (precision + recall)


def misplaced_pages(meet: Overlap) -> int:
    """Return MnDD, the least number of pages to drag, if new documents may be made.

    That is n minus the pages in the best one-to-one pairing of documents and groups (Hungarian method). Each connected
    component is solved separately, which is exact and needs little memory.
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
    """Return half the mean length of the true documents, at least 2, which is k in `window_errors`."""
    return max(2, round(len(truth) / len(np.unique(truth)) / 2))


def window_errors(truth: Iterable[Hashable], proposed: Iterable[Hashable]) -> tuple[float, float]:
    """Return Pk (Beeferman et al. 1999) and WindowDiff (Pevzner & Hearst 2002) for k = `probe_distance`.

    Pk is the share of pages i for which truth and proposal differ in whether i and i + k are in one document, and
    WindowDiff the share for which they differ in the number of boundaries in between. Both forgive near misses, which
    are errors for a person who reviews.
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
    """Return the share of windows of 100 pages, one every 10 pages, without a wrong seam; a shorter stream is one."""
    a, b = (np.diff(numbered(labels)) != 0 for labels in (truth, proposed))
    wrong = np.concatenate([[0], np.cumsum(a != b)])
    n = len(wrong)
    first = np.arange(0, max(1, n - WINDOW + 1), WINDOW_STEP)
    return float(np.mean(wrong[np.minimum(first + WINDOW - 1, n - 1)] == wrong[first]))
