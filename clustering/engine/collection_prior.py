"""Where the model of a collection begins: at the family's weights, moved by what its own pages tell before any answer.

model = model_for(family, evidence).fit({})
model.log_odds            # (n - 1,) of a boundary
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.collection_model import CollectionModel, Prior
from clustering.engine.evidence import Evidence
from clustering.engine.family import Family
from clustering.engine.telling import told_moves

Floats = npt.NDArray[np.float64]

MOST_FOREIGN = 3.0
"""Strangeness, in times the usual, from which a collection is no stranger."""


def model_for(family: Family, evidence: Evidence) -> CollectionModel:
    """Return the model of a stream before anything is decided; not fitted yet."""
    return CollectionModel(prior_for(family, evidence), evidence.matrix, evidence.traits)


def prior_for(family: Family, evidence: Evidence) -> Prior:
    """Return the family's prior for a collection, moved as the pages tell (`telling`).

    A fact met more often inside documents here than in other archives is less of a sign: where newsletters have a
    heading on every page, a heading begins no document. What lies inside, the facts tell as they count elsewhere.
    The stranger a collection is (`foreignness`), the farther its weights may be from the family's.
    What the first and last pages of documents look like here, the seams teach that the facts are sure of.
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
    """(n - 1,) how sure it is that no document ends at each seam, 0 where one rather does.

    Where nothing is sure, every page may be a document with a heading, and nothing shows that headings stand inside.
    """
    p = scipy.special.expit(log_odds)
    return np.asarray(np.maximum(1 - 2 * p, 0.0))


def _unanswered(prior: Prior, evidence: Evidence) -> CollectionModel:
    return CollectionModel(prior, evidence.matrix, evidence.traits).fit({})


def _moved(prior: Prior, family: Family, evidence: Evidence, foreign: float) -> Prior:
    """Return the prior moved by what the pages tell: of a strange collection, asked by log-odds that aren't sharpened,
    as sure ones leave no room for another archive."""
    if not family.telling:
        return prior
    asked = min(family.sharpness, 1.0) if foreign > 1 else family.sharpness
    alone = replace(prior, spread=np.where([*evidence.habits, False], 0.0, prior.spread), sharpness=asked)
    log_odds = _unanswered(alone, evidence).log_odds
    moves = told_moves(family, evidence, log_odds, spread=prior.spread, sharpness=asked)
    return replace(prior, mean=prior.mean + moves)


def rarity(evidence: Evidence, within: Floats, *, ends: Floats, inside: Floats, elsewhere: float) -> Floats:
    """(k,) what is left of the weight of each fact that speaks for a boundary, where it is met more often inside
    documents than elsewhere: by the log ratio of how often it is met at their ends and inside.

    1 for what isn't met more often at ends elsewhere, and for paper: a heading may stand on every page of a document,
    but a document seldom changes its paper with every page.

    Parameters
    ----------
    within : (n - 1,)
        How much each seam counts as one at which no document ends, 0 … 1.
    ends, inside : (k,)
        Mean sizes of the facts elsewhere, between documents and inside them; 0: not known.
    elsewhere : float
        Seams that `inside` counts for.
    """
    here = (within @ np.abs(evidence.matrix) + elsewhere * inside) / (within.sum() + elsewhere)
    common = (ends > inside) & (inside > 0) & (here > inside) & (evidence.signs > 0) & ~evidence.are("paper")
    ends, inside, here = (np.where(common, sizes, size) for sizes, size in ((ends, np.e), (inside, 1.0), (here, 1.0)))
    return np.asarray(np.log(np.maximum(ends / here, 1.0)) / np.log(ends / inside))


def _mean_size(facts: Floats, columns: int) -> Floats:
    """(k,) mean absolute value of each fact; 0 for a stream without seams."""
    return np.asarray(np.abs(facts).mean(axis=0)) if len(facts) else np.zeros(columns)


def strangeness(family: Family, evidence: Evidence) -> float:
    """How unlike the training archives a collection is: mean over the facts of |log ratio| of how often they are met.

    0 for a collection whose facts are met as often as usual. Of few pages, some are met more or less often by chance.
    """
    _, _, typical, *_ = family.columns(evidence.names)
    matrix = evidence.matrix
    if not len(matrix) or not (typical > 0).any():
        return 0.0
    known = typical > 0
    here = _mean_size(matrix, len(typical))[known]
    return float(np.abs(np.log((here + 0.02) / (typical[known] + 0.02))).mean())


def foreignness(family: Family, evidence: Evidence) -> float:
    """Return how many times stranger a collection is than the strangest training archive, 1 ... MOST_FOREIGN."""
    strange, usual = strangeness(family, evidence), family.usual_strangeness
    return 1.0 if strange <= usual else strange / max(usual, strange / MOST_FOREIGN)
