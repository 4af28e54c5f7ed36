"""How the seam model's numbers are made: from what an archivist expects, over pooled collections, to a calibrated
prior.

Three layers, each held to the one before: **expectations**, log-odds set by hand for every fact; the **shipped prior**,
fitted to pooled collections near the expectations; and a **collection's own** weights near the prior (`learning`).
Everything that is measured is measured out of block: folds are contiguous stretches of whole documents.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from clustering.engine.adapting import said
from clustering.engine.evidence import FAMILIES, SOURCES, Evidence
from clustering.engine.seams import SeamModel, SeamWeights
from clustering.engine.segmentation import Decoding, LengthPrior, decode

Floats = npt.NDArray[np.float64]

EXPECTATIONS = Path(__file__).parent / "prior" / "expectations.json"
STRENGTH = 10.0
"""How strongly weights are held to the layer before, in seams: a fact met ten times begins to speak for itself."""
BLOCK = 30
"""Pages a fold holds at least."""
LENGTH_WEIGHT = 0.3
"""Share of the length prior's word that is let through: how long documents are differs most between collections."""
LONGEST = 24
"""Pages up to which every length is told apart."""
SCALES = (0.3, 1.5)
"""How far log-odds are stretched at most where a source is missing."""
TEMPERATURES = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.8, 2.2)


@dataclass(frozen=True, slots=True)
class Stream:
    """Evidence of one collection with the truth."""

    evidence: Evidence
    starts: tuple[str, ...]
    """1, 0 or ? a page."""
    weight: float = 1.0
    """How much each of its seams counts."""

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """(n - 1,) seams that are sure."""
        return np.array([start != "?" for start in self.starts[1:]], dtype=bool)

    @property
    def truth(self) -> Floats:
        """(n - 1,) 1 for a boundary."""
        return np.array([start == "1" for start in self.starts[1:]], dtype=np.float64)

    @property
    def lengths(self) -> list[int]:
        """Pages of the documents, those after a "?" counted with the one before."""
        first = [i for i, start in enumerate(self.starts) if start == "1" or i == 0] + [len(self.starts)]
        return [b - a for a, b in pairwise(first)]

    @property
    def settled_lengths(self) -> list[int]:
        """Pages of the documents all of whose seams are sure, those at both ends among them."""
        marks = [*self.starts, "1"]
        first = [i for i, start in enumerate(marks) if start == "1" or i == 0]
        return [b - a for a, b in pairwise(first) if "?" not in marks[a + 1 : b]]

    def only(self, seams: npt.NDArray[np.bool_]) -> Stream:
        """The same stream with all other seams unknown."""
        kept = [self.starts[0] if self.starts else "1"]
        kept += [start if keep else "?" for start, keep in zip(self.starts[1:], seams, strict=True)]
        return replace(self, starts=tuple(kept))


def expectations() -> SeamWeights:
    """The log-odds set by hand."""
    return SeamWeights.from_json(json.loads(EXPECTATIONS.read_text(encoding="utf-8")))


def blocks_of(starts: Sequence[str], *, size: int = BLOCK) -> list[range]:
    """Contiguous folds of at least `size` pages, cut at sure starts of documents only."""
    cuts = [0]
    for i, start in enumerate(starts):
        if start == "1" and i - cuts[-1] >= size:
            cuts.append(i)
    if len(cuts) > 1 and len(starts) - cuts[-1] < size:
        cuts.pop()
    return [range(a, b) for a, b in zip(cuts, [*cuts[1:], len(starts)], strict=True)]


def inside(block: range, pages: int) -> npt.NDArray[np.bool_]:
    """(pages - 1,) seams between pages of the block, and the one before it."""
    mask = np.zeros(max(pages - 1, 0), dtype=bool)
    mask[max(block.start - 1, 0) : block.stop - 1] = True
    return mask


def fit(streams: Sequence[Stream], *, prior: SeamWeights, strength: float = STRENGTH) -> SeamModel:
    """One model over all sure seams of all streams."""
    names, signs = streams[0].evidence.names, streams[0].evidence.signs
    known = [stream.known for stream in streams]
    X = np.concatenate([stream.evidence.matrix[k] for stream, k in zip(streams, known, strict=True)])
    y = np.concatenate([stream.truth[k] for stream, k in zip(streams, known, strict=True)])
    weight = np.concatenate([np.full(int(k.sum()), s.weight) for s, k in zip(streams, known, strict=True)])
    model = SeamModel(strength=strength, signs=[int(s) for s in signs])
    return model.fit(X, y, names=names, prior=prior, sample_weight=weight)


def length_prior(streams: Sequence[Stream], *, weight: float = LENGTH_WEIGHT) -> LengthPrior:
    """What lengths say beyond how often documents end, toned down."""
    return shape_of([length for stream in streams for length in stream.lengths], weight=weight)


