"""Learn a family from archives with known documents: a mixed-effects logistic regression.

Each archive has weights that deviate from common ones. Both are found together, as the most probable ones under normal
priors; the uncertainty of the common ones is Laplace's approximation. All settings, such as how much archives differ
and how strongly the common weights are held to their start, are those that best predict archives left out, before and
after a few answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, minimize
from scipy.special import expit

from clustering.engine.collection_model import CollectionModel
from clustering.engine.collection_prior import model_for, rarity, strangeness
from clustering.engine.evidence import SOURCES, Evidence
from clustering.engine.family import ALONE, FactPrior, Family
from clustering.engine.labeled import LabeledStream

Floats = npt.NDArray[np.float64]

ANSWERS = (0, 10, 20, 40, 80)
"""Numbers of answers after which archives left out are predicted; the loss is the mean over these."""
ROUND = 10
"""Questions between two fits: the most doubtful ones, but DRAWN at random in the first round."""
DRAWN = 3
DRAWS = 6
"""Times that these are drawn again."""
HELD = 1e-3
"""Standard deviation of the common weights of habits, which stay near 0."""
FIRST_INTERCEPT_SPREAD = 2.0
"""Standard deviation of the common intercept around its start: almost free."""
ELSEWHERE = (1.0, 300.0)
"""Limits of `Family.elsewhere`: archives always differ, but never completely."""
SMALL = 1e-9
CLIP = 1e-4
"""Probabilities are kept this far from 0 and 1, so that one surprise doesn't outweigh an archive."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Settings, chosen by leaving archives out. Spreads are standard deviations in log-odds per unit of a fact."""

    start: float = 0.7
    """Share of the starting weights that the common ones are held to; 0 holds them to 0."""
    looseness: float = 0.4
    """Standard deviation of the common weights around that."""
    difference: float = 0.4
    """Standard deviation of an archive's weights around the common ones."""
    intercept: float = 2.0
    """The same for the intercept."""
    habit: float = 1.0
    """The same for habits, whose common weights are 0."""
    traits: float = 1.5
    sharpness: float = 1.0
    answered_sharpness: float = 1.4
    neighbor: float = -0.5
    surprise: float = 0.0
    telling: float = 0.0
    self_training: float = 0.0
    unread: float = 0.5
    """Weight of the copy of the training seams in which no page could be read."""
    elsewhere: float | None = None
    """`Family.elsewhere`; None: estimated from the archives."""


OPTIONS: dict[str, tuple[float, ...]] = {
    "start": (0.0, 0.4, 0.7, 1.0),
    "looseness": (0.3, 0.5),
    "difference": (0.2, 0.4, 0.6),
    "intercept": (1.0, 2.0, 3.0),
    "habit": (0.5, 1.0, 2.0),
    "traits": (0.0, 1.0, 1.5, 2.0),
    "sharpness": (1.0, 1.4, 1.8, 2.2, 2.6, 3.0, 3.4, 3.8, 4.2),
    "answered_sharpness": (1.0, 1.4, 1.8, 2.2, 2.6),
    "neighbor": (0.0, -0.25, -0.5, -1.0),
    "unread": (0.0, 0.5, 1.0),
}
"""Values to try for each setting. One is changed at a time, starting from `Choice()`."""
SURPRISE = (0.0, 0.5, 1.0)
"""Values of `surprise`, chosen after all others so that it doesn't influence them; any gain counts."""
TELLING = (0.0, 0.3, 0.6, 1.0, 1.5, 2.0)
"""Values of `telling`, chosen after the others, by first proposals; any gain counts. SCALES are chosen again after
it."""
SELF_TRAINING = (0.0, 0.1, 0.3, 1.0)
"""Values of `self_training`, chosen last so that it influences no other, by first proposals; any gain counts."""
HESITATION = 0.01
"""Nats per seam that a change must gain: with a handful of archives, less is chance."""
FIRST = frozenset({"sharpness"})
"""Settings of the first proposal, chosen by its predictions: after answers, they hardly matter."""
SCALES = FIRST | {"answered_sharpness"}
"""Settings for which any gain counts: they scale certainty, which every seam of every archive measures."""


def learn_family(
    streams: Sequence[LabeledStream],
    *,
    start: Mapping[str, float],
    intercept: float,
    name: str,
    choice: Choice | None = None,
) -> Family:
    """Learn a family from archives.

    Parameters
    ----------
    streams : sequence of LabeledStream
        One per archive, all with the same facts.
    start : mapping of str to float
        Log-odds per unit of each fact at which the common weights start; 0 for missing facts.
    intercept : float
        Log-odds of a boundary without any fact, to start with.
    name : str
        Name of the family, as in proposals.
    choice : Choice, optional
        None: chosen by leaving archives out (`choose`).

    Raises
    ------
    ValueError
        Without a stream.
    """
    if not streams:
        raise ValueError("A family is learned from at least one archive.")
    settled = choice or choose(streams, start=start, intercept=intercept)
    family = _fitted(streams, settled, start=start, intercept=intercept, name=name)
    return replace(family, usual_strangeness=_usual(streams, family))


