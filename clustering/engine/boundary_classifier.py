"""The boundary classifier with scikit-learn's contract, for pipelines, cross-validation, and comparisons.

    classifier = BoundaryClassifier(prior_for(family, evidence)).fit(features, is_boundary)
    classifier.predict_proba(others)[:, 1]

The desk uses `collection_model.CollectionModel`, the same model plus the looks of the pages. Import this module only
when needed: scikit-learn takes half a second to load.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from clustering.engine.collection_model import MODERATION, CollectionModel, sharpness_after
from clustering.engine.records import Prior

Floats = npt.NDArray[np.float64]


class BoundaryClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Bayesian logistic regression of boundaries, with Laplace's approximation (MacKay 1992).

    Parameters
    ----------
    prior : Prior, optional
        Mean and spread of the k weights and the intercept, from a family of archives (`prior_for`). None: mean 0.
    spread : float
        Standard deviation of each weight and of the intercept if `prior` is None.

    Attributes
    ----------
    classes_ : (2,)
        The second one is the boundary.
    coef_ : (1, k)
        Most probable weights.
    intercept_ : (1,)
    covariance_ : (k + 1, k + 1)
        Of the weights and the intercept.
    """

    def __init__(self, prior: Prior | None = None, spread: float = 1.0) -> None:
        self.prior = prior
        self.spread = spread

    def __sklearn_tags__(self) -> Tags:
        """Allow two classes only."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Learn from features (n, k) and whether each is a boundary (n,).

        Raises ValueError for other shapes, a prior for other columns, and anything but two classes.
        """
        features, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, truth = np.unique(labels, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. y has {len(self.classes_)} classes.")
        if len(self.classes_) < 2:
            raise ValueError("This classifier needs samples of 2 classes in the data, but the data has only one class.")
        size = features.shape[1] + 1
        prior = self.prior or Prior(np.zeros(size), np.full(size, self.spread), 0.0)
        prior = replace(prior, neighbor=0.0, surprise=0.0, even=-1)  # samples have no neighbors
        model = CollectionModel(prior, features, np.zeros((len(features) + 1, 0)))
        model.fit({row: bool(value) for row, value in enumerate(truth)})
        weights = prior.mean + prior.spread * model.weights_
        self.coef_, self.intercept_ = weights[None, :-1], weights[-1:]
        rows = _with_ones(features)
        p = scipy.special.expit(rows @ weights)
        scaled = rows * prior.spread
        precision = np.eye(size) + (scaled * (p * (1 - p))[:, None]).T @ scaled
        self.covariance_ = np.linalg.inv(precision) * np.outer(prior.spread, prior.spread)
        self.sharpness_ = sharpness_after(prior, len(features))
        return self

    def decision_function(self, X: npt.ArrayLike) -> Floats:
        """Return (n,) the log-odds of a boundary, flattened by the uncertainty of the weights."""
        check_is_fitted(self)
        rows = _with_ones(validate_data(self, X, dtype=np.float64, reset=False))
        mean = (rows * np.append(self.coef_, self.intercept_)).sum(axis=1)
        variance = np.maximum(np.einsum("ij,jk,ik->i", rows, self.covariance_, rows), 0.0)
        return np.asarray(self.sharpness_ * mean / np.sqrt(1 + MODERATION * variance))

    def predict_proba(self, X: npt.ArrayLike) -> Floats:
        """Return (n, 2) the probability of each class."""
        boundary = scipy.special.expit(self.decision_function(X))
        return np.column_stack([1 - boundary, boundary])

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.generic]:
        """Return (n,) the more probable class."""
        is_boundary = self.decision_function(X) > 0
        return np.asarray(self.classes_[is_boundary.astype(np.intp)])


def _with_ones(features: Floats) -> Floats:
    return np.column_stack([features, np.ones(len(features))])
