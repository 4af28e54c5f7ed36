"""Baselines: a mixed-effects logistic regression over the facts of single seams, updated by answers.

No ranks among distant pages, no looks, nothing about how archives differ: shared weights, one intercept per archive,
fixed variances. "from zero" holds weights to 0, "held" to 0.7 of the hand-set expectations. Half of the answers go to
the most doubtful seams, half to random ones; answered seams count as right.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from clustering.engine.labeled import LabeledStream

Floats = npt.NDArray[np.float64]

EXPECTATIONS = Path(__file__).with_name("expectations.json")
SHARE = 0.7


def expectations() -> tuple[dict[str, float], float]:
    """Return the hand-set log-odds of the facts, and of a boundary without any fact."""
    stored = json.loads(EXPECTATIONS.read_text(encoding="utf-8"))
    return {name: float(value) for name, value in stored["weights"].items()}, float(stored["intercept"])


def crude_edits(
    stream: LabeledStream, others: Sequence[LabeledStream], *, held: bool, answers: Sequence[int]
) -> dict[int, float]:
    """Return the wrong seams per 100 pages after so many answers."""
    weights, _ = expectations()
    names = [column.name for column in stream.evidence.columns if column.name in weights]
    base = SHARE * np.array([weights[name] for name in names]) if held else np.zeros(len(names))
    common, mean = _shared([(_facts(o, names)[o.known], o.truth[o.known]) for o in others], base, 0.5 if held else 1.0)
    facts, truth, known = _facts(stream, names), stream.truth, np.flatnonzero(stream.known)
    start = expit(facts @ common + mean)
    doubtful = known[np.argsort(np.abs(start - 0.5)[known])]
    chance = np.random.RandomState(0).permutation(known)
    edits = {}
    for count in answers:
        asked = list(dict.fromkeys([*doubtful[: count // 2].tolist(), *chance[:count].tolist()]))[:count]
        p = _moved(facts, truth, asked, common, mean) if count else start
        wrong = (p[known] > 0.5) != (truth[known] > 0.5)
        edits[count] = 100 * float(wrong.sum()) / len(stream.starts)
    return edits


def _facts(stream: LabeledStream, names: Sequence[str]) -> Floats:
    place = {name: k for k, name in enumerate(stream.evidence.names)}
    return stream.evidence.matrix[:, [place[name] for name in names]]


def _shared(rows: Sequence[tuple[Floats, Floats]], base: Floats, variance: float) -> tuple[Floats, float]:
    """Return shared weights around `base`, and the mean of the archives' intercepts (variance 1 around it)."""
    k, archives = len(base), len(rows)

    def loss(theta: Floats) -> tuple[float, Floats]:
        away, mean, own = theta[:k] - base, theta[k], theta[k + 1 :]
        value = 0.5 / variance * float(away @ away) + 0.5 * float(np.sum((own - mean) ** 2))
        slope = np.zeros_like(theta)
        slope[:k], slope[k], slope[k + 1 :] = away / variance, -np.sum(own - mean), own - mean
        for i, (facts, truth) in enumerate(rows):
            margin = facts @ theta[:k] + own[i]
            value += float(np.sum(np.logaddexp(0, margin) - truth * margin))
            error = expit(margin) - truth
            slope[:k] += facts.T @ error
            slope[k + 1 + i] += error.sum()
        return value, slope

    began = np.concatenate([base, np.zeros(1 + archives)])
    theta = minimize(loss, began, jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x
    return theta[:k], float(theta[k])


def _moved(facts: Floats, truth: Floats, asked: Sequence[int], common: Floats, mean: float) -> Floats:
    """Return probabilities after answers: weights (variance 0.3) and intercept (variance 2.25) around the shared
    ones."""
    k = len(common)
    rows, known = facts[list(asked)], truth[list(asked)]

    def loss(theta: Floats) -> tuple[float, Floats]:
        away, shift = theta[:k] - common, theta[k] - mean
        margin = rows @ theta[:k] + theta[k]
        value = 0.5 / 0.3 * float(away @ away) + 0.5 / 2.25 * float(shift**2)
        value += float(np.sum(np.logaddexp(0, margin) - known * margin))
        error = expit(margin) - known
        return value, np.append(away / 0.3 + rows.T @ error, shift / 2.25 + error.sum())

    theta = minimize(loss, np.append(common, mean), jac=True, method="L-BFGS-B").x
    p = np.asarray(expit(facts @ theta[:k] + theta[k]))
    p[list(asked)] = known
    return p
