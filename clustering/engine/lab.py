"""Color in the CIE L*a*b* space, whose distances match what the eye sees."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Lab = npt.NDArray[np.float32]
"""CIE L*a*b* under D65, shape (height, width, 3)."""


@cache
def _linear() -> npt.NDArray[np.float32]:
    """Return the light of each of the 256 levels of sRGB: pixels look it up instead of computing it."""
    value = np.arange(256, dtype=np.float32) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def to_lab(rgb: npt.NDArray[np.uint8]) -> Lab:
    """Convert sRGB, shape (…, 3), to CIE L*a*b* under D65 (IEC 61966-2-1 and CIE 15)."""
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = _linear()[rgb] @ matrix.T / np.array([0.95047, 1.0, 1.08883])
    f = np.cbrt(xyz)
    dark = xyz <= 216 / 24389
    f[dark] = (24389 / 27 * xyz[dark] + 16) / 116
    lab = np.empty(rgb.shape, np.float32)
    lab[..., 0] = 116 * f[..., 1] - 16
    lab[..., 1] = 500 * (f[..., 0] - f[..., 1])
    lab[..., 2] = 200 * (f[..., 1] - f[..., 2])
    return lab
