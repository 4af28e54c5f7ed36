"""Simulate the review of one collection to its end, without a database: the truth answers each question, and each
answer updates the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from clustering.engine.collection_model import CollectionModel
from clustering.engine.labeled import LabeledStream
from clustering.engine.queue_order import most_doubtful
from clustering.engine.records import Constraints
from clustering.engine.segmentation import Independent, decode_independent

Floats = npt.NDArray[np.float64]
Predict = Callable[[dict[int, bool]], Floats]
"""Returns the log-odds of all seams, given the decisions."""
Order = Callable[[Independent, set[int]], int]
"""Returns the next seam to ask about, given the decoded collection and the decisions."""

STOP_BELOW = 0.5
"""Expected wrong seams at which a person would stop."""
DOUBTFUL = 0.2
"""Probability of being wrong from which the filter "To check" shows the documents at a seam."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a review after so many answers."""

    answers: int
    seams: Floats
    labels: tuple[int, ...]
    confidence: dict[int, float]
    wrong: int
    expected: float
    """Expected number of wrong seams, by the model."""


@dataclass(slots=True)
class Review:
    """A review from the proposal to a fully right collection."""

    moments: dict[int, Moment] = field(default_factory=dict)
    """By number of answers, for the requested ones."""
    stop: Moment | None = None
    """The first moment with fewer than STOP_BELOW expected wrong seams."""
    looks: int = 0
    corrections: int = 0

    @property
    def acts(self) -> int:
        """Looks, corrections, one bulk confirmation, and one confirmation of the rest."""
        return self.looks + self.corrections + 2


@dataclass(slots=True)
class Visits:
    """A review document by document, to a fully right collection."""

    questions: int = 0
    """Places answered in the queue, one key each."""
    documents: int = 0
    """Documents confirmed, one key each."""
    corrections: int = 0
    """Splits and joins."""
    seen: set[int] = field(default_factory=set)
    """Seams that the person has seen."""

    @property
    def keys(self) -> int:
        """All of these, one bulk confirmation, and one confirmation of the rest."""
        return self.questions + self.documents + self.corrections + 2


def by_model(model: CollectionModel) -> Predict:
    """Return the predictions of a collection's model."""
    return lambda decided: model.fit(decided).log_odds


def queue(decoded: Independent, decided: set[int]) -> int:
    """Ask like the desk's queue: the seam that is most probably wrong."""
    return next(int(seam) for seam in most_doubtful(decoded.seams, ~decoded.boundaries) if int(seam) not in decided)


def scan_order(decoded: Independent, decided: set[int]) -> int:
    """Ask the seams in scan order."""
    return next(seam for seam in range(len(decoded.seams)) if seam not in decided)


def at_random(seed: int) -> Order:
    """Ask a random seam."""
    chance = np.random.default_rng(seed)

    def order(decoded: Independent, decided: set[int]) -> int:
        left = [seam for seam in range(len(decoded.seams)) if seam not in decided]
        return left[int(chance.integers(len(left)))]

    return order


def oracle(stream: LabeledStream) -> Order:
    """Ask a seam that is wrong, the most certain one first: what no queue can know."""
    truth, known = stream.truth > 0.5, stream.known

    def order(decoded: Independent, decided: set[int]) -> int:
        wrong = np.flatnonzero(known & (decoded.boundaries != truth))
        return (
            int(max(wrong, key=lambda seam: abs(decoded.seams[seam] - 0.5))) if len(wrong) else queue(decoded, decided)
        )

    return order


def review(
    stream: LabeledStream,
    predict: Predict,
    *,
    moments: Sequence[int],
    order: Order = queue,
) -> Review:
    """Simulate a review until every sure seam is right, the model expects so too, and all `moments` are reached.

    Looks and corrections count until every sure seam is right for the first time. A seam with truth "?" is answered as
    it is. Answered seams are decided; the rest is decoded again.
    """
    truth, known = stream.truth > 0.5, stream.known
    decided: dict[int, bool] = {}
    played = Review()
    is_done = False
    while True:
        same = frozenset(seam for seam, boundary in decided.items() if not boundary)
        decisions = Constraints(same=same, apart=frozenset(decided.keys() - same))
        decoded = decode_independent(predict(decided), decisions)
        here = _moment(decoded, decided, int((known & (decoded.boundaries != truth)).sum()))
        if here.answers in moments:
            played.moments[here.answers] = here
        if played.stop is None and here.expected < STOP_BELOW:
            played.stop = here
        is_done = is_done or here.wrong == 0
        if (is_done and played.stop and here.answers >= max(moments)) or len(decided) == len(truth):
            break
        seam = order(decoded, set(decided))
        decided[seam] = bool(truth[seam]) if known[seam] else bool(decoded.boundaries[seam])
        if not is_done:
            played.looks += 1
            played.corrections += decided[seam] != bool(decoded.boundaries[seam])
    for answers in moments:
        played.moments.setdefault(answers, here)
    played.stop = played.stop or here
    return played


def review_by_documents(stream: LabeledStream, predict: Predict, *, questions: int) -> Visits:
    """Simulate a review that begins with so many questions of the queue and continues document by document.

    Documents come in scan order as with the desk's filter "To check", repeatedly, each confirmed when its own seams and
    both its ends are right; when the filter shows none, the queue continues. The review ends when every sure seam is
    right. A seam with truth "?" is right as it is.
    """
    truth, known, last = stream.truth > 0.5, stream.known, len(stream.truth) - 1
    decided: dict[int, bool] = {}
    played, page = Visits(), 0
    while True:
        same = frozenset(seam for seam, boundary in decided.items() if not boundary)
        decoded = decode_independent(predict(decided), Constraints(same=same, apart=frozenset(decided.keys() - same)))
        wrong = known & (decoded.boundaries != truth)
        if not wrong.any():
            return played
        right = np.where(known, truth, decoded.boundaries)
        doubtful_seams = np.flatnonzero(np.where(decoded.boundaries, 1 - decoded.seams, decoded.seams) >= DOUBTFUL)
        shown = [at for at in decoded.groups if np.any((doubtful_seams >= at.start - 1) & (doubtful_seams < at.stop))]
        if shown and played.questions >= questions:
            visited = next((at for at in shown if at.start >= page), shown[0])
            ends = np.concatenate([[-1], np.flatnonzero(right), [last + 1]])
            number = int(np.searchsorted(ends, visited.start))
            settled = range(max(int(ends[number - 1]), 0), min(int(ends[number]), last) + 1)
            played.documents += 1
            played.seen |= {*settled, *range(max(visited.start - 1, 0), min(visited.stop, last + 1))}
            page = int(ends[number]) + 1
        else:
            seam = queue(decoded, set(decided))
            settled = range(seam, seam + 1)
            played.questions += 1
            played.seen.add(seam)
        played.corrections += int(wrong[settled].sum())
        decided |= {seam: bool(right[seam]) for seam in settled}


def _moment(decoded: Independent, decided: dict[int, bool], wrong: int) -> Moment:
    labels = np.concatenate([[0], np.cumsum(decoded.boundaries)]).astype(int)
    confidence = {int(labels[a]): float(p) for a, p in zip(decoded.starts, decoded.confidence, strict=True)}
    doubt = np.where(decoded.boundaries, 1 - decoded.seams, decoded.seams)
    return Moment(len(decided), decoded.seams, tuple(labels.tolist()), confidence, wrong, round(float(doubt.sum()), 4))


def acts_by_hand(stream: LabeledStream) -> int:
    """Return the cost by hand: every seam is looked at, every document split off, everything confirmed at once."""
    return len(stream.truth) + int(stream.truth[stream.known].sum()) + 1
