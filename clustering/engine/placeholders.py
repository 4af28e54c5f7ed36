"""What is shown until a browser has loaded a scan: eight by eight spots between two colors, in 52 letters."""

from __future__ import annotations

import base64

import numpy as np
from PIL import Image

SPOTS = 8
"""Along both edges, whatever the shape: too few to read or recognize anything."""
STEPS = 15
LETTERS = 52


def placeholder(image: Image.Image) -> str:
    """Return the placeholder of an open scan as stored, Base64 of 38 bytes.

    Three bytes each for the red, green, and blue of two colors, then four bits per spot, row by row: its share of the
    second color, 0 to 15. The two colors are the ends of the line along which the spots differ most.
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
