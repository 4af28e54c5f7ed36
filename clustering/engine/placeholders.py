"""What stands in for a scan until a browser has it: eight by eight spots between two colors, in 52 letters."""

from __future__ import annotations

import base64

import numpy as np
from PIL import Image

SPOTS = 8
"""Along both edges, whatever the shape: fewer than can be read or recognized."""
STEPS = 15
LETTERS = 52


def placeholder(image: Image.Image) -> str:
    """Return the placeholder of an open scan as it is stored, Base64 of 38 bytes.

    Three bytes each for the red, green and blue of two colors, then four bits a spot, row by row: how much of the
    second color it has, 0 to 15. The two are the ends of the line along which the colors of the spots differ most.
    """
    small = image.resize((SPOTS, SPOTS), Image.Resampling.BOX, reducing_gap=1.0).convert("RGB")
    spots = np.asarray(small, dtype=np.float64).reshape(-1, 3)
    mean = spots.mean(axis=0)
    axis = np.linalg.svd(spots - mean, full_matrices=False)[2][0]
    along = (spots - mean) @ axis
    low, high = along.min(), along.max()
    ends = np.clip(np.rint([mean + low * axis, mean + high * axis]), 0, 255).astype(np.uint8)
    shares = np.rint((along - low) / (high - low or 1.0) * STEPS).astype(np.uint8)
    return base64.b64encode(ends.tobytes() + (shares[0::2] << 4 | shares[1::2]).tobytes()).decode()
