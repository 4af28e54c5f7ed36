"""Masks grow and shrink, and the paper is as bright, as SciPy has them."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from clustering.engine.masks import grown, shrunk
from clustering.engine.showthrough import percentiles


@pytest.mark.parametrize("rounds", [1, 2, 6, 16])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 1), (2, 2), (40, 30)])
def test_masks_grow_and_shrink_as_in_scipy(shape: tuple[int, int], rounds: int) -> None:
    for share in (0.0, 0.02, 0.5, 0.98, 1.0):
        mask = np.random.default_rng(rounds).random(shape) < share
        before = mask.copy()
        np.testing.assert_array_equal(grown(mask, rounds), scipy.ndimage.binary_dilation(mask, iterations=rounds))
        np.testing.assert_array_equal(shrunk(mask, rounds), scipy.ndimage.binary_erosion(mask, iterations=rounds))
        np.testing.assert_array_equal(mask, before)


@pytest.mark.parametrize("shape", [(1, 1), (200, 1), (3, 7), (60, 50)])
def test_the_level_of_paper_is_scipys_percentile(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(1).integers(0, 256, shape).astype(np.float32)
    np.testing.assert_array_equal(percentiles(values), scipy.ndimage.percentile_filter(values, 85, size=11))
