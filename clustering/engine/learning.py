"""Learning from what people settled: weights refitted near those before, and judged on documents they never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine.adapting import adapted
from clustering.engine.seams import SeamModel, SeamWeights
from clustering.engine.training import STRENGTH, Stream, blocks_of, fit, inside, straight_line

Floats = npt.NDArray[np.float64]

FEWEST_SEAMS = 20
"""Decided seams below which nothing can be learned that could also be judged."""
FEWEST_BLOCKS = 2
STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0)
"""How strongly weights may be held to the prior, in seams: from a collection of its own kind to one like all others."""
HESITATION = 0.5
"""Nats, over all blocks held out, by which a weaker hold must be better than a stronger one."""
LINE_HELD = 10.0
"""Seams as by which scale and shift of the prior's log-odds are held to what they were."""
CLIP = 1e-4
"""Probabilities are held this far from 0 and 1, so that one surprise does not outweigh a whole collection."""


class TooLittle(ValueError):
    """There is not enough ground truth. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good weights are on decided seams that they were not fitted on."""

    seams: int
    wrong: int
    """Seams at which the likelier answer is not the true one."""
    log_loss: float
    """Mean over the seams, in nats."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"seams": self.seams, "wrong": self.wrong, "log_loss": round(self.log_loss, 5)}


@dataclass(frozen=True, slots=True)
class Learned:
    """New weights, with both sides of the comparison."""

    weights: SeamWeights
    before: Figures
    after: Figures
    blocks: int
    strength: float = STRENGTH
    """How near to the prior it was held."""

    @property
    def is_better(self) -> bool:
        """Better calibrated on documents held out, and wrong at no more seams of them."""
        return self.after.log_loss < self.before.log_loss and self.after.wrong <= self.before.wrong

    @property
    def verdict(self) -> str:
        """Why it is taken, or is not."""
        compared = (
            f"On {self.after.seams} decided seams held out in {self.blocks} blocks it is wrong at {self.after.wrong} "
            f"instead of {self.before.wrong}, with a log loss of {self.after.log_loss:.3f} instead of "
            f"{self.before.log_loss:.3f}"
        )
        if self.is_better:
            return f"{compared}: taken."
        if self.after.wrong > self.before.wrong:
            return f"{compared}: not taken, since it would get more seams wrong."
        return f"{compared}: not taken, since it would be no surer of what is right."


def learn_weights(
    streams: Sequence[Stream], *, prior: SeamWeights, name: str, strength: float | None = None
) -> Learned:
    """Fit weights near the prior on all decided seams of all streams, and judge them out of block.

    How near is asked of the decided seams themselves: of STRENGTHS the one that foretells documents held out best
    (`chosen_strength`), unless `strength` is given. A block is a contiguous stretch of whole documents of one stream
    (`training.blocks_of`); each is judged by weights that were fitted, and whose strength was chosen, without it. With
    several streams a block is a whole stream: what is asked then is whether others' corrections help. Lengths are the
    prior's; so is the temperature. Raises TooLittle.
    """
    known = sum(int(stream.known.sum()) for stream in streams)
    folds = _folds(streams)
    if known < FEWEST_SEAMS or len(folds) < FEWEST_BLOCKS:
        raise TooLittle(
            f"{known} {'seam is' if known == 1 else 'seams are'} decided, in {len(folds)} "
            f"{'stretch' if len(folds) == 1 else 'stretches'} of documents. Learning takes {FEWEST_SEAMS} seams in "
            f"{FEWEST_BLOCKS}: confirm more groups first."
        )
    prior = _settled(prior, streams)
    before, after, truth = [], [], []
    for fold in folds:
        stream, held = streams[fold[0]], streams[fold[0]].known & fold[1]
        trained = _without_fold(streams, fold)
        new = _taught(trained, prior=prior, strength=strength or chosen_strength(trained, prior=prior))
        before.append(_odds(stream, held, prior))
        after.append(_odds(stream, held, new))
        truth.append(stream.truth[held])
    y = np.concatenate(truth)
    final = strength or chosen_strength(streams, prior=prior)
    weights = replace(_taught(streams, prior=prior, strength=final), name=name, temperature=prior.temperature)
    return Learned(weights, _figures(np.concatenate(before), y), _figures(np.concatenate(after), y), len(folds), final)


def chosen_strength(streams: Sequence[Stream], *, prior: SeamWeights) -> float:
    """Of STRENGTHS the one under which blocks held out are least surprising; the strongest where none can be held out.

    Ties and near ties go to the stronger one: to move away from the prior takes evidence of HESITATION nats in all.
    """
    folds = _folds(streams)
    if len(folds) < FEWEST_BLOCKS:
        return STRENGTHS[-1]
    losses = []
    for strength in STRENGTHS:
        total = 0.0
        for fold in folds:
            stream, held = streams[fold[0]], streams[fold[0]].known & fold[1]
            new = _taught(_without_fold(streams, fold), prior=prior, strength=strength)
            total += _figures(_odds(stream, held, new), stream.truth[held]).log_loss * int(held.sum())
        losses.append(total)
    least = min(losses)
    return max(each for each, loss in zip(STRENGTHS, losses, strict=True) if loss <= least + HESITATION)


def _taught(streams: Sequence[Stream], *, prior: SeamWeights, strength: float) -> SeamWeights:
    """The prior as it is worth here (`straight_line`), then moved fact by fact near that."""
    known = [(stream, stream.known) for stream in streams]
    odds = np.concatenate([_odds(stream, held, prior) for stream, held in known])
    truth = np.concatenate([stream.truth[held] for stream, held in known])
    weight = np.concatenate([np.full(int(held.sum()), stream.weight) for stream, held in known])
    scale, shift = straight_line(odds, truth, weight, held=LINE_HELD)
    leaned = replace(
        prior,
        weights={name: scale * value for name, value in prior.weights.items()},
        intercept=scale * prior.intercept + shift,
    )
    model = fit(streams, prior=leaned, strength=strength)
    return model.weights(name=prior.name, temperature=prior.temperature, extra=prior.extra)


def _settled(prior: SeamWeights, streams: Sequence[Stream]) -> SeamWeights:
    """The prior as it holds for these streams (`adapting`) where they lack the same, so that it is not made up for
    twice."""
    absent = streams[0].evidence.absent if streams else frozenset()
    if not absent or any(stream.evidence.absent != absent for stream in streams):
        return prior
    extra = dict(prior.extra or {})
    extra["without"] = {source: line for source, line in extra.get("without", {}).items() if source not in absent}
    return replace(adapted(prior, streams[0].evidence), extra=extra)


def _without_fold(streams: Sequence[Stream], fold: tuple[int, npt.NDArray[np.bool_]]) -> list[Stream]:
    """What is learned from while a block is held out."""
    number, seams = fold
    if len(streams) > 1:
        return [other for at, other in enumerate(streams) if at != number]
    return [streams[number].only(streams[number].known & ~seams)]


def _odds(stream: Stream, held: npt.NDArray[np.bool_], weights: SeamWeights) -> Floats:
    model = SeamModel.from_weights(weights, stream.evidence.names)
    return model.decision_function(stream.evidence.matrix[held])


def _folds(streams: Sequence[Stream]) -> list[tuple[int, npt.NDArray[np.bool_]]]:
    """(number of the stream, seams of the block) for each block that holds decided seams."""
    if len(streams) > 1:
        return [(at, stream.known) for at, stream in enumerate(streams) if stream.known.any()]
    folds = []
    for number, stream in enumerate(streams):
        for block in blocks_of(stream.starts):
            seams = inside(block, len(stream.starts))
            if (seams & stream.known).any():
                folds.append((number, seams))
    return folds


def _figures(odds: Floats, truth: Floats) -> Figures:
    p = np.clip(1 / (1 + np.exp(-odds)), CLIP, 1 - CLIP)
    loss = -np.mean(truth * np.log(p) + (1 - truth) * np.log(1 - p)) if len(truth) else 0.0
    return Figures(len(truth), int(((odds > 0) != (truth > 0.5)).sum()), float(loss))
