"""How similar neighboring pages look, by their image embeddings, relative to the whole collection.

A cosine from one encoder means nothing for another, so no bare cosine is used: each is ranked within the collection or
compared with its neighbors. The evidence therefore holds for encoders that the shipped weights never saw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.records import PageRecord, Vector

FAR = (5, 9, 14, 22, 31)
"""Distances in pages between pages taken as unrelated, to learn how similar those look."""
DISTANCES = (1, 2, 5, 7, 9, 11, 14, 17, 22, 26, 31)
"""Distances in pages at which vectors are compared."""
_AT_ONCE = 512
"""Pages whose vectors are compared together."""
IN_MEMORY = 5000
"""Pages up to which their vectors are in memory."""
FEW = 12
"""Unrelated pairs below which ranks mean nothing and cosines are scaled by a fixed rule."""


class Vectors:
    """The vectors of a stream's pages, read once, of which few are in memory."""

    rows: npt.NDArray[np.float32]
    """(n, d) vectors of the most common length, scaled to length 1; 0 where a page has none."""
    there: npt.NDArray[np.bool_]
    """(n,) whether a row is a vector."""
    given: npt.NDArray[np.bool_]
    """(n,) whether a page has a vector, of whatever length."""

    def __init__(self, pages: Sequence[PageRecord], *, text: bool = False) -> None:
        """Read the image vectors, or those of the text."""
        vectors = (_given(page, text=text) for page in pages)
        length = next((len(vector) for vector in vectors if vector is not None), 1)
        common = self._read(pages, length, text=text)
        if common != length:
            self._read(pages, common, text=text)

    def _read(self, pages: Sequence[PageRecord], length: int, *, text: bool) -> int:
        """Take vectors of this length, and return the most common one."""
        lengths: Counter[int] = Counter()
        self.rows = rows_of(len(pages), length, np.float32)
        self.there, self.given = np.zeros(len(pages), dtype=bool), np.zeros(len(pages), dtype=bool)
        for i, page in enumerate(pages):
            vector = _given(page, text=text)
            if vector is None:
                continue
            self.given[i] = True
            lengths[len(vector)] += 1
            if len(vector) == length and np.isfinite(vector).all() and np.any(vector):
                self.rows[i] = np.asarray(vector, dtype=np.float32) / np.linalg.norm(vector)
                self.there[i] = True
        return lengths.most_common(1)[0][0] if lengths else length


def rows_of(count: int, width: int, kind: type[np.float32 | np.float64]) -> npt.NDArray[Any]:
    """Return zeros, of which those of many pages are in a temporary file."""
    if count <= IN_MEMORY:
        return np.zeros((count, width), dtype=kind)
    with TemporaryFile() as file:
        return np.memmap(file, dtype=kind, shape=(count, width))


def _given(page: PageRecord, *, text: bool) -> Vector | None:
    return page.text_vector if text else page.vector


class Cosines:
    """Cosines of the vectors of pages that lie DISTANCES apart."""

    def __init__(self, vectors: Vectors) -> None:
        rows, there = vectors.rows, vectors.there
        self._apart = {distance: np.full(max(len(rows) - distance, 0), np.nan) for distance in DISTANCES}
        for start in range(0, len(rows), _AT_ONCE):
            for distance, cosines in self._apart.items():
                stop = max(min(start + _AT_ONCE, len(rows) - distance), start)
                one, other = slice(start, stop), slice(start + distance, stop + distance)
                value = np.einsum("ij,ij->i", rows[one], rows[other])
                cosines[one] = np.where(there[one] & there[other], value, np.nan)

    def apart(self, distance: int) -> Floats:
        """Return (n - distance,) the cosine of each page and the one so far after it; nan if one has no vector."""
        return self._apart[distance]


def nearness(cosines: Cosines) -> Floats:
    """Return (n - 1,) how similar neighbors are, in standard deviations above the mean of distant pages; nan if
    unknown.

    If all vectors are equal, everything is nan.
    """
    near = cosines.apart(1)
    strangers = np.concatenate([cosines.apart(d) for d in FAR])
    strangers = strangers[~np.isnan(strangers)]
    if len(strangers) < FEW:
        return (near - 0.6) / 0.15
    spread = float(strangers.std())
    return np.full_like(near, np.nan) if spread < 1e-5 else (near - float(strangers.mean())) / spread


@PageGlance.told_once
def is_bled(page: PageRecord) -> bool:
    """Whether a page is a picture to all four edges, such as a crop or a bled cover: it resembles nothing, not even its
    own document."""
    facts = page.paper or {}
    box = facts.get("box") or [0.5, 0.5, 0.5, 0.5]
    return float(facts.get("midtone", 0.0)) > 0.3 and max(box[0], box[1]) < 0.03 and min(box[2], box[3]) > 0.97


def look_columns(pages: Sequence[PageRecord], looks: Cosines) -> list[Column]:
    """Return the evidence of the family "look"."""
    near = nearness(looks)
    seams = len(near)
    bled = np.array([is_bled(page) for page in pages], dtype=bool)
    doubt = np.where(bled[:-1] | bled[1:], 0.5, 1.0)
    one, two = looks.apart(1), looks.apart(2)
    spread = float(np.nanstd(one)) if np.any(~np.isnan(one)) else 0.0
    scale = spread if spread > 1e-5 else 1.0
    before, after = np.concatenate([[np.nan], one])[:seams], np.concatenate([one[1:], [np.nan]])[:seams]
    around_left, around_right = np.concatenate([[np.nan], two])[:seams], np.concatenate([two, [np.nan]])[:seams]
    # A valley: less alike than both neighbors.
    valley = np.fmin(before, after) - one
    # A bridge: the pages on either side of one of the two are more alike than it is to its neighbor.
    beyond = np.fmax(around_left, around_right)
    bridge = beyond - one
    return [
        column("look", "looks_alike", -1, np.clip((near - 0.5) / 2.5, 0, 1), "The two pages look alike."),
        column("look", "looks_different", 1, doubt * np.clip((0.5 - near) / 2.5, 0, 1), "The pages don’t look alike."),
        column(
            "look",
            "valley",
            1,
            np.clip(valley / (2 * scale), 0, 1),
            "The pages look less alike here than their neighbors do.",
        ),
        column(
            "look",
            "bridge",
            -1,
            np.clip(bridge / (2 * scale), 0, 1),
            "The pages on either side of one of these look alike; it may be an insert.",
        ),
        column(
            "look",
            "neighbourhood",
            -1,
            np.clip((beyond - np.nanmean(two) if np.any(~np.isnan(two)) else beyond) / (2 * scale), 0, 1),
            "The pages on both sides look alike.",
        ),
    ]
