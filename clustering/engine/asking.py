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
    """Return the place, 0 ... breaks - 1, from which on the next open break is asked after so many answers.

    None where it is the most doubtful one's turn.
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
    """Return all breaks, (m,) each as in `chance_wrong`, by falling chance; equal ones stay in scan order."""
    p, together = np.asarray(probability, dtype=np.float64), np.asarray(joined, dtype=bool)
    return np.argsort(-np.where(together, p, 1.0 - p), kind="stable")
