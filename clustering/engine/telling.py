"""How often documents end in a collection, and what its habits are, as its pages tell it before any answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.evidence import Evidence
from clustering.engine.family import Family

Floats = npt.NDArray[np.float64]

MOST_SHIFTED = 4.0
"""Log-odds beyond which no archive ends its documents more or less often than usual."""
SHIFTS = 40
"""Steps to there, either way."""
SURE = 3.0
"""Log-odds beyond which no single thing tells a habit: some envelopes have lost their letter."""
STEPS = 40
"""Steps to three standard deviations, either way."""


def told_moves(family: Family, evidence: Evidence, log_odds: Floats, *, spread: Floats, sharpness: float) -> Floats:
    """(k + 1,) by how much the pages move the weights of the facts and the intercept: that, and those of habits.

    `log_odds` are what everything but habits says, `spread` the standard deviations of the weights from archive to
    archive, `sharpness` by what the weights are multiplied.
    """
    moves = np.zeros(len(spread))
    usual = evidence.matrix[:, evidence.even] == 0 if evidence.even >= 0 else np.ones(len(log_odds), dtype=bool)
    moves[-1] = told_shift(log_odds[usual], usual=family.usual_end, spread=family.telling)
    for k in np.flatnonzero(evidence.habits):
        moves[k] = told_habit(evidence.matrix[:, k], log_odds, float(spread[k]), 2 * sharpness)
    return moves


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


def balances(habit: Floats, log_odds: Floats) -> Floats:
    """Per thing with two sides, an envelope, how much more its front looks like a boundary than its back, in log-odds.

    At the two ends of the stream a document begins and ends for sure.

    Parameters
    ----------
    habit : (n - 1,)
        Above 0 in front of such a thing, below 0 behind it, else 0.
    log_odds : (n - 1,)
        Of a boundary at each seam, as everything else says.
    """
    sides: list[float] = []
    front: float | None = np.inf
    for seam in np.flatnonzero(habit):
        if habit[seam] > 0:
            front = float(log_odds[seam])
        elif front is not None:
            sides.append(front - float(log_odds[seam]))
            front = None
    if front is not None and np.isfinite(front):
        sides.append(-np.inf)
    return np.clip(np.array(sides, dtype=np.float64), -SURE, SURE)


def told_habit(habit: Floats, log_odds: Floats, spread: float, scale: float) -> float:
    """Return the weight of a habit, as the pages tell it before any answer; the mean over all weights.

    Parameters
    ----------
    habit, log_odds : (n - 1,)
        As `balances` takes them.
    spread : float
        Standard deviation of the weight from archive to archive; 0 for a habit that is not known.
    scale : float
        Log-odds of the habit being followed, by unit of its weight.
    """
    deviations = np.linspace(-3, 3, 2 * STEPS + 1)
    followed = scipy.special.expit(scale * spread * deviations)
    seen = np.outer(followed, np.exp(balances(habit, log_odds))) + (1 - followed)[:, None]
    evidence = np.log(seen).sum(axis=1) - 0.5 * deviations**2
    weight = np.exp(evidence - evidence.max())
    return float(spread * deviations @ weight / weight.sum())
