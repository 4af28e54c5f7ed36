"""Estimate how often documents end in a collection, and its habits, from its pages before any answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.evidence import Evidence
from clustering.engine.family import Family

Floats = npt.NDArray[np.float64]

MOST_SHIFTED = 4.0
"""Limit, in log-odds, of how much more or less often documents may end than usual."""
SHIFTS = 40
"""Steps to that limit, in each direction."""
SURE = 3.0
"""Limit, in log-odds, of what a single envelope contributes to a habit: some have lost their letter."""
STEPS = 40
"""Steps to three standard deviations, in each direction."""


def prior_adjustments(
    family: Family, evidence: Evidence, log_odds: Floats, *, spread: Floats, sharpness: float
) -> Floats:
    """Return (k + 1,) the changes to the weights of the facts (only those of habits) and to the intercept.

    Parameters
    ----------
    family : Family
    evidence : Evidence
        k facts at n - 1 seams.
    log_odds : (n - 1,)
        Of a boundary, from everything but habits.
    spread : (k + 1,)
        Standard deviations of the weights between archives.
    sharpness : float
        Factor on the weights.
    """
    moves = np.zeros(len(spread))
    usual = evidence.matrix[:, evidence.even] == 0 if evidence.even >= 0 else np.ones(len(log_odds), dtype=bool)
    moves[-1] = estimated_shift(log_odds[usual], usual=family.usual_end, spread=family.telling)
    for k in np.flatnonzero(evidence.habits):
        moves[k] = estimated_habit(evidence.matrix[:, k], log_odds, float(spread[k]), 2 * sharpness)
    return moves


def estimated_shift(log_odds: Floats, *, usual: float, spread: float) -> float:
    """Return how much more often documents end here than usual, in log-odds, before any answer.

    The more often documents end, the more seams look like an end. From the usual share of ends and the model's log-odds
    follows how probable the pages are under any other share (Saerens, Latinne and Decaestecker 2002). Returns the
    posterior mean.

    Parameters
    ----------
    log_odds : (n - 1,)
        Of a boundary at each seam, if documents end as often as usual.
    usual : float
        Log-odds of a boundary at any seam of a usual archive.
    spread : float
        Standard deviation of `usual` between archives; above 0.
    """
    shifts = np.linspace(-MOST_SHIFTED, MOST_SHIFTED, 2 * SHIFTS + 1)
    p, share, here = scipy.special.expit(log_odds), scipy.special.expit(usual), scipy.special.expit(usual + shifts)
    seen = np.outer(here / share, p) + np.outer((1 - here) / (1 - share), 1 - p)
    evidence = np.log(seen).sum(axis=1) - 0.5 * (shifts / spread) ** 2
    weight = np.exp(evidence - evidence.max())
    return float(shifts @ weight / weight.sum())


def habit_balances(habit: Floats, log_odds: Floats) -> Floats:
    """Return how much more the front of each two-sided thing, an envelope, looks like a boundary than its back, in
    log-odds.

    At both ends of the stream, there is a boundary for certain.

    Parameters
    ----------
    habit : (n - 1,)
        Positive before such a thing, negative after it, else 0.
    log_odds : (n - 1,)
        Of a boundary at each seam, from everything else.
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


def estimated_habit(habit: Floats, log_odds: Floats, spread: float, scale: float) -> float:
    """Return the posterior mean of the weight of a habit before any answer.

    Parameters
    ----------
    habit, log_odds : (n - 1,)
        As for `habit_balances`.
    spread : float
        Standard deviation of the weight between archives; 0 for an unknown habit.
    scale : float
        Log-odds that the habit is followed, per unit of its weight.
    """
    deviations = np.linspace(-3, 3, 2 * STEPS + 1)
    followed = scipy.special.expit(scale * spread * deviations)
    seen = np.outer(followed, np.exp(habit_balances(habit, log_odds))) + (1 - followed)[:, None]
    evidence = np.log(seen).sum(axis=1) - 0.5 * deviations**2
    weight = np.exp(evidence - evidence.max())
    return float(spread * deviations @ weight / weight.sum())
