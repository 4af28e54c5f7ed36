"""Masks of pixels that grow and shrink: what SciPy's binary morphology does, in a fraction of its time.

Each round adds or takes the pixels that touch the edge above, below, left or right. Beyond the border is nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]


def grown(mask: Bools, rounds: int = 1) -> Bools:
    """Return the mask grown by `rounds` steps, shape (h, w), like `scipy.ndimage.binary_dilation`."""
    for _ in range(rounds):
        new = mask.copy()
        new[1:] |= mask[:-1]
        new[:-1] |= mask[1:]
        new[:, 1:] |= mask[:, :-1]
        new[:, :-1] |= mask[:, 1:]
        mask = new
    return mask


def shrunk(mask: Bools, rounds: int = 1) -> Bools:
    """Return the mask shrunk by `rounds` steps, shape (h, w), like `scipy.ndimage.binary_erosion`."""
    for _ in range(rounds):
        new = mask.copy()
        new[1:] &= mask[:-1]
        new[:-1] &= mask[1:]
        new[:, 1:] &= mask[:, :-1]
        new[:, :-1] &= mask[:, 1:]
        new[[0, -1]] = False
        new[:, [0, -1]] = False
        mask = new
    return mask
