"""Masks grow and shrink as they do in SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from clustering.engine.masks import grown, shrunk


@pytest.mark.parametrize("rounds", [1, 2, 6, 16])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 1), (2, 2), (40, 30)])
def test_masks_grow_and_shrink_as_in_scipy(shape: tuple[int, int], rounds: int) -> None:
    for share in (0.0, 0.02, 0.5, 0.98, 1.0):
        mask = np.random.default_rng(rounds).random(shape) < share
        before = mask.copy()
        np.testing.assert_array_equal(grown(mask, rounds), scipy.ndimage.binary_dilation(mask, iterations=rounds))
        np.testing.assert_array_equal(shrunk(mask, rounds), scipy.ndimage.binary_erosion(mask, iterations=rounds))
        np.testing.assert_array_equal(mask, before)
