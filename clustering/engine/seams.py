"""The seam model: evidence in, probability of a boundary out, with the share of every fact.

A logistic regression that is held to common sense: a fact that can only speak for a boundary never gets a weight
against one. Its prior is another such model (the shipped one): the penalty is on the distance to the prior's
weights, so that a collection with few corrections stays near what is true everywhere, and one with many finds its
own way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

Floats = npt.NDArray[np.float64]

STRENGTH = 1.0
"""Penalty per squared unit of a scaled weight, in log-likelihood; about one seam's worth of contrary evidence."""
SHIPPED = Path(__file__).parent / "prior" / "seams.json"


class NotFitted(ValueError):
    """A model was asked before it was fitted; the message says so."""


@dataclass(frozen=True, slots=True)
class SeamWeights:
    """Numbers of a fitted model, by name of fact: what is shipped and stored."""

    weights: dict[str, float]
    """Log-odds for a boundary per unit of the fact's value."""
    intercept: float
    """Log-odds of a boundary where there is nothing to say."""
    temperature: float = 1.0
    """By which the decoder's scores are divided, fitted out of fold."""
    name: str = ""
    extra: dict[str, Any] | None = None
    """What else the decoder was told: lengths of documents, weights of whole-document facts."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, rounded to what matters."""
        return {
            "name": self.name,
            "intercept": round(self.intercept, 4),
            "temperature": round(self.temperature, 4),
            "weights": {name: round(value, 4) for name, value in self.weights.items()},
            "extra": self.extra or {},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> SeamWeights:
        """Reads what `to_json` wrote; raises ValueError for anything else."""
        try:
            weights = {str(name): float(value) for name, value in stored["weights"].items()}
            return cls(
                weights,
                float(stored["intercept"]),
                float(stored.get("temperature", 1.0)),
                str(stored.get("name", "")),
                dict(stored.get("extra", {})),
            )
        except (AttributeError, KeyError, TypeError) as fault:
            raise ValueError("These are no weights of a seam model.") from fault


def shipped_weights(path: Path = SHIPPED) -> SeamWeights:
    """The prior that comes with the program."""
    return SeamWeights.from_json(json.loads(path.read_text(encoding="utf-8")))


class SeamModel:
    """Sign-constrained, prior-anchored logistic regression in scikit-learn's manner.

    strength   how strongly weights are held to the prior (or to 0); per unit of scaled weight
    signs      (k,) +1, -1 or 0: what each column may speak for; None leaves all free

    After `fit`: `coef_` (k,), `intercept_`, `scale_` (k,), `names_`.
    """

    def __init__(self, *, strength: float = STRENGTH, signs: Sequence[int] | None = None) -> None:
        self.strength = strength
        self.signs = signs

    def get_params(self, *, deep: bool = True) -> dict[str, Any]:
        """Constructor parameters, as scikit-learn asks for them; there is nothing nested, so `deep` changes nothing."""
        return {"strength": self.strength, "signs": self.signs}

    def set_params(self, **params: Any) -> Self:
        """Sets constructor parameters by name."""
        for name, value in params.items():
            if name not in {"strength", "signs"}:
                raise ValueError(f"A seam model has no parameter {name!r}.")
            setattr(self, name, value)
        return self

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        names: Sequence[str] = (),
        prior: SeamWeights | None = None,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit on X (seams, k) and y (seams,), 1 for a boundary. Few or no seams are fine where there is a prior.

        The penalty is strength / 2 * sum of squares of scale * (weight - prior weight); the intercept is held to the
        prior's a tenth as strongly. `names` (k,) match the prior's weights; facts the prior does not know start at 0.
        """
        values, truth = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if values.ndim != 2 or truth.shape != (len(values),):
            raise ValueError("A seam model needs evidence of shape (seams, facts) and one answer a seam.")
        if not np.isfinite(values).all() or not np.isin(truth, (0, 1)).all():
            raise ValueError("Evidence must be finite and answers 0 or 1.")
        weight = np.ones(len(truth)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        k = values.shape[1]
        self.names_ = tuple(names) if len(names) else tuple(f"x{i}" for i in range(k))
        anchor = np.array([prior.weights.get(name, 0.0) if prior else 0.0 for name in self.names_])
        base = prior.intercept if prior else 0.0
        # Facts range over 0 … 1; rare ones are not blown up, or one coincidence would outweigh a habit.
        self.scale_ = np.ones(k)
        bounds = self._bounds(k)
        low = np.array([-np.inf if b[0] is None else b[0] for b in bounds])
        high = np.array([np.inf if b[1] is None else b[1] for b in bounds])
        anchor = np.clip(anchor, low, high)

        def loss(theta: Floats) -> tuple[float, Floats]:
            margin = values @ theta[:k] + theta[k]
            away = theta[:k] - anchor
            value = float(np.sum(weight * (np.logaddexp(0, margin) - truth * margin)))
            value += self.strength / 2 * float(away @ away) + self.strength / 20 * float((theta[k] - base) ** 2)
            error = weight * (expit(margin) - truth)
            slope = np.append(
                values.T @ error + self.strength * away, error.sum() + self.strength / 10 * (theta[k] - base)
            )
            return value, slope

        found = minimize(loss, np.append(anchor, base), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)],
                         options={"maxiter": 500, "ftol": 1e-10})  # fmt: skip
        self.coef_ = np.asarray(found.x[:k])
        self.intercept_ = float(found.x[k])
        return self

    def _bounds(self, k: int) -> list[tuple[float | None, float | None]]:
        signs = [0] * k if self.signs is None else list(self.signs)
        if len(signs) != k:
            raise ValueError(f"There are {k} facts but {len(signs)} signs.")
        return [(0.0, None) if s > 0 else (None, 0.0) if s < 0 else (None, None) for s in signs]

    def decision_function(self, X: npt.ArrayLike) -> Floats:
        """(seams,) log-odds of a boundary."""
        return np.asarray(np.asarray(X, dtype=np.float64) @ self._fitted() + self.intercept_)

    def predict_proba(self, X: npt.ArrayLike) -> Floats:
        """(seams, 2): no boundary, boundary."""
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.int_]:
        """(seams,) 1 where a boundary is likelier than not."""
        return (self.decision_function(X) > 0).astype(int)

    def contributions(self, X: npt.ArrayLike) -> Floats:
        """(seams, k) log-odds that each fact adds; with the intercept they sum up to the decision function."""
        return np.asarray(np.asarray(X, dtype=np.float64) * self._fitted())

    def weights(self, *, name: str = "", temperature: float = 1.0, extra: dict[str, Any] | None = None) -> SeamWeights:
        """The fitted numbers, to be stored or to be the prior of another fit."""
        coefficients = self._fitted()
        return SeamWeights(
            dict(zip(self.names_, map(float, coefficients), strict=True)), self.intercept_, temperature, name, extra
        )

    def _fitted(self) -> Floats:
        if not hasattr(self, "coef_"):
            raise NotFitted("Fit the seam model before asking it.")
        return self.coef_

    @classmethod
    def from_weights(cls, stored: SeamWeights, names: Sequence[str], *, strength: float = STRENGTH) -> SeamModel:
        """A model with given numbers, for columns in a given order; facts it does not know weigh nothing."""
        model = cls(strength=strength)
        model.names_ = tuple(names)
        model.coef_ = np.array([stored.weights.get(name, 0.0) for name in names])
        model.intercept_ = stored.intercept
        model.scale_ = np.ones(len(names))
        return model
