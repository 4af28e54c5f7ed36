"""The decoder: the best partition of a page stream under people's decisions, and its probabilities.

cut = cut_out(n, constraints)            # groups with gaps leave the stream
found = decode_seams(log_odds, cut.constraints)
cut.restore(found.groups), found.confidence, cut.restore_seams(found.seams)
"""

from clustering.engine.segmentation.constraints import (
    ContradictoryConstraints,
    Cut,
    Decision,
    check_constraints,
    cut_out,
)
from clustering.engine.segmentation.counted import Counted
from clustering.engine.segmentation.independent import Decoded, Independent, decode_independent, decode_seams

__all__ = [
    "ContradictoryConstraints",
    "Counted",
    "Cut",
    "Decision",
    "Decoded",
    "Independent",
    "check_constraints",
    "cut_out",
    "decode_independent",
    "decode_seams",
]
