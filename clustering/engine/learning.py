"""Learning from what people settled: weights refitted near those before, and judged on documents they never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine.seams import SeamModel, SeamWeights
from clustering.engine.training import STRENGTH, Stream, blocks_of, fit, inside

Floats = npt.NDArray[np.float64]

FEWEST_SEAMS = 20
"""Decided seams below which nothing can be learned that could also be judged."""
FEWEST_BLOCKS = 2
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


def learn_weights(streams: Sequence[Stream], *, prior: SeamWeights, name: str, strength: float = STRENGTH) -> Learned:
    """Fit weights near the prior on all decided seams of all streams, and judge them out of block.

    A block is a contiguous stretch of whole documents of one stream (`training.blocks_of`); each is judged by weights
    that were fitted without it. With several streams a block is a whole stream: what is asked then is whether others'
    corrections help. Temperature and lengths are the prior's: they are properties of the decoder, not of a seam.
    Raises TooLittle.
    """
    known = sum(int(stream.known.sum()) for stream in streams)
    folds = _folds(streams)
    if known < FEWEST_SEAMS or len(folds) < FEWEST_BLOCKS:
        raise TooLittle(
            f"{known} {'seam is' if known == 1 else 'seams are'} decided, in {len(folds)} "
            f"{'stretch' if len(folds) == 1 else 'stretches'} of documents. Learning takes {FEWEST_SEAMS} seams in "
            f"{FEWEST_BLOCKS}: confirm more groups first."
        )
    before, after, truth = [], [], []
    for number, seams in folds:
        stream = streams[number]
        rest = [other for at, other in enumerate(streams) if at != number] if len(streams) > 1 else []
        trained = rest or [stream.only(stream.known & ~seams)]
        held = stream.known & seams
        old = SeamModel.from_weights(prior, stream.evidence.names)
        new = fit(trained, prior=prior, strength=strength)
        before.append(old.decision_function(stream.evidence.matrix[held]))
        after.append(new.decision_function(stream.evidence.matrix[held]))
        truth.append(stream.truth[held])
    y = np.concatenate(truth)
    model = fit(streams, prior=prior, strength=strength)
    weights = replace(model.weights(name=name, temperature=prior.temperature), extra=prior.extra)
    return Learned(weights, _figures(np.concatenate(before), y), _figures(np.concatenate(after), y), len(folds))


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
