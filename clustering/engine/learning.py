"""Learning from what people settled: weights refitted near those before, and judged on documents they never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from clustering.engine.adapting import adapted, belief, lengths_of
from clustering.engine.evidence import Evidence
from clustering.engine.records import Constraints
from clustering.engine.seams import SeamModel, SeamWeights
from clustering.engine.segmentation import LengthPrior
from clustering.engine.segmentation.constraints import hard_seams
from clustering.engine.training import LONGEST, STRENGTH, Stream, blocks_of, fit, inside, shape_of, straight_line

Floats = npt.NDArray[np.float64]

FEWEST_SEAMS = 20
"""Decided seams below which nothing can be learned that could also be judged."""
FEWEST_BLOCKS = 2
MOST_BLOCKS = 10
"""Blocks that are held out one after the other, however much is confirmed: within each of them as many are again, so
the work grows with their square."""
STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0)
"""How strongly weights may be held to the prior, in seams: from a collection of its own kind to one like all others."""
HESITATION = 0.5
"""Nats, over all blocks held out, by which a weaker hold must be better than a stronger one."""
LINE_HELD = 10.0
"""Seams as by which scale and shift of the prior's log-odds are held to what they were."""
LENGTHS_HELD = 30.0
"""Documents as which the prior's word on lengths counts."""
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


def decided_stream(evidence: Evidence, constraints: Constraints) -> Stream:
    """The evidence of a stream with what people decided about its seams; all others are unknown."""
    forced, forbidden = hard_seams(evidence.pages, constraints)
    marks = ["1" if boundary else "0" if same else "?" for boundary, same in zip(forced, forbidden, strict=True)]
    return Stream(evidence, ("1", *marks)[: evidence.pages])


def learn_weights(
    streams: Sequence[Stream], *, prior: SeamWeights, name: str, strength: float | None = None
) -> Learned:
    """Fit weights near the prior on all decided seams of all streams, and judge them out of block.

    How near is asked of the decided seams themselves: of STRENGTHS the one that foretells documents held out best
    (`chosen_strength`), unless `strength` is given. Documents that are settled whole have a say in how long documents
    are (`_lengths`). Some contiguous stretches of whole documents are held out one after the other (`_folds`); each is
    proposed by weights that were fitted, and whose strength was chosen, without it, and judged as proposed. With
    several streams a whole stream is held out: what is asked then is whether others' corrections help. The
    temperature is the prior's. Raises TooLittle.
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
    before, after = [], []
    for fold in folds:
        trained = _without_fold(streams, fold)
        new = _taught(trained, prior=prior, strength=strength or chosen_strength(trained, prior=prior))
        before.append(_proposed(streams[fold.stream], fold, prior))
        after.append(_proposed(streams[fold.stream], fold, new))
    final = strength or chosen_strength(streams, prior=prior)
    weights = replace(_taught(streams, prior=prior, strength=final), name=name, temperature=prior.temperature)
    return Learned(weights, _pooled(before), _pooled(after), len(folds), final)


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
            stream = streams[fold.stream]
            held = fold.seams & stream.known
            new = _taught(_without_fold(streams, fold), prior=prior, strength=strength)
            total += float(_losses(expit(_odds(stream, held, new)), stream.truth[held]).sum())
        losses.append(total)
    least = min(losses)
    return max(each for each, loss in zip(STRENGTHS, losses, strict=True) if loss <= least + HESITATION)


def _taught(streams: Sequence[Stream], *, prior: SeamWeights, strength: float) -> SeamWeights:
    """The prior as it is worth here (`straight_line`), then moved fact by fact near that; with the lengths met here."""
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
    return model.weights(name=prior.name, temperature=prior.temperature, extra=_lengths(streams, prior))


def _lengths(streams: Sequence[Stream], prior: SeamWeights) -> dict[str, Any]:
    """What the prior knows beside its weights, with the lengths of settled documents mixed in: so many documents here
    against LENGTHS_HELD of the prior's."""
    met = [length for stream in streams for length in stream.settled_lengths]
    before, here = lengths_of(prior) or LengthPrior.flat(), shape_of(met)
    share = len(met) / (len(met) + LENGTHS_HELD)
    table = (1 - share) * before.log_probabilities(LONGEST) + share * here.log_probabilities(LONGEST)
    tail = (1 - share) * before.tail + share * here.tail
    return {**(prior.extra or {}), "lengths": [round(float(x), 4) for x in table], "tail": round(tail, 4)}