def choose(streams: Sequence[LabeledStream], *, start: Mapping[str, float], intercept: float) -> Choice:
    """Return the settings that best predict archives left out; the defaults for fewer than two archives.

    Coordinate descent over OPTIONS, at most twice; a change must gain HESITATION, except for SCALES.
    """
    best = Choice()
    if len(streams) < 2:
        return best
    known: dict[tuple[Choice, bool], float] = {}

    def loss(choice: Choice, *, first: bool = False) -> float:
        if (choice, first) not in known:
            known[choice, first] = left_out_loss(streams, choice, start=start, intercept=intercept, first=first)
        return known[choice, first]

    for _ in range(2):
        before = best
        for setting, values in OPTIONS.items():
            weighed = partial(loss, first=setting in FIRST)
            options = [replace(best, **{setting: value}) for value in values]
            winner = min(options, key=weighed)
            least = 0.0 if setting in SCALES else HESITATION
            best = winner if weighed(winner) < weighed(best) - least else best
        if best == before:
            break
    best = min((replace(best, telling=value) for value in TELLING), key=partial(loss, first=True))
    for setting in sorted(SCALES):
        options = [replace(best, **{setting: value}) for value in OPTIONS[setting]]
        best = min(options, key=partial(loss, first=setting in FIRST))
    best = min((replace(best, surprise=value) for value in SURPRISE), key=loss)
    return min((replace(best, self_training=value) for value in SELF_TRAINING), key=partial(loss, first=True))


def left_out_loss(
    streams: Sequence[LabeledStream], choice: Choice, *, start: Mapping[str, float], intercept: float, first: bool
) -> float:
    """Return the mean log loss, in nats per seam, over archives left out: of the `first` proposal, or over ANSWERS."""
    loss_of = first_loss if first else lambda *given: answered_losses(*given).mean()
    left_out = _left_out(streams, choice, start=start, intercept=intercept)
    return float(np.mean([loss_of(family, stream) for family, stream in left_out]))


def _left_out(
    streams: Sequence[LabeledStream], choice: Choice, *, start: Mapping[str, float], intercept: float
) -> Iterator[tuple[Family, LabeledStream]]:
    """Yield each archive with the family of all others, including how strange these are to each other."""
    for at, stream in enumerate(streams):
        rest = [other for index, other in enumerate(streams) if index != at]
        family = _fitted(rest, choice, start=start, intercept=intercept, name="")
        yield replace(family, usual_strangeness=_usual(rest, family)), stream


def first_loss(family: Family, stream: LabeledStream) -> float:
    """Return the mean log loss, in nats per sure seam, before any answer."""
    log_odds = model_for(family, stream.evidence).fit({}).log_odds
    return float(log_losses(log_odds[stream.known], stream.truth[stream.known]).mean())


def answered_losses(family: Family, stream: LabeledStream) -> Floats:
    """Return (DRAWS, len(ANSWERS)) the log loss, in nats per sure seam, of the seams not yet answered.

    Answered seams cost nothing, so that a model isn't rewarded for asking what it would have known.
    """
    model = model_for(family, stream.evidence)
    sure, truth = np.flatnonzero(stream.known), stream.truth
    losses = np.zeros((DRAWS, len(ANSWERS)))
    for draw in range(DRAWS):
        for moment, (log_odds, decided) in enumerate(_reviewed(model, stream, draw)):
            left = np.array([seam for seam in sure if int(seam) not in decided], dtype=np.intp)
            losses[draw, moment] = log_losses(log_odds[left], truth[left]).sum() / max(len(sure), 1)
    return losses


def _reviewed(model: CollectionModel, stream: LabeledStream, draw: int) -> Iterator[tuple[Floats, dict[int, bool]]]:
    """Yield log-odds and decisions after each of ANSWERS; the model is fitted after every ROUND of them."""
    sure, truth = np.flatnonzero(stream.known), stream.truth
    chance = np.random.default_rng(draw)
    decided: dict[int, bool] = {}
    for answers in range(0, ANSWERS[-1] + 1, ROUND):
        log_odds = model.fit(decided).log_odds
        if answers in ANSWERS:
            yield log_odds, decided
        left = np.array([seam for seam in sure if int(seam) not in decided], dtype=np.intp)
        drawn = chance.permutation(left)[: DRAWN if not answers else 0]
        doubtful = left[np.argsort(np.abs(log_odds[left]), kind="stable")]
        asked = list(dict.fromkeys([*drawn.tolist(), *doubtful.tolist()]))[:ROUND]
        decided = decided | {seam: bool(truth[seam]) for seam in asked}


