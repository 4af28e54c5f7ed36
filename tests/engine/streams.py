"""Made-up evidence, families and streams with truth, for the tests of what learns from answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from clustering.engine.evidence import Evidence, column
from clustering.engine.family import FactPrior, Family
from clustering.engine.labeled import LabeledStream

PAGES = 160


def evidence_of(
    facts: Mapping[str, npt.ArrayLike],
    *,
    signs: Mapping[str, int] | None = None,
    families: Mapping[str, str] | None = None,
    traits: npt.ArrayLike | None = None,
) -> Evidence:
    """Evidence with these columns; sign 0, family "look" and no traits where nothing else is said."""
    columns = tuple(
        column((families or {}).get(name, "look"), name, (signs or {}).get(name, 0), values, f"It is {name}.")
        for name, values in facts.items()
    )
    pages = len(columns[0].values) + 1
    looks = np.zeros((pages, 0)) if traits is None else np.asarray(traits)
    return Evidence(columns, pages, traits=looks.astype(np.float32))


def family_of(
    weights: Mapping[str, float],
    *,
    intercept: float = -1.0,
    spread: float = 0.5,
    traits: float = 1.0,
    typical: float = 0.0,
    ends: float = 0.0,
    inside: float = 0.0,
    elsewhere: float = 100.0,
    sharpness: float = 1.0,
) -> Family:
    """A family whose facts all vary alike."""
    facts = {name: FactPrior(weight, spread, typical, ends, inside) for name, weight in weights.items()}
    return Family("made up", facts, intercept, 1.0, traits, elsewhere, sharpness)


def archive(
    worth: Mapping[str, float],
    *,
    intercept: float = -1.0,
    seed: int = 0,
    pages: int = PAGES,
    signs: Mapping[str, int] | None = None,
    traits: npt.ArrayLike | None = None,
) -> LabeledStream:
    """Facts met at two seams of five, and boundaries thrown with the log-odds that they are worth here."""
    rng = np.random.default_rng(seed)
    facts = {name: (rng.random(pages - 1) < 0.4).astype(float) for name in worth}
    odds = intercept + sum((worth[name] * values for name, values in facts.items()), np.zeros(pages - 1))
    return labeled(evidence_of(facts, signs=signs, traits=traits), rng.random(pages - 1) < expit(odds))


def labeled(evidence: Evidence, truth: Sequence[bool] | npt.NDArray[np.bool_]) -> LabeledStream:
    """The stream with all of its truth known."""
    return LabeledStream(evidence, ("1", *("1" if boundary else "0" for boundary in truth)))
