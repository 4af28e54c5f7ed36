"""Learn how much the facts about dates count, and write clustering/engine/prior/dates.json.

    python bench/date_trust.py FOLDER          figures: each archive by weights learned from the others
    python bench/date_trust.py FOLDER --learn  the same, and learn from all archives and write the file

FOLDER has archives, each with `images/` and `truth.csv`. `dates.csv` has the dates of the same documents as
`titles.csv`: all that a cataloger could enter, by the pages or by the issue's month in truth.csv; empty for undated
documents. A multinomial logit is fitted to which of a document's dates is right, or none, by maximum penalized
likelihood. The ridge penalty, and the share of the weights that somebody set by hand to which they are held, are those
with the least log loss when each archive that it may see is left out in turn.
"""

from __future__ import annotations

import argparse
import csv
import functools
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import mean

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, minimize
from scipy.special import log_softmax

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.readings import CACHE
from bench.titles import ACCEPTED, documents_of
from clustering.engine.drafting import see_document
from clustering.engine.drafting.date_trust import SHIPPED, START, chances, log_odds, shipped
from clustering.engine.drafting.dates import LEAST_CONFIDENCE, date_candidates

DATES = Path(__file__).with_name("dates.csv")
PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Ridge penalties to choose from: the inverse variance of a weight, in squared log-odds."""
SHARES = (0.5, 1.0)
"""Shares of BY_HAND to choose from; not 0, because what no training archive has would then count nothing."""
BY_HAND = {
    "start": -2.6,
    "alone on its line": 2.6,
    "most of its line": 1.6,
    "a place before it": 2.0,
    "set off by a dash": 1.6,
    "an issue number beside it": 2.6,
    "a release line": 2.6,
    "a date label": 2.2,
    "reprinted, revised or published then": 3.6,
    "an imprint nearby": 1.4,
    "a year in the heading": 1.8,
    "on a cover": 1.6,
    "copyright": 1.6,
    "the day it was delivered": 1.4,
    "head of the first page": 1.2,
    "first page": 0.5,
    "foot of the last page": 0.6,
    "a heading": 0.9,
    "a meeting or conference": 0.4,
    "inside a sentence": -2.6,
    "a preposition before it": -1.2,
    "an event ahead": -1.0,
    "a law, a vote or a figure": -2.2,
    "tail of a paragraph": -3.0,
    "one of several dates": -3.0,
    "inner page": -1.8,
    "month only": -0.2,
    "season only": -0.3,
    "year only": -1.5,
    "poorly read": -0.5,
}
"""Log-odds that somebody set by hand after looking at afl-cio; 0 for other facts."""

Weights = Mapping[str, float]
Floats = npt.NDArray[np.float64]


@functools.cache
def written_dates() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the dates that were written down, by archive and identifier of the first page."""
    with DATES.open(encoding="utf-8", newline="") as handle:
        return {(row["archive"], row["identifier"]): tuple(row["dates"].split()) for row in csv.DictReader(handle)}


def same_date(true: str, drafted: str) -> bool:
    """Whether the draft is the true date, or a day or month within it; marks of doubt are ignored."""
    true, drafted = true.rstrip("?~"), drafted.rstrip("?~")
    if drafted == true:
        return True
    if "/" in true or not drafted:
        return False
    return all(part == true or part.startswith(f"{true}-") for part in drafted.split("/"))


@dataclass(frozen=True, slots=True)
class Example:
    """A document with dates on its pages, and those that a person wrote down."""

    archive: str
    identifier: str
    true: tuple[str, ...]
    dates: tuple[str, ...]
    facts: tuple[Weights, ...]
    """Of each of the dates; a date may occur several times."""

    def is_right(self, date: str) -> bool:
        """Whether a person would enter this date."""
        return any(same_date(true, date) for true in self.true)

    def chances(self, weights: Weights) -> dict[str, float]:
        """Return how probable each date is, by these weights."""
        return chances({date: log_odds(self.facts[at], weights) for date, at in self.best(weights).items()})

    def best(self, weights: Weights) -> dict[str, int]:
        """Return for each different date the index of its best occurrence."""
        odds = [log_odds(facts, weights) for facts in self.facts]
        order = sorted(range(len(odds)), key=lambda at: odds[at])
        return {self.dates[at]: at for at in order}


def examples_of(folder: Path, cache: Path) -> list[Example]:
    """Return all documents of `dates.csv` whose pages have dates."""
    examples = []
    for archive in sorted({archive for archive, _ in written_dates()}):
        for name, pages in documents_of(folder / archive, cache).items():
            candidates = date_candidates(see_document(pages)) if (archive, name) in written_dates() else []
            if candidates:
                dates = tuple(one.date.edtf for one in candidates)
                facts = tuple(one.facts for one in candidates)
                examples.append(Example(archive, name, written_dates()[archive, name], dates, facts))
    return examples


