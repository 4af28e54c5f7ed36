"""Model training: how far a collection may move from its family, and what collections share; tested on unseen pages.

Every answer already updates a collection's model (`collection_model`). Training changes what that model starts with,
and the result is used only if it predicts held-out documents better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, minimize
from scipy.special import expit

from clustering.engine.collection_prior import model_for, prior_for
from clustering.engine.family import Family
from clustering.engine.family_learning import log_losses
from clustering.engine.labeled import LabeledStream, blocks_of, inside, known_seams
from clustering.sentences import Sentence, grouped, say

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FEWEST_SEAMS = 20
"""Decided seams below which nothing can be learned and tested."""
FEWEST_BLOCKS = 2
MOST_BLOCKS = 10
"""Number of held-out stretches, however much is confirmed."""
SPREADS = (0.4, 1.0, 2.5)
"""Factors for how far a collection's weights may be from the family's."""
TRAITS = (0.0, 1.0, 2.0)
"""Factors for how much the looks of pages may count."""
HOUSE = 0.5
"""Share of the variation between archives that collections of one institution share; the rest is within it."""
HESITATION = 0.005
"""Nats per seam by which other settings must be better than the family's own."""


class TooLittle(ValueError):
    """There are too few decisions. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class LearningFigures:
    """How well a model does on decided seams that it didn't learn from."""

    seams: int
    wrong: int
    """Seams at which the more probable answer is wrong."""
    log_loss: float
    """Mean over the seams, in nats."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {"seams": self.seams, "wrong": self.wrong, "log_loss": round(self.log_loss, 5)}


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, with both sides of the comparison."""

    family: Family
    before: LearningFigures
    after: LearningFigures
    blocks: int

    @property
    def is_better(self) -> bool:
        """Whether it has a lower log loss on held-out documents, and no more wrong seams."""
        return self.after.log_loss < self.before.log_loss and self.after.wrong <= self.before.wrong

    @property
    def verdict(self) -> Sentence:
        """Why it is used, or isn't."""
        compared = say(
            "On %(seams)s reviewed places that it had not seen, it gets %(after)s wrong instead of %(before)s (log "
            "loss %(loss_after)s instead of %(loss_before)s, lower is better)",
            seams=grouped(self.after.seams),
            after=self.after.wrong,
            before=self.before.wrong,
            loss_after=round(self.after.log_loss, 3),
            loss_before=round(self.before.log_loss, 3),
        )
        if self.is_better:
            return say("%(compared)s: in use.", compared=compared)
        if self.after.wrong > self.before.wrong:
            return say("%(compared)s: not used, because it would get more page breaks wrong.", compared=compared)
        return say("%(compared)s: not used, because it would be no surer of what is right.", compared=compared)


def require_enough(starts: Sequence[Sequence[str]]) -> None:
    """Raise TooLittle unless streams with these marks suffice to learn and test."""
    known = sum(int(known_seams(each).sum()) for each in starts)
    folds = _folds(starts)
    if known < FEWEST_SEAMS or len(folds) < FEWEST_BLOCKS:
        raise TooLittle(
            say(
                "Too few page breaks are reviewed: %(known)s, in %(stretches)s parts of the collection. Training needs "
                "%(least)s in %(fewest)s. Confirm more documents first.",
                known=known,
                stretches=len(folds),
                least=FEWEST_SEAMS,
                fewest=FEWEST_BLOCKS,
            )
        )


def learn(streams: Sequence[LabeledStream], *, prior: Family, name: str) -> Learned:
    """Learn from decided seams, and test on stretches, or whole collections, that were held out.

    From one stream: how far its weights may be from the prior's, and how much looks may count (`tuned`). From several:
    a family of these collections, held to the prior. Raises TooLittle.
    """
    starts = [stream.starts for stream in streams]
    require_enough(starts)
    folds = _folds(starts)
    before, after = [], []
    for fold in folds:
        rest = _without(streams, fold)
        new = _learned(rest, prior)
        given = rest[0] if len(streams) == 1 else None
        before.append(_judged(prior, streams[fold.stream], fold, given))
        after.append(_judged(new, streams[fold.stream], fold, given))
    final = replace(_learned(streams, prior), name=name)
    return Learned(final, _pooled(before), _pooled(after), len(folds))


def _learned(streams: Sequence[LabeledStream], prior: Family) -> Family:
    return tuned(prior, streams[0]) if len(streams) == 1 else joined(prior, streams)


