"""Color in the CIE L*a*b* space, whose distances match what the eye sees."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Lab = npt.NDArray[np.float32]
"""CIE L*a*b* under D65, shape (height, width, 3)."""


def to_lab(rgb: npt.NDArray[np.float32]) -> Lab:
    """Convert sRGB 0 … 255, shape (…, 3), to CIE L*a*b* under D65 (IEC 61966-2-1 and CIE 15)."""
    value = rgb / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ matrix.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    lab = np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)
    return lab.astype(np.float32)
