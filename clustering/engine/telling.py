"""How often documents end in a collection, as its pages tell it before any answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]

MOST_SHIFTED = 4.0
"""Log-odds beyond which no archive ends its documents more or less often than usual."""
SHIFTS = 40
"""Steps to there, either way."""


def told_shift(log_odds: Floats, *, usual: float, spread: float) -> float:
    """Return by how much more often documents end here than usual, in log-odds, as the pages tell before any answer.

    Where documents end more often, there are more seams that look like an end. By how often they do in a usual archive
    and what the model says of each seam, it is known how probable what is seen is under any other share of ends
    (Saerens, Latinne and Decaestecker 2002); the mean over all shares is returned.

    Parameters
    ----------
    log_odds : (n - 1,)
        Of a boundary at each seam, where documents end as often as usual.
    usual : float
        Log-odds of a boundary at any seam of a usual archive.
    spread : float
        Standard deviation of the same from archive to archive; above 0.
    """
    shifts = np.linspace(-MOST_SHIFTED, MOST_SHIFTED, 2 * SHIFTS + 1)
    p, share, here = scipy.special.expit(log_odds), scipy.special.expit(usual), scipy.special.expit(usual + shifts)
    seen = np.outer(here / share, p) + np.outer((1 - here) / (1 - share), 1 - p)
    evidence = np.log(seen).sum(axis=1) - 0.5 * (shifts / spread) ** 2
    weight = np.exp(evidence - evidence.max())
    return float(shifts @ weight / weight.sum())
