"""How far two reviewers agree beyond chance: Cohen's kappa with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 20
"""With fewer pairs of opinions, the interval spans nearly everything."""
_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two opinions each on `count` things."""

    count: int
    agreed: int
    kappa: float | None
    """1: always equal, 0: as often as by chance; None if all opinions are the same."""
    low: float | None = None
    high: float | None = None
    """95% interval of kappa; None for fewer than ENOUGH pairs."""


def cohen(pairs: Iterable[tuple[bool, bool]]) -> Agreement:
    """Agreement over pairs of yes/no opinions, first and second.

    kappa = (p - e) / (1 - e), with p the share of equal pairs and e what independent opinions of the same frequencies
    would give (Cohen 1960); its standard error is the large-sample one of Fleiss, Cohen and Everitt (1969), cut at
    -1 and 1.
    """
    rows = list(pairs)
    n = len(rows)
    agreed = sum(one == other for one, other in rows)
    if not n:
        return Agreement(0, 0, None)
    share = {(a, b): sum(pair == (a, b) for pair in rows) / n for a in (False, True) for b in (False, True)}
    first = {a: share[a, False] + share[a, True] for a in (False, True)}
    second = {b: share[False, b] + share[True, b] for b in (False, True)}
    same, chance = agreed / n, sum(first[a] * second[a] for a in (False, True))
    if chance >= 1 - 1e-12:
        return Agreement(n, agreed, None)
    kappa = (same - chance) / (1 - chance)
    if n < ENOUGH:
        return Agreement(n, agreed, kappa)
    on = sum(share[a, a] * (1 - (first[a] + second[a]) * (1 - kappa)) ** 2 for a in (False, True))
    off = (1 - kappa) ** 2 * sum(
        share[a, b] * (second[a] + first[b]) ** 2 for a in (False, True) for b in (False, True) if a != b
    )
    variance = (on + off - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)
    reach = _95 * math.sqrt(max(variance, 0.0))
    return Agreement(n, agreed, kappa, max(kappa - reach, -1.0), min(kappa + reach, 1.0))
