"""Round marks at the top of a page: the seal of a letterhead, a revenue stamp, a badge."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

LOW = 1 / 3
"""Share of the height, from the top, above which the middle of a mark lies."""
RADIUS = (0.04, 0.14)
"""Radius as a share of the width: 9 to 30 mm on a letter page. Letters of titles are smaller."""
SMALLEST = 3
"""Radius in pixels below which a circle can't be told from a letter."""
EDGE = 30.0
"""Least response of the Sobel filter at a rim: lightness that changes by some 4 of 255 per pixel."""
STRONG = 60.0
"""The same for edges that the Hough transform starts from."""
VOTES = 14
"""Least number of such edges that a circle goes through."""
STEEP = 0.9
"""Cosine between the direction in which the image gets lighter and the direction away from the middle."""
DARK = 0.12
"""Least mean darkness inside a rim, relative to the paper. Without it, a circle is a large O or a flourish."""
INSIDE = 2 / 3
"""Share of the radius that lies inside even a broad rim."""
EXAMINED = 80
"""Circles that are examined, those with the most votes."""

_ANGLES = np.linspace(0, 2 * np.pi, 64, endpoint=False)
_AWAY = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def round_mark(gray: Gray) -> float:
    """Return how much of its rim the most complete dark, round mark at the top of a sheet has.

    Letters and flourishes also make circles, but few with more than half of a rim.

    Parameters
    ----------
    gray : (h, w) uint8
        A sheet without the scanner bed around it, a few hundred pixels high.

    Returns
    -------
    float
        0 (no mark) … 1 (all of its rim). About 10 ms for 320 pixels.
    """
    height, width = gray.shape
    least, most = (round(share * width) for share in RADIUS)
    if least < SMALLEST:
        return 0.0
    top = np.asarray(cv2.GaussianBlur(gray[: round(LOW * height) + most], (0, 0), 1.0), dtype=np.uint8)
    circles = cv2.HoughCircles(
        top, cv2.HOUGH_GRADIENT, 1, width / 40, param1=STRONG, param2=VOTES, minRadius=least, maxRadius=most
    )
    if circles is None:
        return 0.0
    high = circles[0][circles[0][:, 1] < LOW * height][:EXAMINED]
    brightest = (1 - DARK) * float(np.median(gray))
    rims = [rim for circle, rim in zip(high, _rims(top, high), strict=True) if _inside(top, circle) < brightest]
    return round(float(max(rims, default=0.0)), 3)


def _rims(gray: Gray, circles: Floats) -> npt.NDArray[np.float64]:
    """Return which share of each circle, (x, y, radius), has an edge within a pixel that gets lighter outward."""
    across, down = (cv2.Sobel(gray, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    strength = np.hypot(across, down)
    has_edge = np.zeros((len(circles), len(_ANGLES)), dtype=bool)
    for shift in (-1, 0, 1):
        places = circles[:, :2, None] + (circles[:, 2:, None] + shift) * _AWAY
        x, y = (
            places[:, axis].round().astype(int).clip(0, size - 1)
            for axis, size in ((0, gray.shape[1]), (1, gray.shape[0]))
        )
        outward = across[y, x] * _AWAY[0] + down[y, x] * _AWAY[1]
        has_edge |= (strength[y, x] > EDGE) & (outward > STEEP * strength[y, x])
    return np.asarray(has_edge.mean(axis=1))


def _inside(gray: Gray, circle: Floats) -> float:
    """Return the mean brightness, 0 … 255, of what a circle surrounds."""
    x, y, radius = circle.astype(float) * (1, 1, INSIDE)
    rows, columns = np.ogrid[: gray.shape[0], : gray.shape[1]]
    return float(gray[(columns - x) ** 2 + (rows - y) ** 2 <= radius**2].mean())
