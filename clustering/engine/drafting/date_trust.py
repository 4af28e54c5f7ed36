"""How probable it is that a date in a document is the date of the document.

The dates of a document compete with each other and with the possibility that none of them is right: a multinomial logit
(McFadden 1974). How much each fact counts was learned from dates that were written down by looking at scans, and is
shipped in `prior/dates.json`. `bench/date_trust.py` learns it, and measures it on archives left out of training.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

SHIPPED = Path(__file__).parents[1] / "prior" / "dates.json"

START = "start"
"""Name of the log-odds of a date without any facts, against no date."""


def log_odds(facts: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """Return the log-odds of a date with these facts, against no date, by default with the shipped weights."""
    by_name = shipped() if weights is None else weights
    return by_name[START] + sum(by_name.get(name, 0.0) * value for name, value in facts.items())


def chances(odds: Mapping[str, float]) -> dict[str, float]:
    """Return how probable each of several dates is, 0 … 1, from their log-odds; what they lack of 1 is for no date."""
    most = max((0.0, *odds.values()))
    weights = {date: math.exp(each - most) for date, each in odds.items()}
    whole = math.exp(-most) + sum(weights.values())
    return {date: weight / whole for date, weight in weights.items()}


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, float]:
    """Return the shipped weights in log-odds, by fact."""
    weights: dict[str, float] = json.loads(SHIPPED.read_text(encoding="utf-8"))["weights"]
    return weights
