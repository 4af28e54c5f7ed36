"""What a page looks like and is about, in a few numbers, so that an answer about one page reaches similar pages.

Leaflets of a series share a cover, forms a front, issues of a newsletter a masthead: if such a page is a first page
once, the next one is too. Traits place these pages close together; the collection's own model learns from answers what
begins and ends a document here (`engine.collection_model`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.image_similarity import IN_MEMORY, Vectors, rows_of
from clustering.engine.evidence.outlines import sheet_size
from clustering.engine.records import PageRecord

TRAITS = 64
"""Number of principal components."""
ROUNDING = 1e-4
"""Length below which a difference from the mean is rounding error and has no direction."""
_PARTS = 3
_AT_ONCE = 1024
CLIP = 3.0
"""Standard deviations at which measured facts are clipped."""

Traits = npt.NDArray[np.float32]
Rows = npt.NDArray[np.float32 | np.float64]


def page_traits(pages: Sequence[PageRecord], looks: Vectors, meanings: Vectors) -> Traits:
    """Describe what pages look like and are about, in a few numbers each.

    Image embedding, text embedding, and measured facts have equal weight. Each is centered on the collection, so that
    only the differences between its pages remain. What a page lacks is 0.

    Parameters
    ----------
    pages : sequence of PageRecord, (n,)
    looks, meanings : Vectors
        Of their images, and of their text.

    Returns
    -------
    (n, t) float32
        Principal components, t at most TRAITS; rows have a length of about 1, without unit.
    """
    if not pages:
        return np.zeros((0, 0), dtype=np.float32)
    rows = _rows(_scores(_facts(pages)), (looks, meanings), np.float32 if len(pages) > IN_MEMORY else np.float64)
    rows /= np.float32(np.sqrt(_PARTS))
    return _principal(rows)


def _rows(scores: Rows, parts: Sequence[Vectors], kind: type[np.float32 | np.float64]) -> Rows:
    """Return (n, d) the parts side by side. Rows of many pages are in a file, and in single precision: distances equal
    to six digits."""
    lengths = [part.rows.shape[1] for part in parts]
    rows = rows_of(len(scores), sum(lengths) + scores.shape[1], kind)
    for part, start in zip(parts, (0, lengths[0]), strict=True):
        place = rows[:, start : start + part.rows.shape[1]]
        centered = place if kind is np.float32 else part.rows.copy()
        if centered is place:
            place[:] = part.rows
        _center(centered, part.there)
        if centered is not place:
            place[:] = centered
    rows[:, sum(lengths) :] = scores
    return rows


def _center(vectors: npt.NDArray[np.float32], there: npt.NDArray[np.bool_]) -> None:
    """Center vectors on the mean of the collection and scale them to length 1."""
    if there.any():
        vectors -= vectors.mean(axis=0, where=there[:, None])
        vectors[~there] = 0.0
    for start in range(0, len(vectors), _AT_ONCE):
        some = vectors[start : start + _AT_ONCE]
        some /= np.maximum(np.linalg.norm(some, axis=1, keepdims=True), np.float32(ROUNDING))


def _facts(pages: Sequence[PageRecord]) -> npt.NDArray[np.float32]:
    """Return (n, f) the measured facts of each page, scaled so that differences matter; the mean if a page has none."""
    facts = np.array([_facts_of(page) for page in pages], dtype=np.float32)
    known = ~np.isnan(facts)
    mean = np.where(known, facts, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, facts, mean), dtype=np.float32)


@PageGlance.filed
def _facts_of(page: PageRecord) -> list[float]:
    paper = page.paper or {}
    width, height = sheet_size(page)
    words = len(page.reading.text.split()) if page.reading else 0
    row = [float(np.log(width / height)), float(np.log(width * height) / 2), float(np.log(words + 5))]
    row.append(page.reading.confidence / 100 if page.reading else np.nan)
    row.append(float(np.log(float(paper.get("ink", np.nan)) + 0.003)))
    row += [float(paper.get(name, np.nan)) ** 0.5 for name in ("midtone", "spot")]
    row += (list(paper.get("box") or []) + [np.nan] * 4)[:4]
    row += (list(paper.get("paper") or []) + [np.nan] * 3)[:3]
    row += (np.ravel(paper.get("grid") or []).tolist() + [np.nan] * 64)[:64]
    return row


def _scores(facts: npt.NDArray[np.float32]) -> Rows:
    """Return the standard scores, scaled so that a row has a length of about 1."""
    scores = (facts - facts.mean(axis=0)) / np.maximum(facts.std(axis=0), 1e-6)
    return np.asarray(np.clip(scores, -CLIP, CLIP) / np.sqrt(facts.shape[1]))


def _principal(rows: Rows) -> Traits:
    """Return coordinates along the TRAITS directions of most variance, which keep distances as well as possible."""
    kept = min(TRAITS, *rows.shape)
    if not kept or not rows.any():
        return np.zeros((len(rows), kept), dtype=np.float32)
    from sklearn.utils.extmath import randomized_svd  # takes half a second to import

    left, lengths, _ = randomized_svd(rows, kept, random_state=0)
    return np.asarray(left * lengths, dtype=np.float32)
