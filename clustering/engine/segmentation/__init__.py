"""The decoder: best partition of a page stream, how sure it is, and obedience to what people decided.

cut = cut_out(n, constraints)            # groups with gaps leave the stream
decoding = decode(log_odds(p), lengths=prior, cohesion=scores, constraints=cut.constraints)
cut.restore(decoding.groups), decoding.confidence, cut.restore_seams(decoding.seams)
"""

from clustering.engine.segmentation.constraints import (
    ContradictoryConstraints,
    Cut,
    Decision,
    check_constraints,
    cut_out,
)
from clustering.engine.segmentation.decoding import CLIP, LONGEST, Decoding, decode, log_odds
from clustering.engine.segmentation.independent import Decoded, Independent, decode_independent, decode_seams
from clustering.engine.segmentation.lengths import LengthPrior
from clustering.engine.segmentation.posterior import CountPosterior

__all__ = [
    "CLIP",
    "LONGEST",
    "ContradictoryConstraints",
    "CountPosterior",
    "Cut",
    "Decision",
    "Decoded",
    "Decoding",
    "Independent",
    "LengthPrior",
    "check_constraints",
    "cut_out",
    "decode",
    "decode_independent",
    "decode_seams",
    "log_odds",
]
