"""How sure the decoder is: marginals of seams and of whole documents, with or without a known number of documents.

One backward pass in log space turns the lattice into a Markov chain over positions whose steps are documents ("given
that one starts here, how long is it?"). A forward pass over that chain gives the marginals directly, in linear space
and without underflow. Conditioning on exactly K documents uses generating functions: each document is marked by a
factor z, the passes are run for several z on the unit circle at once, and a discrete Fourier transform picks out z^K.
The chain is tilted first so that K is its mean; this keeps the transform well conditioned at any length of stream.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clustering.engine.segmentation.lattice import Floats, Lattice

Complexes = npt.NDArray[np.complex128]

SPREAD = 16
"""Width of the window of counts, in standard deviations: what lies outside is below double precision."""
MARGIN = 64
"""Counts added to the window, for streams whose number of documents hardly varies."""
NEGLIGIBLE = 1e-13
"""A frequency is left out of the marginals given K when its generating function is smaller than this share of P(K)."""
RARE = 1e-8
"""Below this probability of K, at the best tilt, rounding would show: the tilted chain's marginals are used as they
are."""


UNHEARD = 1e-20
"""Steps less probable than this are passed over: even 50,000 pages of 80 such steps stay under rounding."""
TRACE = 1e-14
"""Counts less probable than this are left out of a posterior: they are rounding."""
BLOCK = 128
"""Marks transformed at once; bounds memory at n * BLOCK * 16 bytes, twice that with long documents."""
CLOSE = 0.3
"""A tilted mean this many standard deviations (or documents) from the count asked for is near enough."""
TILT_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Chain:
    """The posterior over partitions as a Markov chain over positions, documents rewarded by `reward` each."""

    lattice: Lattice
    reward: float
    evidence: float
    """log of the summed weight of all partitions, rewards included."""
    value: Floats
    """(n + 1,) log weight of all completions from position p."""
    step: Floats
    """(n, longest) probability that the document that starts at page a has column + 1 pages."""
    open: Floats
    """(n,) probability that it has more than `longest`."""
    stop: Floats
    """(n,) probability that a document that holds page j, and `longest` pages before it, stops after j."""

    @property
    def reach(self) -> npt.NDArray[np.intp]:
        """(n,) columns of `step` up to the last that is not UNHEARD."""
        heard = self.step[:, ::-1] > UNHEARD
        return np.where(heard.any(axis=1), self.step.shape[1] - heard.argmax(axis=1), 1)

    @property
    def goes_long(self) -> bool:
        """Whether documents of more than `longest` pages are probable enough to be heard."""
        return bool((self.open > UNHEARD).any())

    def segments(self, starts: npt.ArrayLike, stops: npt.ArrayLike) -> Floats:
        """Probability of the document [start, stop) given that one starts there."""
        log = self.lattice.score(starts, stops) + self.reward
        after, here = self.value[np.asarray(stops, dtype=np.intp)], self.value[np.asarray(starts, dtype=np.intp)]
        possible = np.isfinite(here)
        return np.exp(np.minimum(np.where(possible, log + after - np.where(possible, here, 0.0), -np.inf), 0.0))


def _log_add(a: float, b: float) -> float:
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))


def chain_of(lattice: Lattice, *, reward: float = 0.0) -> Chain:
    """Sum over all partitions, from the last page to the first. O(n * longest) time and memory."""
    n, longest = lattice.n, lattice.longest
    value = np.full(n + 1 + longest, -np.inf)
    value[n] = 0.0
    grown = [-math.inf] * (n + 1 + longest)
    stop = np.zeros(n)
    long = lattice.has_long
    growth, ending, opening = lattice.growth.tolist(), lattice.ending.tolist(), lattice.opening.tolist()
    terms = np.empty(longest)
    for page in range(n - 1, -1, -1):
        extra = -math.inf
        if long:
            here = ending[page] + float(value[page + 1])
            both = _log_add(here, grown[page + 1])
            stop[page] = math.exp(here - both) if both > -math.inf else 0.0
            grown[page] = growth[page] + both
            extra = opening[page] + grown[page + longest]
        np.add(lattice.segment[page], value[page + 1 : page + 1 + longest], out=terms)
        top = max(float(terms.max()), extra)
        if top == -math.inf:
            continue
        np.subtract(terms, top, out=terms)
        np.exp(terms, out=terms)
        value[page] = top + math.log(float(terms.sum()) + math.exp(extra - top)) + reward
    possible = np.isfinite(value[:n])
    base = np.where(possible, value[:n], np.inf) - reward
    ahead = np.lib.stride_tricks.sliding_window_view(value[1:], longest)[:n]
    step = lattice.segment + ahead
    step -= base[:, None]
    np.exp(step, out=step)
    beyond = np.array(grown[longest : longest + n])
    return Chain(lattice, reward, float(value[0]), value[: n + 1], step, np.exp(lattice.opening + beyond - base), stop)


def moments(chain: Chain) -> tuple[float, float]:
    """Mean and variance of the number of documents."""
    n, longest = chain.lattice.n, chain.lattice.longest
    table = np.zeros((n + 1 + longest, 2))
    grown = np.zeros((n + 1 + longest, 2))
    long = chain.goes_long
    for page in range(n - 1, -1, -1):
        rest = chain.step[page] @ table[page + 1 : page + 1 + longest]
        if long:
            grown[page] = chain.stop[page] * table[page + 1] + (1 - chain.stop[page]) * grown[page + 1]
            rest = rest + chain.open[page] * grown[page + longest]
        first = rest[0]
        table[page, 0] = 1.0 + first
        table[page, 1] = 1.0 + 2.0 * first + rest[1]
    mean = float(table[0, 0])
    return mean, max(float(table[0, 1]) - mean * mean, 0.0)


def _transform(chain: Chain, marks: Complexes) -> Complexes:
    """(n + 1, m): expectation of mark ** (documents from position p on), for each of the m marks."""
    n, longest = chain.lattice.n, chain.lattice.longest
    ahead = np.zeros((n + 1 + longest, len(marks)), dtype=np.complex128)
    ahead[n] = 1.0
    parts = ahead.view(np.float64)  # real times complex is twice real times real, and BLAS does that in one call
    long = chain.goes_long
    grown = np.zeros((n + 1 + longest if long else 0, len(marks)), dtype=np.complex128)
    for page, reach in zip(range(n - 1, -1, -1), chain.reach[::-1].tolist(), strict=True):
        rest = (chain.step[page, :reach] @ parts[page + 1 : page + 1 + reach]).view(np.complex128)
        if long:
            grown[page] = chain.stop[page] * ahead[page + 1] + (1 - chain.stop[page]) * grown[page + 1]
            rest += chain.open[page] * grown[page + longest]
        np.multiply(marks, rest, out=ahead[page])
    return ahead[: n + 1]


def _arrivals(chain: Chain, marks: Complexes) -> Complexes:
    """(n + 1, m): expectation of [a document starts at p] * mark ** (documents before p)."""
    n, longest = chain.lattice.n, chain.lattice.longest
    behind = np.zeros((n + 1, len(marks)), dtype=np.complex128)
    behind[0] = 1.0
    parts = behind.view(np.float64)
    flat = chain.step.ravel()
    long = chain.goes_long
    grown = np.zeros(len(marks), dtype=np.complex128)
    for position in range(1, n + 1):
        first = max(0, position - longest)
        # the steps that lead here lie on an antidiagonal of `step`
        steps = flat[first * longest + position - first - 1 : (position - 1) * longest + 1 : longest - 1]
        np.multiply(marks, (steps @ parts[first:position]).view(np.complex128), out=behind[position])
        if long:
            behind[position] += chain.stop[position - 1] * grown
            grown *= 1 - chain.stop[position - 1]
            if position >= longest:
                grown += marks * chain.open[position - longest] * behind[position - longest]
    return behind


@dataclass(frozen=True, slots=True)
class Posterior:
    """Marginals of one stream, given the number of documents where `count` is set."""

    chain: Chain
    count: int | None
    marks: Complexes
    """(m,) points on the unit circle."""
    weights: Complexes
    """(m,) what picks the wanted number of documents out of the marks, divided by its probability."""
    behind: Complexes
    """(n + 1, m)"""
    ahead: Complexes
    """(n + 1, m)"""

    def seams(self) -> Floats:
        """(n - 1,) probability that seam i is a boundary."""
        inner = (self.behind[1:-1] * self.ahead[1:-1]) @ self.weights
        return np.clip(inner.real, 0.0, 1.0)

    def segments(self, starts: npt.ArrayLike, stops: npt.ArrayLike) -> Floats:
        """Probability that exactly the pages start … stop - 1 are one document, for arrays of starts and stops."""
        first, last = np.asarray(starts, dtype=np.intp), np.asarray(stops, dtype=np.intp)
        outside = ((self.behind[first] * self.ahead[last]) @ (self.weights * self.marks)).real
        return np.clip(outside * self.chain.segments(first, last), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class CountPosterior:
    """How many documents there are: P(low + i) = probabilities[i]."""

    low: int
    probabilities: Floats

    @property
    def mean(self) -> float:
        """Expected number of documents."""
        return float(self.probabilities @ (self.low + np.arange(len(self.probabilities))))

    @property
    def likeliest(self) -> int:
        """The most probable number of documents."""
        return self.low + int(self.probabilities.argmax())

    def probability(self, count: int) -> float:
        """P(exactly `count` documents)."""
        place = count - self.low
        return float(self.probabilities[place]) if 0 <= place < len(self.probabilities) else 0.0

    def interval(self, share: float = 0.95) -> tuple[int, int]:
        """Smallest and largest count of the central interval that holds at least `share` of the probability."""
        below = np.cumsum(self.probabilities)
        rest = (1 - share) / 2
        high = min(int(np.searchsorted(below, 1 - rest)), len(below) - 1)
        return self.low + int(np.searchsorted(below, rest)), self.low + high


def _frequencies(chain: Chain) -> tuple[int, Complexes, Complexes]:
    """Window size m, the marks of the frequencies 0 … m // 2, and the generating function of the count there."""
    _, variance = moments(chain)
    m = min(chain.lattice.n + 1, math.ceil(SPREAD * math.sqrt(variance)) + MARGIN)
    marks = np.exp(2j * np.pi * np.arange(m // 2 + 1) / m)
    values = [_transform(chain, block)[0] for block in np.array_split(marks, -(-len(marks) // BLOCK))]
    return m, marks, np.concatenate(values)


def count_posterior(chain: Chain) -> CountPosterior:
    """Return the posterior of the number of documents under an untilted chain, exact to rounding.

    O(n * longest * m) with m about 8 standard deviations of that number.
    """
    mean, _ = moments(chain)
    m, _, values = _frequencies(chain)
    cyclic = np.clip(np.fft.irfft(np.conj(values), m), 0.0, None)
    low = 0 if m == chain.lattice.n + 1 else max(0, round(mean) - m // 2)
    probabilities = cyclic[(low + np.arange(m)) % m]
    seen = np.flatnonzero(probabilities > TRACE)
    probabilities = probabilities[seen[0] : seen[-1] + 1]
    return CountPosterior(low + int(seen[0]), probabilities / probabilities.sum())


def tilt(lattice: Lattice, count: int) -> Chain:
    """Return the chain whose mean number of documents is about `count`: Newton's method kept inside a bracket."""
    low, high, reward, reach = -math.inf, math.inf, 0.0, 1.0
    chain = chain_of(lattice)
    for _ in range(TILT_ROUNDS):
        mean, variance = moments(chain)
        if abs(mean - count) <= CLOSE * max(1.0, math.sqrt(variance)):
            break
        low, high = (reward, high) if mean < count else (low, reward)
        guess = reward + (count - mean) / max(variance, 1e-3)
        if not max(low, reward - reach) <= guess <= min(high, reward + reach):
            bounded = math.isfinite(low) and math.isfinite(high)
            guess = (low + high) / 2 if bounded else reward + math.copysign(reach, count - mean)
        reward, reach = guess, reach * 2
        chain = chain_of(lattice, reward=reward)
    return chain


def posterior(lattice: Lattice, *, count: int | None = None) -> Posterior:
    """Marginals over all partitions, or over those with exactly `count` documents.

    `count` must be possible. Given a count the result is exact to rounding unless that count has, even at the best
    tilt, a probability under RARE (scores that jump over it); then the tilted chain stands in.
    """
    one = np.ones(1, dtype=np.complex128)
    if count is None:
        chain = chain_of(lattice)
        return Posterior(chain, None, one, one, _arrivals(chain, one), np.ones((lattice.n + 1, 1), dtype=np.complex128))
    chain = tilt(lattice, count)
    m, marks, values = _frequencies(chain)
    twice = np.full(len(marks), 2.0)
    twice[0] = 1.0
    if m % 2 == 0:
        twice[-1] = 1.0
    weights = twice * marks ** (-count) / m
    chance = float((weights @ values).real)
    if chance < RARE:
        return Posterior(
            chain, count, one, one, _arrivals(chain, one), np.ones((lattice.n + 1, 1), dtype=np.complex128)
        )
    loud = np.abs(values) > NEGLIGIBLE * chance
    marks, weights = marks[loud], weights[loud] / chance
    return Posterior(chain, count, marks, weights, _arrivals(chain, marks), _transform(chain, marks))
