"""The prior of a collection: the family's weights, adjusted by the collection's own pages before any answer.

model = model_for(family, evidence).fit({})
model.log_odds            # (n - 1,) of a boundary
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.adaptation import prior_adjustments
from clustering.engine.collection_model import CollectionModel
from clustering.engine.evidence import Evidence
from clustering.engine.family import Family
from clustering.engine.records import Prior

Floats = npt.NDArray[np.float64]

MOST_FOREIGN = 3.0
"""Limit of strangeness, in multiples of the usual."""


def model_for(family: Family, evidence: Evidence) -> CollectionModel:
    """Return the model of a stream without decisions, not yet fitted."""
    return CollectionModel(prior_for(family, evidence), evidence.matrix, evidence.traits)


def prior_for(family: Family, evidence: Evidence) -> Prior:
    """Return the family's prior for a collection, adjusted to its pages.

    - How often documents end here, and its habits, are estimated from the pages (`adaptation`).
    - A fact that is more common inside documents here than in other archives counts less: if every page of a newsletter
      has a heading, a heading doesn't begin a document. What is inside is estimated with the unadjusted weights.
    - The stranger a collection is (`foreignness`), the further its weights may be from the family's.
    - What first and last pages look like here is learned from seams at which the facts are certain.
    """
    weights, spreads, _, ends, inside = family.columns(evidence.names)
    foreign = foreignness(family, evidence)
    prior = Prior(
        np.append(weights, family.intercept),
        foreign * np.append(spreads, family.intercept_spread),
        foreign * family.traits_spread,
        family.sharpness,
        family.answered_sharpness,
        family.neighbor,
        family.surprise,
        evidence.even,
    )
    within = _surely_inside(_unanswered(_moved(prior, family, evidence, foreign), evidence).log_odds)
    share = rarity(evidence, within, ends=ends, inside=inside, elsewhere=family.elsewhere)
    prior = replace(prior, mean=np.append(weights * share, family.intercept))
    prior = _moved(prior, family, evidence, foreign)
    if family.self_training and family.traits_spread and evidence.traits.size:
        prior = replace(prior, looks=_unanswered(prior, evidence).taught_looks(family.self_training))
    return prior


def _surely_inside(log_odds: Floats) -> Floats:
    """Return (n - 1,) how certain it is that no document ends at each seam; 0 where one more likely does.

    If nothing is certain, every page may be a document with a heading, and nothing shows that headings are inside.
    """
    p = scipy.special.expit(log_odds)
    return np.asarray(np.maximum(1 - 2 * p, 0.0))


def _unanswered(prior: Prior, evidence: Evidence) -> CollectionModel:
    return CollectionModel(prior, evidence.matrix, evidence.traits).fit({})


def _moved(prior: Prior, family: Family, evidence: Evidence, foreign: float) -> Prior:
    """Return the prior adjusted by the estimates of `adaptation`.

    For a strange collection, they use log-odds that aren't sharpened, since too certain ones hide how it differs.
    """
    if not family.telling:
        return prior
    asked = min(family.sharpness, 1.0) if foreign > 1 else family.sharpness
    alone = replace(prior, spread=np.where([*evidence.habits, False], 0.0, prior.spread), sharpness=asked)
    log_odds = _unanswered(alone, evidence).log_odds
    moves = prior_adjustments(family, evidence, log_odds, spread=prior.spread, sharpness=asked)
    return replace(prior, mean=prior.mean + moves)


def rarity(evidence: Evidence, within: Floats, *, ends: Floats, inside: Floats, elsewhere: float) -> Floats:
    """Return (k,) the share of its weight that each fact for a boundary keeps if it is more common inside documents
    here.

    The share is the log ratio of how common the fact is at ends and inside, here relative to elsewhere. It is 1 for
    facts that aren't more common at ends elsewhere, and for paper: a heading may be on every page of a document, but
    documents seldom change paper with every page.

    Parameters
    ----------
    within : (n - 1,)
        How much each seam counts as inside a document, 0 … 1.
    ends, inside : (k,)
        Mean sizes of the facts elsewhere, between documents and inside them; 0: unknown.
    elsewhere : float
        Seams that `inside` counts for.
    """
    here = (within @ np.abs(evidence.matrix) + elsewhere * inside) / (within.sum() + elsewhere)
    common = (ends > inside) & (inside > 0) & (here > inside) & (evidence.signs > 0) & ~evidence.are("paper")
    ends, inside, here = (np.where(common, sizes, size) for sizes, size in ((ends, np.e), (inside, 1.0), (here, 1.0)))
    return np.asarray(np.log(np.maximum(ends / here, 1.0)) / np.log(ends / inside))


def _mean_size(facts: Floats, columns: int) -> Floats:
    """Return (k,) the mean absolute value of each fact; 0 for a stream without seams."""
    return np.asarray(np.abs(facts).mean(axis=0)) if len(facts) else np.zeros(columns)


def strangeness(family: Family, evidence: Evidence) -> float:
    """Return how much a collection differs from the training archives: mean over the facts of |log ratio| of their
    size.

    0 if all facts are as common as usual. With few pages, some differ by chance.
    """
    _, _, typical, *_ = family.columns(evidence.names)
    matrix = evidence.matrix
    if not len(matrix) or not (typical > 0).any():
        return 0.0
    known = typical > 0
    here = _mean_size(matrix, len(typical))[known]
    return float(np.abs(np.log((here + 0.02) / (typical[known] + 0.02))).mean())


def foreignness(family: Family, evidence: Evidence) -> float:
    """Return how many times stranger a collection is than the strangest training archive, 1 … MOST_FOREIGN."""
    strange, usual = strangeness(family, evidence), family.usual_strangeness
    return 1.0 if strange <= usual else strange / max(usual, strange / MOST_FOREIGN)
