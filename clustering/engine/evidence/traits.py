"""What a page looks like and is about, in a few numbers: by these an answer about one page reaches pages like it.

Leaflets of one series share a cover, forms a front, issues of a newsletter a masthead: what is a first page once is a
first page again. The traits put such pages close together; the collection's own model learns from answers what begins
and what ends a document here (`engine.collection_model`).
"""

from __future__ import annotations

from collections.abc import Sequence
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.look import vector_length, write_vectors
from clustering.engine.evidence.outlines import sheet_size
from clustering.engine.records import PageRecord

TRAITS = 64
"""Principal components that are kept."""
ROUNDING = 1e-4
"""Length below which a difference from the mean is rounding, and no direction."""
_PARTS = 3
SINGLE = 5000
"""Pages above which single precision is enough, the distances the same to six digits, and rows are in a file."""
_AT_ONCE = 1024
CLIP = 3.0
"""Standard deviations at which measured facts are cut off."""

Traits = npt.NDArray[np.float32]
Rows = npt.NDArray[np.float32 | np.float64]


def page_traits(pages: Sequence[PageRecord]) -> Traits:
    """Tell what the pages look like and are about, in a few numbers each.

    Image embedding, text embedding and measured facts weigh the same; each is centered on this collection, so that only
    what tells its pages apart is left. What is missing of a page is 0.

    Parameters
    ----------
    pages : sequence of PageRecord, (n,)

    Returns
    -------
    (n, t) float32
        Principal components, t at most TRAITS; rows have a length of about 1, and no unit.
    """
    if not pages:
        return np.zeros((0, 0), dtype=np.float32)
    rows = _rows(pages, np.float32 if len(pages) > SINGLE else np.float64)
    rows /= np.float32(np.sqrt(_PARTS))
    return _principal(rows)


def _rows(pages: Sequence[PageRecord], kind: type[np.float32 | np.float64]) -> Rows:
    """(n, d) the parts beside each other, each written where it stands: of vectors there is never a second copy."""
    scores = _scores(_facts(pages))
    lengths = [vector_length(pages), vector_length(pages, text=True)]
    shape = len(pages), sum(lengths) + scores.shape[1]
    if len(pages) <= SINGLE:
        rows = np.zeros(shape, dtype=kind)
    else:
        with TemporaryFile() as file:
            rows = np.memmap(file, dtype=kind, shape=shape)
    for is_text, start, length in zip((False, True), (0, lengths[0]), lengths, strict=True):
        place = rows[:, start : start + length]
        part = place if kind is np.float32 else np.zeros((len(pages), length), dtype=np.float32)
        _center(part, write_vectors(pages, part, text=is_text))
        if part is not place:
            place[:] = part
    rows[:, sum(lengths) :] = scores
    return rows


def _center(vectors: npt.NDArray[np.float32], there: npt.NDArray[np.bool_]) -> None:
    """Turn vectors into unit vectors away from the mean of the collection."""
    if there.any():
        vectors -= vectors.mean(axis=0, where=there[:, None])
        vectors[~there] = 0.0
    for start in range(0, len(vectors), _AT_ONCE):
        some = vectors[start : start + _AT_ONCE]
        some /= np.maximum(np.linalg.norm(some, axis=1, keepdims=True), np.float32(ROUNDING))


def _facts(pages: Sequence[PageRecord]) -> npt.NDArray[np.float32]:
    """(n, f) measured facts of each page, on scales on which differences matter; the mean where a page has none."""
    rows = []
    for page in pages:
        paper = page.paper or {}
        width, height = sheet_size(page)
        words = len(page.reading.text.split()) if page.reading else 0
        row = [np.log(width / height), np.log(width * height) / 2, np.log(words + 5)]
        row.append(page.reading.confidence / 100 if page.reading else np.nan)
        row.append(np.log(float(paper.get("ink", np.nan)) + 0.003))
        row += [float(paper.get(name, np.nan)) ** 0.5 for name in ("midtone", "spot")]
        row += (list(paper.get("box") or []) + [np.nan] * 4)[:4]
        row += (list(paper.get("paper") or []) + [np.nan] * 3)[:3]
        row += (np.ravel(paper.get("grid") or []).tolist() + [np.nan] * 64)[:64]
        rows.append(row)
    facts = np.array(rows, dtype=np.float32)
    known = ~np.isnan(facts)
    mean = np.where(known, facts, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, facts, mean), dtype=np.float32)


def _scores(facts: npt.NDArray[np.float32]) -> Rows:
    """Return the standard scores, scaled so that a row has a length of about 1."""
    scores = (facts - facts.mean(axis=0)) / np.maximum(facts.std(axis=0), 1e-6)
    return np.asarray(np.clip(scores, -CLIP, CLIP) / np.sqrt(facts.shape[1]))


def _principal(rows: Rows) -> Traits:
    """Coordinates along the TRAITS directions of most variance, distances kept as well as may be."""
    kept = min(TRAITS, *rows.shape)
    if not kept or not rows.any():
        return np.zeros((len(rows), kept), dtype=np.float32)
    from sklearn.utils.extmath import randomized_svd  # takes half a second to load

    left, lengths, _ = randomized_svd(rows, kept, random_state=0)
    return np.asarray(left * lengths, dtype=np.float32)
