"""Where the model of a collection begins: at the family's weights, moved by what its own pages tell before any answer.

model = model_for(family, evidence).fit({})
model.log_odds            # (n - 1,) of a boundary
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from clustering.engine.collection_model import CollectionModel, Prior
from clustering.engine.evidence import Evidence
from clustering.engine.family import Family
from clustering.engine.telling import told_moves

Floats = npt.NDArray[np.float64]

FEWEST_SEAMS = 30
"""Seams below which averages over a collection say little."""
MOST_FOREIGN = 3.0
"""Strangeness, in times the usual, from which a collection is no stranger."""


def model_for(family: Family, evidence: Evidence) -> CollectionModel:
    """Return the model of a stream before anything is decided; not fitted yet."""
    return CollectionModel(prior_for(family, evidence), evidence.matrix, evidence.traits)


def prior_for(family: Family, evidence: Evidence) -> Prior:
    """Return the family's prior for a collection, moved as the pages tell (`telling`).

    A fact met more often here than in other archives is less of a sign: where every page carries a heading, a heading
    begins no document. The stranger a collection is (`foreignness`), the farther its weights may be from the family's.
    What its pages tell is then told by log-odds that aren't sharpened: sure ones leave no room for another archive.
    What the first and last pages of documents look like here, the seams teach that the facts are sure of.
    """
    weights, spreads, typical = family.columns(evidence.names)
    share = rarity(evidence, typical) ** family.commonness
    foreign = foreignness(family, evidence)
    prior = Prior(
        np.append(weights * share, family.intercept),
        foreign * np.append(spreads, family.intercept_spread),
        foreign * family.traits_spread,
        family.sharpness,
        family.answered_sharpness,
        family.neighbor,
        family.surprise,
        evidence.even,
    )
    if family.telling:
        asked = min(family.sharpness, 1.0) if foreign > 1 else family.sharpness
        alone = replace(prior, spread=np.where([*evidence.habits, False], 0.0, prior.spread), sharpness=asked)
        log_odds = CollectionModel(alone, evidence.matrix, evidence.traits).fit({}).log_odds
        prior.mean[:] += told_moves(family, evidence, log_odds, spread=prior.spread, sharpness=asked)
    if family.self_training and family.traits_spread and evidence.traits.size:
        model = CollectionModel(prior, evidence.matrix, evidence.traits).fit({})
        prior = replace(prior, looks=model.taught_looks(family.self_training))
    return prior


def rarity(evidence: Evidence, typical: Floats) -> Floats:
    """(k,) typical over actual mean of each fact that speaks for a boundary and is commoner than usual; else 1, and for
    paper: a heading may stand on every page of a document, but a document seldom changes its paper with every page."""
    here = _mean_size(evidence.matrix, len(typical))
    common = (typical > 0) & (here > typical) & (evidence.signs > 0) & ~evidence.are("paper")
    return np.asarray(np.where(common, typical / np.where(here > 0, here, 1.0), 1.0))


def _mean_size(facts: Floats, columns: int) -> Floats:
    """(k,) mean absolute value of each fact; 0 for a stream without seams."""
    return np.asarray(np.abs(facts).mean(axis=0)) if len(facts) else np.zeros(columns)


def strangeness(family: Family, evidence: Evidence) -> float:
    """How unlike the training archives a collection is: mean over the facts of |log ratio| of how often they are met.

    0 for a collection whose facts are met as often as usual; 0 too where FEWEST_SEAMS are too few to tell.
    """
    _, _, typical = family.columns(evidence.names)
    matrix = evidence.matrix
    if len(matrix) < FEWEST_SEAMS or not (typical > 0).any():
        return 0.0
    known = typical > 0
    here = _mean_size(matrix, len(typical))[known]
    return float(np.abs(np.log((here + 0.02) / (typical[known] + 0.02))).mean())


def foreignness(family: Family, evidence: Evidence) -> float:
    """Return how many times stranger a collection is than the strangest training archive, 1 ... MOST_FOREIGN."""
    strange, usual = strangeness(family, evidence), family.usual_strangeness
    return 1.0 if strange <= usual else strange / max(usual, strange / MOST_FOREIGN)