def log_losses(log_odds: Floats, truth: Floats) -> Floats:
    """Return (seams,) log losses in nats."""
    p = np.clip(expit(log_odds), CLIP, 1 - CLIP)
    return np.asarray(-np.log(np.where(truth > 0.5, p, 1 - p)))


def _fitted(
    streams: Sequence[LabeledStream], choice: Choice, *, start: Mapping[str, float], intercept: float, name: str
) -> Family:
    evidence = streams[0].evidence
    names, signs = evidence.names, evidence.signs
    typical = np.mean([np.abs(stream.evidence.matrix).mean(axis=0) for stream in streams], axis=0)
    ends, inside = (_usual_sizes(streams, end=end) for end in (True, False))
    elsewhere = choice.elsewhere or _seams_elsewhere(streams, ends, inside)
    rows = [_rows(stream, ends, inside, elsewhere, choice.unread) for stream in streams]
    base = choice.start * np.array([*(start.get(fact, 0.0) for fact in names), intercept])
    loose = np.append(np.where(evidence.habits, HELD, choice.looseness), FIRST_INTERCEPT_SPREAD)
    apart = np.append(np.where(evidence.habits, choice.habit, choice.difference), choice.intercept)
    mean, own = _most_probable(rows, base, loose, apart, signs)
    spread = np.sqrt(np.diag(_covariance(rows, mean, own, loose, apart)) + apart**2)
    numbers = np.column_stack([mean[:-1], spread[:-1], typical, ends, inside])
    facts = {fact: FactPrior(*map(float, row)) for fact, row in zip(names, numbers, strict=True)}
    usual = float(np.mean([_end(stream) for stream in streams]))
    return Family(name, facts, float(mean[-1]), float(spread[-1]), choice.traits, elsewhere, choice.sharpness,
                  choice.answered_sharpness, choice.neighbor, choice.surprise,
                  usual_end=usual, telling=choice.telling, self_training=choice.self_training)  # fmt: skip


def _usual_sizes(streams: Sequence[LabeledStream], *, end: bool) -> Floats:
    """Return (k,) the mean size of each fact over the seams at which documents end, or don't.

    Archives without such seams are left out. A fact that never occurs there counts as half a seam; a fact that occurs
    in no archive is 0.
    """
    sizes = [np.abs(stream.evidence.matrix[_sure(stream, end=end)]) for stream in streams]
    means = [rows.mean(axis=0) for rows in sizes if len(rows)]
    if not means:
        return np.zeros(len(streams[0].evidence.names))
    is_met = np.any([stream.evidence.matrix.any(axis=0) for stream in streams], axis=0)
    return np.where(is_met, np.maximum(np.mean(means, axis=0), 0.5 / sum(map(len, sizes))), 0.0)


def _seams_elsewhere(streams: Sequence[LabeledStream], ends: Floats, inside: Floats) -> float:
    """Return `Family.elsewhere`: the less archives differ in how common facts are inside documents, the higher.

    Shares of archives with a beta distribution of concentration c have variance m (1 - m) / (c + 1), plus that of the
    seams they are counted on (method of moments, all facts together).
    """
    evidence = streams[0].evidence
    tells = (evidence.signs > 0) & ~evidence.are("paper") & (ends > inside) & (inside > 0)
    sizes = [np.abs(stream.evidence.matrix[_sure(stream, end=False)][:, tells]) for stream in streams]
    shares = np.array([rows.mean(axis=0) for rows in sizes if len(rows)])
    if len(shares) < 2:
        return ALONE
    mean = np.minimum(shares.mean(axis=0), 1.0)
    single = mean * (1 - mean)
    chance = single * np.mean([1 / len(rows) for rows in sizes if len(rows)])
    between = float((shares.var(axis=0, ddof=1) - chance).sum())
    return float(np.clip(single.sum() / max(between, SMALL) - 1, *ELSEWHERE))


def _sure(stream: LabeledStream, *, end: bool) -> npt.NDArray[np.bool_]:
    """Return (n - 1,) the sure seams at which documents end, or don't."""
    return np.asarray(stream.known & ((stream.truth > 0.5) == end))


def _end(stream: LabeledStream) -> float:
    """Return the log-odds of a boundary at any sure seam, with half a seam added to both kinds so that it is finite."""
    boundaries, sure = float(stream.truth[stream.known].sum()), int(stream.known.sum())
    return float(np.log((boundaries + 0.5) / (sure - boundaries + 0.5)))


