"""Where a stream may be divided, so that what one decision changes nearby takes milliseconds.

Between two certain boundaries a decision changes nothing elsewhere. So a stream is divided once, by its proposal, at
**anchors**: seams that are boundaries by their own evidence as well as in the whole stream. Where a collection is too
large to be decided again as a whole, only the stretches between the anchors around a decision are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from clustering.engine.records import ScoredSeam

NEAR = 30
"""Fewest pages between two anchors: there should be something to change."""
FAR = 90
"""Pages after which the surest seam so far is taken: so many at most are decided again."""
JOINT = 4.0
"""Log-odds added where two pages meet that were no neighbors: what stood between them was another document."""


def anchors_of(seams: Sequence[ScoredSeam]) -> tuple[int, ...]:
    """Return the indices of the anchors: between NEAR and FAR pages apart, each the surest boundary that may be had
    there.

    Sure are seams of which the whole stream and their own evidence say so: what only a decision makes certain may be
    taken back.
    """
    p = np.array([seam.probability for seam in seams])
    log_odds = np.array([-np.inf if seam.log_odds is None else seam.log_odds for seam in seams])
    sure = np.minimum(p, scipy.special.expit(log_odds))
    anchors: list[int] = []
    start = -1
    while start + FAR < len(sure):
        window = sure[start + NEAR : start + FAR]
        start = start + NEAR + int(window.argmax())
        anchors.append(start)
    return tuple(anchors)
