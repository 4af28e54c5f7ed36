"""Which question next: the page break whose answer saves most edits.

`bench/archives.py --orders` compares orders.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


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
