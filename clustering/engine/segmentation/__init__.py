"""The decoder: best partition of a page stream, how sure it is, and obedience to what people decided.

cut = cut_out(n, constraints)            # groups with gaps leave the stream
decoding = decode(log_odds(p), lengths=prior, cohesion=scores, constraints=cut.constraints)
cut.restore(decoding.groups), decoding.confidence, cut.restore_seams(decoding.seams)
"""

from clustering.engine.segmentation.cohesion import (
    banded_similarities,
    by_length,
    mean_pairs,
    pair_sums,
    patterns,
)
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
from clustering.engine.segmentation.temperature import fit_temperature, log_likelihood

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
    "banded_similarities",
    "by_length",
    "check_constraints",
    "cut_out",
    "decode",
    "decode_independent",
    "decode_seams",
    "fit_temperature",
    "log_likelihood",
    "log_odds",
    "mean_pairs",
    "pair_sums",
    "patterns",
]
