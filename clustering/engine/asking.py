"""Which question next: the page break whose answer saves most edits, and at first some drawn evenly.

What is most doubtful teaches where the line runs between the doubtful ones, and nothing of what the model is wrongly
sure of: in an archive unlike any before, it goes on asking around a line that lies elsewhere. A few of the first
questions are therefore spread over the collection. `bench/archives.py --orders` compares orders.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SAMPLED = 10
"""Answers within which some questions are drawn evenly."""
EVERY = 3
"""One question in so many."""
FEWEST = 30
"""Breaks from which a few drawn ones say something of all."""
GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, modulo 1, spread evenly however many are drawn."""


def sample(answers: int, breaks: int) -> int | None:
    """Return from where on the next open break is asked, or None where it is the most doubtful one's turn.

    Parameters
    ----------
    answers : int
        Answers so far in the collection.
    breaks : int
        Breaks in the collection, answered ones too.

    Returns
    -------
    int or None
        A place, 0 ... breaks - 1.
    """
    if breaks < FEWEST or answers >= SAMPLED or answers % EVERY != 1:
        return None
    return int((0.5 + GOLDEN * (answers // EVERY)) % 1 * breaks)


def chance_wrong(probability: float, *, joined: bool) -> float:
    """Return the chance that a break stands wrong: expected edits that looking at it saves.

    `probability` is that of a boundary, `joined` whether the two pages are in one document now.
    """
    return probability if joined else 1.0 - probability


def most_doubtful(probability: npt.ArrayLike, joined: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """Return all breaks by falling chance of standing wrong; equal ones stay in scan order.

    Parameters
    ----------
    probability : (m,)
        Of a boundary at each break.
    joined : (m,)
        Whether the two pages are in one document now.

    Returns
    -------
    (m,)
        Indices of the breaks.
    """
    p, together = np.asarray(probability, dtype=np.float64), np.asarray(joined, dtype=bool)
    return np.argsort(-np.where(together, p, 1.0 - p), kind="stable")