def _settled(prior: SeamWeights, streams: Sequence[Stream]) -> SeamWeights:
    """The prior as it holds for these streams (`adapting`) where they lack the same, so that it is not made up for
    twice."""
    absent = streams[0].evidence.absent if streams else frozenset()
    if not absent or any(stream.evidence.absent != absent for stream in streams):
        return prior
    extra = dict(prior.extra or {})
    extra["without"] = {source: line for source, line in extra.get("without", {}).items() if source not in absent}
    return replace(adapted(prior, streams[0].evidence), extra=extra)


@dataclass(frozen=True, slots=True)
class _Fold:
    """What is held out at a time: blocks of one stream."""

    stream: int
    blocks: tuple[range, ...]
    seams: npt.NDArray[np.bool_]
    """(n - 1,) seams of the blocks, and those before them."""


def _folds(streams: Sequence[Stream]) -> list[_Fold]:
    """Every stream with decided seams; of a single one MOST_BLOCKS stretches at most, of about as many blocks each."""
    if len(streams) > 1:
        return [
            _Fold(at, (range(len(stream.starts)),), stream.known)
            for at, stream in enumerate(streams)
            if stream.known.any()
        ]
    if not streams:
        return []
    n, sure = len(streams[0].starts), streams[0].known
    known = [block for block in blocks_of(streams[0].starts) if (inside(block, n) & sure).any()]
    count = min(len(known), MOST_BLOCKS)
    parts = [known[len(known) * k // count : len(known) * (k + 1) // count] for k in range(count)]
    return [_Fold(0, tuple(part), np.logical_or.reduce([inside(block, n) for block in part])) for part in parts]


def _without_fold(streams: Sequence[Stream], fold: _Fold) -> list[Stream]:
    """What is learned from while a fold is held out."""
    if len(streams) > 1:
        return [other for at, other in enumerate(streams) if at != fold.stream]
    return [streams[0].only(streams[0].known & ~fold.seams)]


def _odds(stream: Stream, held: npt.NDArray[np.bool_], weights: SeamWeights) -> Floats:
    model = SeamModel.from_weights(weights, stream.evidence.names)
    return model.decision_function(stream.evidence.matrix[held])


def _proposed(stream: Stream, fold: _Fold, weights: SeamWeights) -> Figures:
    """How the decoder does on the decided seams of a fold. Blocks begin where documents do, and that is not asked."""
    wrong, losses = 0, []
    for block in fold.blocks:
        seams = slice(block.start, block.stop - 1)
        sure, truth = stream.known[seams], stream.truth[seams]
        found = belief(stream.evidence, weights, block)
        wrong += int((found.boundaries[sure] != (truth[sure] > 0.5)).sum())
        losses.append(_losses(found.seams[sure], truth[sure]))
    loss = np.concatenate(losses)
    return Figures(len(loss), wrong, float(loss.mean()) if len(loss) else 0.0)


def _losses(probability: Floats, truth: Floats) -> Floats:
    """(seams,) nats."""
    p = np.clip(probability, CLIP, 1 - CLIP)
    return np.asarray(-np.log(np.where(truth > 0.5, p, 1 - p)))


def _pooled(parts: Sequence[Figures]) -> Figures:
    seams = sum(part.seams for part in parts)
    loss = sum(part.log_loss * part.seams for part in parts)
    return Figures(seams, sum(part.wrong for part in parts), loss / seams if seams else 0.0)