def shape_of(lengths: Sequence[int], *, weight: float = LENGTH_WEIGHT) -> LengthPrior:
    """The same of lengths; flat where they say nothing."""
    if not lengths or max(lengths) < 2 or weight == 0:
        return LengthPrior.flat()
    shape = LengthPrior.from_lengths(lengths, longest=LONGEST).beyond_chance(float(np.mean(lengths)))
    return LengthPrior(tuple(weight * x for x in shape.table), weight * shape.tail)


@dataclass(frozen=True, slots=True)
class Held:
    """Out-of-block results of one stream."""

    odds: Floats
    """(n - 1,) log-odds of the seam model."""
    marginals: Floats
    """(n - 1,) of the decoder."""
    labels: tuple[int, ...]
    """(n,) proposed document of each page."""
    confidence: dict[int, float]
    """Per label the chance that the document is exactly right."""


def decoded(odds: Floats, lengths: LengthPrior, temperature: float) -> Decoding:
    """Decode a stream without constraints."""
    return decode(odds, lengths=lengths, temperature=temperature)


def group_loss(decoding: Decoding, starts: Sequence[str]) -> tuple[float, int]:
    """Summed log loss of "exactly right" over the proposed documents, and their number. A "?" agrees with either."""
    total = 0.0
    for group, p in zip(decoding.groups, decoding.confidence, strict=True):
        opens = group.start == 0 or starts[group.start] != "0"
        closes = group.stop == len(starts) or starts[group.stop] != "0"
        right = opens and closes and all(starts[page] != "1" for page in group[1:])
        p = float(np.clip(p, 0.005, 0.995))
        total -= np.log(p if right else 1 - p)
    return total, len(decoding.groups)


@dataclass(frozen=True, slots=True)
class Fold:
    """A block held out, and what was learned without it."""

    stream: Stream
    block: range
    model: SeamModel
    lengths: LengthPrior


def folds_of(
    streams: Sequence[Stream], *, prior: SeamWeights, others: Sequence[Stream] = (), strength: float = STRENGTH
) -> list[Fold]:
    """Every block of every stream with the model of all the rest. `others` are always trained on."""
    found = []
    for stream in streams:
        for block in blocks_of(stream.starts):
            seams = inside(block, len(stream.starts))
            rest = [stream.only(~seams), *(s for s in streams if s is not stream), *others]
            found.append(Fold(stream, block, fit(rest, prior=prior, strength=strength), length_prior(rest)))
    return found


def folds_without(
    stream: Stream, block: range, *, prior: SeamWeights, others: Sequence[Stream] = (),
    keep: npt.NDArray[np.bool_] | None = None, strength: float = STRENGTH,
) -> list[Fold]:  # fmt: skip
    """`folds_of` while a block of a stream is held out of everything: its other blocks, and those of the `others`.

    `keep` (n - 1,) limits the seams of the stream that may be learned from, as in `cross_validate`.
    """
    n = len(stream.starts)
    seen = ~inside(block, n) if keep is None else ~inside(block, n) & keep
    found = folds_of(others, prior=prior, others=[stream.only(seen)], strength=strength)
    for other in blocks_of(stream.starts):
        if other != block:
            rest = [stream.only(seen & ~inside(other, n)), *others]
            found.append(Fold(stream, other, fit(rest, prior=prior, strength=strength), length_prior(rest)))
    return found


def best_temperature(
    streams: Sequence[Stream], *, prior: SeamWeights, others: Sequence[Stream] = (), strength: float = STRENGTH
) -> float:
    """The temperature with the least out-of-block log loss of whole documents. `others` are always trained on."""
    return temperature_of(folds_of(streams, prior=prior, others=others, strength=strength))


def temperature_of(folds: Sequence[Fold]) -> float:
    """The same from folds that are there already; 1.0 without any."""
    parts = []
    for fold in folds:
        seams = slice(fold.block.start, fold.block.stop - 1)
        odds = fold.model.decision_function(fold.stream.evidence.matrix[seams])
        parts.append((odds, fold.lengths, fold.stream.starts[fold.block.start : fold.block.stop], fold.stream.weight))

    def loss(temperature: float) -> float:
        return sum(w * group_loss(decoded(o, lengths, temperature), starts)[0] for o, lengths, starts, w in parts)

    return min(TEMPERATURES, key=loss) if parts else 1.0


def shipped(streams: Sequence[Stream], *, name: str, strength: float = STRENGTH) -> SeamWeights:
    """The weights to ship: fitted near the expectations on all streams, temperature out of block, lengths toned
    down."""
    return _weights_of(streams, folds_of(streams, prior=expectations(), strength=strength), name, strength)


def crossed(stream: Stream, block: range, *, others: Sequence[Stream], name: str) -> SeamWeights:
    """The weights that would be shipped had nobody ever seen this block: all that `shipped` does, without it."""
    rest = stream.only(~inside(block, len(stream.starts)))
    folds = folds_without(stream, block, prior=expectations(), others=others)
    return _weights_of([rest, *others], folds, name, STRENGTH)