@dataclass(frozen=True, slots=True)
class _Seams:
    """Seams of one archive as the regression uses them."""

    columns: Floats
    """(seams, k + 1), the last column 1, or 0 where the odds are even."""
    truth: Floats
    weight: Floats


def _rows(stream: LabeledStream, ends: Floats, inside: Floats, elsewhere: float, unread: float) -> _Seams:
    """Return the sure seams, with facts reduced by how common they are, and a copy in which nothing could be read."""
    evidence = stream.evidence
    within = _sure(stream, end=False).astype(np.float64)
    share = rarity(evidence, within, ends=ends, inside=inside, elsewhere=elsewhere)
    columns, truth = _with_base(evidence.matrix * share, evidence.even)[stream.known], stream.truth[stream.known]
    weight = np.ones(len(truth))
    if unread:
        blank = _with_base(without_text(evidence), evidence.even)[stream.known]
        columns, truth = np.vstack([columns, blank]), np.tile(truth, 2)
        weight = np.concatenate([weight, np.full(len(blank), unread)])
    return _Seams(columns, truth, weight)


def _with_base(facts: Floats, even: int) -> Floats:
    """Return (n - 1, k + 1) the facts, and a column of 1 that is 0 where the odds are even."""
    return np.column_stack([facts, 1 - facts[:, even] if even >= 0 else np.ones(len(facts))])


def without_text(evidence: Evidence) -> Floats:
    """Return (n - 1, k) the facts as if nothing had been read: missing text on an illegible page is not evidence."""
    families, names = SOURCES["reading"]
    matrix = evidence.matrix.copy()
    for k, column in enumerate(evidence.columns):
        if column.family in families or column.name in names:
            matrix[:, k] = 0.0
        if column.name == "unread":
            matrix[:, k] = 1.0
    return matrix


def _most_probable(
    rows: Sequence[_Seams], base: Floats, loose: Floats, apart: Floats, signs: npt.NDArray[np.int_]
) -> tuple[Floats, list[Floats]]:
    """Return common weights (k + 1,), which keep their signs, and each archive's deviations from them."""
    size, archives = len(base), len(rows)

    def loss(theta: Floats) -> tuple[float, Floats]:
        parts = theta.reshape(archives + 1, size)
        away = parts[0] - base
        value = float(0.5 * np.sum((away / loose) ** 2))
        slope = np.zeros_like(parts)
        slope[0] = away / loose**2
        for archive, (own, row) in enumerate(zip(parts[1:], rows, strict=True), start=1):
            margin = row.columns @ (parts[0] + own)
            value += float(0.5 * np.sum((own / apart) ** 2))
            value += float(np.sum(row.weight * (np.logaddexp(0, margin) - row.truth * margin)))
            pull = row.columns.T @ (row.weight * (expit(margin) - row.truth))
            slope[0] += pull
            slope[archive] = own / apart**2 + pull
        return value, slope.ravel()

    free = size * archives + 1
    low = np.concatenate([np.where(signs > 0, 0.0, -np.inf), np.full(free, -np.inf)])
    high = np.concatenate([np.where(signs < 0, 0.0, np.inf), np.full(free, np.inf)])
    began = np.concatenate([base, np.zeros(size * archives)])
    optimum = minimize(
        loss, began, jac=True, method="L-BFGS-B", bounds=Bounds(low, high), options={"maxiter": 2000, "maxfun": 4000}
    )
    parts = optimum.x.reshape(archives + 1, size)
    return parts[0], list(parts[1:])


def _covariance(rows: Sequence[_Seams], mean: Floats, own: Sequence[Floats], loose: Floats, apart: Floats) -> Floats:
    """Return (k + 1, k + 1) the covariance of the common weights: Laplace's approximation, deviations integrated
    out."""
    precision = np.diag(1 / loose**2)
    for deviation, row in zip(own, rows, strict=True):
        p = expit(row.columns @ (mean + deviation))
        curve = (row.columns * (row.weight * p * (1 - p))[:, None]).T @ row.columns
        precision += curve - curve @ np.linalg.solve(curve + np.diag(1 / apart**2), curve)
    return np.asarray(np.linalg.inv(precision))


def _usual(streams: Sequence[LabeledStream], family: Family) -> float:
    """Return the largest strangeness of a training archive, measured with the usual sizes of the others."""
    if len(streams) < 2:
        return float("inf")
    sizes = []
    for at, stream in enumerate(streams):
        rest = [other for index, other in enumerate(streams) if index != at]
        typical = np.mean([np.abs(other.evidence.matrix).mean(axis=0) for other in rest], axis=0)
        names = stream.evidence.names
        facts = {
            fact: replace(family.facts[fact], typical=float(value)) for fact, value in zip(names, typical, strict=True)
        }
        sizes.append(strangeness(replace(family, facts=facts), stream.evidence))
    return max(sizes)
