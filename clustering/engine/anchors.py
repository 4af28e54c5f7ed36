"""Divide a stream, so that the effects of a decision on pages nearby take milliseconds to compute.

Between two certain boundaries, a decision changes nothing elsewhere. A stream is therefore divided once, with its
proposal, at **anchors**: seams that are boundaries both by their own evidence and in the whole stream. If a collection
is too large to be decoded as a whole, only the stretches between the anchors around a decision are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from clustering.engine.records import ScoredSeam

NEAR = 30
"""Fewest pages between two anchors, so that there is something to change."""
FAR = 90
"""Most pages between two anchors: the surest seam so far is taken."""
JOINT = 4.0
"""Log-odds added where two pages meet that weren't neighbors: another document was between them."""


def anchors_of(seams: Sequence[ScoredSeam]) -> tuple[int, ...]:
    """Return the indices of the anchors, between NEAR and FAR pages apart, each the surest boundary in its range.

    Sure means by the whole stream and by its own evidence: what only a decision makes certain may be undone.
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
