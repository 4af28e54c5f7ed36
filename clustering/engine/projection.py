"""A map of pages: their vectors in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Projection:
    """Pages on a plane."""

    points: npt.NDArray[np.float64]
    """(n, 2), each axis within 0 … 1; both axes have the same unit, so distances can be compared."""
    explained: float
    """Share of the vectors' variance that the map shows, 0 … 1."""


def project(vectors: npt.ArrayLike) -> Projection:
    """Return the plane of largest variance (PCA, Pearson 1901) of `vectors` (n, d); the same vectors give the same map.

    Fewer than three pages, or pages that are all equal, are in the middle. Raises ValueError for vectors that are not
    finite. 2,000 vectors of 1,280 numbers take about a second.
    """
    rows = np.asarray(vectors, dtype=np.float32)
    if rows.ndim != 2 or not np.all(np.isfinite(rows)):
        raise ValueError("A map needs vectors of finite numbers, one row a page.")
    middle = np.full((len(rows), 2), 0.5)
    if len(rows) < 3 or rows.shape[1] < 2 or np.ptp(rows, axis=0).max() < 1e-6:
        return Projection(middle, 0.0)
    from sklearn.decomposition import PCA

    pca = PCA(n_components=2, random_state=0)
    flat = np.asarray(pca.fit_transform(rows), dtype=np.float64)
    low, high = flat.min(axis=0), flat.max(axis=0)
    span = float((high - low).max())
    points = (flat - (low + high) / 2) / span + 0.5
    return Projection(points, float(pca.explained_variance_ratio_.sum()))