def fitted(examples: Sequence[Example], penalty: float, share: float) -> dict[str, float]:
    """Return the weights by maximum penalized likelihood; archives count the same."""
    names = [
        START,
        *sorted({name for one in examples for facts in one.facts for name in facts} | (BY_HAND.keys() - {START})),
    ]
    held = share * np.array([BY_HAND.get(name, 0.0) for name in names])
    pull = np.where([name == START for name in names], 0.0, penalty)
    signs = [np.sign(BY_HAND.get(name, -1.0)) if name != START else 0.0 for name in names]
    limits = Bounds(np.where(np.array(signs) > 0, 0.0, -np.inf), np.where(np.array(signs) < 0, 0.0, np.inf))
    tables = [
        np.array([[1.0, *(facts.get(name, 0.0) for name in names[1:])] for facts in one.facts]) for one in examples
    ]
    sizes = {archive: sum(one.archive == archive for one in examples) for archive in {one.archive for one in examples}}

    def loss(theta: Floats) -> tuple[float, Floats]:
        weights = dict(zip(names, theta.tolist(), strict=True))
        value, slope = float(pull @ (theta - held) ** 2 / 2), pull * (theta - held)
        for one, table in zip(examples, tables, strict=True):
            counts = len(examples) / len(sizes) / sizes[one.archive]
            best = one.best(weights)
            rows = table[list(best.values())]
            logs = log_softmax(np.append(0.0, rows @ theta))
            right = np.array([False, *map(one.is_right, best)])
            right[0] = not right.any()
            shares = np.exp(logs)
            wanted = np.where(right, shares, 0.0) / shares[right].sum()
            value -= counts * float(np.logaddexp.reduce(logs[right]))
            slope = slope + counts * (shares - wanted)[1:] @ rows
        return value, slope

    optimum = minimize(loss, held, jac=True, method="L-BFGS-B", bounds=limits)
    return {name: round(float(weight), 2) for name, weight in zip(names, optimum.x, strict=True)}


def log_loss(examples: Sequence[Example], weights: Weights) -> float:
    """Return the mean log loss of the right date, or of none."""
    losses = []
    for one in examples:
        chance_of = one.chances(weights)
        right = [chance for date, chance in chance_of.items() if one.is_right(date)]
        losses.append(-np.log(max(sum(right) if right else 1 - sum(chance_of.values()), 1e-9)))
    return float(mean(losses))


def learned(examples: Sequence[Example]) -> tuple[dict[str, float], tuple[float, float]]:
    """Return the weights, and the penalty and share that were chosen by leaving out each archive in turn."""
    archives = sorted({one.archive for one in examples})

    def loss(choice: tuple[float, float]) -> float:
        losses = []
        for archive in archives:
            weights = fitted([one for one in examples if one.archive != archive], *choice)
            losses.append(log_loss([one for one in examples if one.archive == archive], weights))
        return mean(losses)

    choice = min(product(PENALTIES, SHARES), key=loss)
    return fitted(examples, *choice), choice


def figures(examples: Sequence[Example], weights: Weights) -> dict[str, float]:
    """Return how many dates are drafted, how many are sure enough to be accepted, and how many of each are right."""
    best = [max(one.chances(weights).items(), key=lambda pair: pair[1]) for one in examples]
    pairs = [(one.is_right(date), chance) for one, (date, chance) in zip(examples, best, strict=True)]
    drafted = [right for right, chance in pairs if chance >= LEAST_CONFIDENCE]
    accepted = [right for right, chance in pairs if chance >= ACCEPTED]
    return {
        "documents": len(pairs), "drafted": len(drafted), "right": sum(drafted), "accepted": len(accepted),
        "accepted right": sum(accepted), "log loss": round(log_loss(examples, weights), 3),
    }  # fmt: skip


def main() -> None:
    """Print the figures, and write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of archives, each with images/ and truth.csv")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where readings are kept")
    parser.add_argument("--learn", action="store_true", help="learn from all archives and write the weights")
    parser.add_argument("--list", action="store_true", help="print every date with its probability")
    chosen = parser.parse_args()
    examples = examples_of(chosen.folder, chosen.cache)
    for archive in sorted({one.archive for one in examples}):
        own = [one for one in examples if one.archive == archive]
        weights, choice = learned([one for one in examples if one.archive != archive])
        print(f"{archive:12} left out  {figures(own, weights)}, penalty and share {choice}")
        print(f"{archive:12} by hand   {figures(own, BY_HAND)}")
        if SHIPPED.exists():
            print(f"{archive:12} shipped   {figures(own, shipped())}")
        for one in own if chosen.list else ():
            date, chance = max(one.chances(weights).items(), key=lambda pair: pair[1])
            mark = "=" if one.is_right(date) else " "
            print(f"  {chance:4.2f} {mark} {one.identifier} {date:12} {' '.join(one.true)}")
    if chosen.learn:
        weights, (penalty, share) = learned(examples)
        stored = {"penalty": penalty, "share": share, "weights": weights}
        SHIPPED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {SHIPPED.name}, penalty {penalty}, share {share}")


if __name__ == "__main__":
    main()