def joined(prior: Family, streams: Sequence[LabeledStream]) -> Family:
    """Return the prior with the weights under which these collections of one institution are most probable.

    How often documents end, and what is common inside them, is estimated for each collection (`prior_for`), since it
    differs within an institution too.
    """
    names, signs = streams[0].evidence.names, streams[0].evidence.signs
    weights, spreads, *_ = prior.columns(names)
    spreads = np.sqrt(HOUSE) * spreads
    matrix = np.vstack([stream.evidence.matrix[stream.known] for stream in streams])
    rest = np.concatenate([_unlearned(prior, stream)[stream.known] for stream in streams])
    truth = np.concatenate([stream.truth[stream.known] for stream in streams])
    columns = matrix * spreads

    def improbability(moves: Floats) -> tuple[float, Floats]:
        margin = rest + columns @ moves
        value = np.sum(np.logaddexp(0, margin) - truth * margin) + 0.5 * moves @ moves
        return float(value), columns.T @ (expit(margin) - truth) + moves

    least, most = np.where(signs > 0, 0.0, -np.inf), np.where(signs < 0, 0.0, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        bounds = Bounds(*(np.nan_to_num((edge - weights) / spreads, nan=0.0) for edge in (least, most)))
    optimum = minimize(improbability, np.zeros(len(weights)), jac=True, method="L-BFGS-B", bounds=bounds)
    moved = weights + spreads * optimum.x
    return replace(
        prior,
        facts={
            **prior.facts,
            **{name: replace(prior.facts[name], weight=float(moved[k])) for k, name in enumerate(names)},
        },
    )


def _unlearned(prior: Family, stream: LabeledStream) -> Floats:
    """Return (n - 1,) the log-odds of a collection before learning, without looks and neighbors."""
    evidence = stream.evidence
    mean = prior_for(prior, evidence).mean
    base = 1 - evidence.matrix[:, evidence.even] if evidence.even >= 0 else 1.0
    return np.asarray(evidence.matrix @ mean[:-1] + base * mean[-1])


def tuned(prior: Family, stream: LabeledStream) -> Family:
    """Return the prior with the spreads that best predict blocks of this stream from its other blocks."""
    folds = _folds([stream.starts])
    options = [spread_by(prior, spread, traits) for spread, traits in product(SPREADS, TRAITS)]
    if len(folds) < FEWEST_BLOCKS:
        return prior

    def loss(family: Family) -> float:
        judged = [_judged(family, stream, fold, _without([stream], fold)[0]) for fold in folds]
        return _pooled(judged).log_loss

    best = min(options, key=loss)
    return best if loss(best) < loss(prior) - HESITATION else prior


def spread_by(family: Family, spread: float, traits: float) -> Family:
    """Return the family with the spreads of weights and of looks multiplied."""
    facts = {name: replace(fact, spread=fact.spread * spread) for name, fact in family.facts.items()}
    return replace(
        family,
        facts=facts,
        intercept_spread=family.intercept_spread * spread,
        traits_spread=family.traits_spread * traits,
    )


@dataclass(frozen=True, slots=True)
class _Fold:
    """What is held out at a time."""

    stream: int
    seams: Bools
    """(n - 1,)."""


def _folds(starts: Sequence[Sequence[str]]) -> list[_Fold]:
    """Return every stream with decided seams, or at most MOST_BLOCKS stretches of a single one, with equal shares of
    blocks."""
    known = [known_seams(each) for each in starts]
    if len(starts) > 1:
        return [_Fold(at, seams) for at, seams in enumerate(known) if seams.any()]
    if not starts:
        return []
    n, sure = len(starts[0]), known[0]
    blocks = [block for block in blocks_of(starts[0]) if (inside(block, n) & sure).any()]
    count = min(len(blocks), MOST_BLOCKS)
    parts = [blocks[len(blocks) * k // count : len(blocks) * (k + 1) // count] for k in range(count)]
    return [_Fold(0, np.logical_or.reduce([inside(block, n) for block in part])) for part in parts]


def _without(streams: Sequence[LabeledStream], fold: _Fold) -> list[LabeledStream]:
    """Return what is learned from while a fold is held out."""
    if len(streams) > 1:
        return [other for at, other in enumerate(streams) if at != fold.stream]
    return [streams[0].only(streams[0].known & ~fold.seams)]


def decisions(stream: LabeledStream) -> Mapping[int, bool]:
    """Return the known seams of a stream, as a model is fitted with them."""
    truth = stream.truth
    return {int(seam): bool(truth[seam]) for seam in np.flatnonzero(stream.known)}


def _judged(family: Family, stream: LabeledStream, fold: _Fold, given: LabeledStream | None) -> LearningFigures:
    """Return how a family does on the decided seams of a fold, given the decisions in the rest of the stream."""
    model = model_for(family, stream.evidence).fit(decisions(given) if given else {})
    held = fold.seams & stream.known
    log_odds, truth = model.log_odds[held], stream.truth[held]
    wrong = int(((log_odds > 0) != (truth > 0.5)).sum())
    return LearningFigures(len(log_odds), wrong, float(log_losses(log_odds, truth).mean()) if len(log_odds) else 0.0)


def _pooled(parts: Sequence[LearningFigures]) -> LearningFigures:
    seams = sum(part.seams for part in parts)
    loss = sum(part.log_loss * part.seams for part in parts)
    return LearningFigures(seams, sum(part.wrong for part in parts), loss / seams if seams else 0.0)
