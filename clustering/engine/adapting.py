"""Weights as they hold for one collection: what is missing there is made up for, what is strange makes less sure.

The weights were fitted where pages had been read, embedded and measured. Where one of these is missing from a whole
collection, its facts are silent, and silence is no evidence: a seam without a reading has no salutation, yet may well
be a beginning. So the shipped weights carry, for each thing that may be missing, the line (scale and shift of the
log-odds) that makes what is left honest again, fitted on the training pages with those facts silenced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence import FAMILIES, SOURCES, Evidence
from clustering.engine.seams import SeamModel, SeamWeights
from clustering.engine.segmentation import Decoding, LengthPrior, decode

Floats = npt.NDArray[np.float64]

GAIN = 1.5
"""By how much a wholly strange collection's temperature is raised, in parts of its own."""
USUAL = 0.2
"""Strangeness that any two collections have."""
FEWEST = 30
"""Pages up to which averages over the seams say little."""


def line_for(weights: SeamWeights, absent: Iterable[str]) -> tuple[float, float]:
    """(scale, shift) of the log-odds where these sources are missing; (1, 0) where none is, or nothing is known."""
    known: Mapping[str, Any] = (weights.extra or {}).get("without") or {}
    scale, shift = 1.0, 0.0
    for source in sorted(absent):
        own = known.get(source)
        if own:
            scale, shift = scale * float(own[0]), shift * float(own[0]) + float(own[1])
    return scale, shift


def said(weights: SeamWeights, evidence: Evidence) -> dict[str, float]:
    """How much each family of evidence says at a seam on average: mean absolute log-odds of its facts together."""
    shares = SeamModel.from_weights(weights, evidence.names).contributions(evidence.matrix)
    families = np.array([column.family for column in evidence.columns])
    return {
        family: float(np.abs(shares[:, families == family].sum(axis=1)).mean()) if len(shares) else 0.0
        for family in FAMILIES
    }


def strangeness(weights: SeamWeights, evidence: Evidence) -> float:
    """How unlike the evidence is to that which the weights learned on: 0 the same, 1 another altogether.

    Sum over the families of the difference between what each says here and what it said there (`said`), over the sum of
    what they said there. 0 where the weights do not know, and where FEWEST seams are too few to tell.
    """
    usual: Mapping[str, float] = (weights.extra or {}).get("usual") or {}
    total = sum(usual.values())
    if not total or evidence.pages <= FEWEST:
        return 0.0
    here = said(weights, evidence)
    return min(sum(abs(here[family] - usual.get(family, 0.0)) for family in FAMILIES) / total, 1.0)


def adapted(weights: SeamWeights, evidence: Evidence) -> SeamWeights:
    """The weights for this collection. The same object where nothing is missing and nothing strange."""
    scale, shift = line_for(weights, evidence.absent)
    flatter = 1.0 + GAIN * max(strangeness(weights, evidence) - USUAL, 0.0)
    if (scale, shift, flatter) == (1.0, 0.0, 1.0):
        return weights
    return replace(
        weights,
        weights={name: scale * value for name, value in weights.weights.items()},
        intercept=scale * weights.intercept + shift,
        temperature=weights.temperature * flatter,
    )


def lengths_of(weights: SeamWeights) -> LengthPrior | None:
    """What the weights know of lengths of documents."""
    extra = weights.extra or {}
    return LengthPrior(tuple(extra["lengths"]), float(extra.get("tail", 0.0))) if extra.get("lengths") else None


def belief(evidence: Evidence, weights: SeamWeights, pages: range | None = None) -> Decoding:
    """What these weights make of a stream, or of some of its pages, without any decision of a person."""
    fit = adapted(weights, evidence)
    odds = SeamModel.from_weights(fit, evidence.names).decision_function(evidence.matrix)
    part = pages or range(evidence.pages)
    return decode(odds[part.start : part.stop - 1], lengths=lengths_of(fit), temperature=fit.temperature)


__all__ = ["SOURCES", "adapted", "belief", "lengths_of", "line_for", "said", "strangeness"]