def _weights_of(streams: Sequence[Stream], folds: Sequence[Fold], name: str, strength: float) -> SeamWeights:
    model = fit(streams, prior=expectations(), strength=strength)
    lengths, temperature = length_prior(streams), temperature_of(folds)
    extra: dict[str, Any] = {
        "lengths": [round(x, 4) for x in lengths.table],
        "tail": round(lengths.tail, 4),
        "without": {
            source: [round(x, 4) for x in line_without(source, folds, temperature=temperature)]
            for source in SOURCES
            if folds
        },
    }
    weights = model.weights(name=name, temperature=temperature, extra=extra)
    return replace(weights, extra={**extra, "usual": usual_of(weights, streams)})


def usual_of(weights: SeamWeights, streams: Sequence[Stream]) -> dict[str, float]:
    """What each family of evidence says on average in the collections of the training, by pages and weight."""
    told = [(said(weights, stream.evidence), stream.weight * stream.evidence.pages) for stream in streams]
    total = sum(share for _, share in told)
    return {family: round(sum(each[family] * share for each, share in told) / total, 4) for family in FAMILIES}


def line_without(source: str, folds: Sequence[Fold], *, temperature: float = 1.0) -> tuple[float, float]:
    """(scale, shift) of the log-odds that is most likely where a source is missing (Platt 1999), out of block.

    Fitted on pages held out with that source's facts silenced, by weights that learned with all facts on the
    other pages: the case of a collection that has not been read yet. The temperature by which log-odds are divided
    later is not made up for twice.
    """
    odds, truth, weight = [], [], []
    for fold in folds:
        stream = fold.stream
        held = inside(fold.block, len(stream.starts)) & stream.known
        odds.append(fold.model.decision_function(stream.evidence.without_source(source).matrix[held]))
        truth.append(stream.truth[held])
        weight.append(np.full(int(held.sum()), stream.weight))
    scale, shift = straight_line(np.concatenate(odds) / temperature, np.concatenate(truth), np.concatenate(weight))
    return scale, shift * temperature


def straight_line(odds: Floats, truth: Floats, weight: Floats, *, held: float = 2.0) -> tuple[float, float]:
    """The scale (within SCALES) and shift of log-odds under which what happened is most likely, held to (1, 0) as by
    so many seams."""

    def loss(theta: Floats) -> float:
        margin = theta[0] * odds + theta[1]
        data = float(np.sum(weight * (np.logaddexp(0, margin) - truth * margin)))
        return data + held * float((theta[0] - 1) ** 2 / 2 + theta[1] ** 2 / 8)

    found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[SCALES, (-3.0, 3.0)])
    return float(found.x[0]), float(found.x[1])


def cross_validate(
    stream: Stream, *, others: Sequence[Stream] = (), prior: SeamWeights | None = None, strength: float = STRENGTH,
    keep: npt.NDArray[np.bool_] | None = None, length_weight: float = LENGTH_WEIGHT,
) -> Held:  # fmt: skip
    """Propose every block by a model that never saw it; temperature tuned inside, on the other blocks only.

    `others` are further streams to train on; `keep` (n - 1,) limits the seams of this stream that may be learned from.
    """
    prior = prior or expectations()
    n = len(stream.starts)
    odds, marginals, boundary = np.zeros(n - 1), np.zeros(n - 1), np.zeros(n - 1, dtype=bool)
    sure: list[tuple[int, float]] = []
    for block in blocks_of(stream.starts):
        seams = inside(block, n)
        rest = stream.only(~seams & keep) if keep is not None else stream.only(~seams)
        trained = [rest, *others]
        model = fit(trained, prior=prior, strength=strength)
        inner = folds_without(stream, block, prior=prior, others=others, keep=keep, strength=strength)
        temperature = temperature_of(inner)
        odds[seams] = model.decision_function(stream.evidence.matrix)[seams]
        found = decoded(odds[block.start : block.stop - 1], length_prior(trained, weight=length_weight), temperature)
        marginals[block.start : block.stop - 1] = found.seams
        boundary[block.start : block.stop - 1] = found.boundaries
        if block.start:
            # The seam before a block is left to the seam model: the blocks are cut where documents end for sure.
            marginals[block.start - 1] = 1 / (1 + np.exp(-odds[block.start - 1] / temperature))
            boundary[block.start - 1] = odds[block.start - 1] > 0
        sure += [(block.start + g.start, float(p)) for g, p in zip(found.groups, found.confidence, strict=True)]
    labels = np.concatenate([[0], np.cumsum(boundary)]).astype(int)
    confidence: dict[int, float] = {}
    for page, p in sure:
        label = int(labels[page])
        confidence[label] = confidence.get(label, 1.0) * p
    return Held(odds, marginals, tuple(int(x) for x in labels), confidence)
