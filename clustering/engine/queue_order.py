"""Order of questions: first the seam whose answer is expected to save most edits.

`bench/archives.py --orders` compares orders.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def chance_wrong(probability: float, *, joined: bool) -> float:
    """Return the probability that a seam is wrong: the edits that an answer is expected to save.

    `probability` is that of a boundary, `joined` whether the two pages are in one document now.
    """
    return probability if joined else 1.0 - probability


def most_doubtful(probability: npt.ArrayLike, joined: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """Return all seams, the most probably wrong ones first; equal ones stay in scan order.

    Parameters
    ----------
    probability : (m,)
        Of a boundary at each seam.
    joined : (m,)
        Whether the two pages are in one document now.

    Returns
    -------
    (m,)
        Indices of the seams.
    """
    p, together = np.asarray(probability, dtype=np.float64), np.asarray(joined, dtype=bool)
    return np.argsort(-np.where(together, p, 1.0 - p), kind="stable")
