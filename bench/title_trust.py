"""Learn how much the facts about drafted titles count, and write clustering/engine/prior/titles.json.

    python bench/title_trust.py FOLDER          figures: each archive by weights learned from the others
    python bench/title_trust.py FOLDER --learn  the same, and learn from all archives and write the file

FOLDER has archives, each with `images/` and `truth.csv`. The titles are those of `titles.csv`. A logistic regression is
fitted to whether drafts have the same letters and figures; its ridge penalty is the one with the least log loss when
each archive that it may see is left out in turn.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import mean

import numpy as np
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.readings import CACHE
from bench.titles import ACCEPTED, documents_of, months_of, plain, true_titles, without_date, written_titles
from clustering.engine.drafting import draft_group, see_document
from clustering.engine.drafting.forms import is_same
from clustering.engine.drafting.serial_names import SerialNames, is_issue
from clustering.engine.drafting.title import weigh_title
from clustering.engine.drafting.title_trust import INTERCEPT, SHIPPED, probability

PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Ridge penalties to choose from: the inverse variance of a weight, in squared log-odds."""
ONE_IN_TWENTY = 0.95


@dataclass(frozen=True, slots=True)
class Example:
    """A drafted title, and the one that a person wrote down."""

    archive: str
    identifier: str
    kept: tuple[str, ...]
    """Titles that this person would keep, the one that was written down first."""
    drafted: str
    confidence: float
    """By the shipped weights."""
    facts: Mapping[str, float]

    @property
    def is_right(self) -> bool:
        """Whether letters and figures are those of a title that is kept; never for documents that name nothing."""
        return any(is_same(plain(self.drafted), plain(title)) for title in self.kept)

    @property
    def is_exact(self) -> bool:
        """Whether case and punctuation are the same, too."""
        return self.drafted in self.kept

    @property
    def is_near(self) -> bool:
        """Whether at most a letter in twenty differs."""
        pairs = [(plain(self.drafted).casefold(), plain(title).casefold()) for title in self.kept]
        alike = (SequenceMatcher(None, *pair, autojunk=False).ratio() >= ONE_IN_TWENTY for pair in pairs)
        return self.is_right or any(alike)


def kept(written: str, month: str) -> tuple[str, ...]:
    """Return the titles that whoever wrote this one would keep: also without the date, without what is in parentheses,
    as the house of a letter's writer is, a cable's subject alone, and a serial with the month of the issue."""
    undated = without_date(written)
    titles = [one for title in (written, undated) for one in (title, re.sub(r" \([^)]*\)", "", title))]
    titles += [re.sub(r"^Cable regarding ", "", undated), month if written else ""]
    return tuple(dict.fromkeys(title for title in titles if title))


def examples_of(folder: Path, cache: Path) -> list[Example]:
    """Return the drafts of all documents of `titles.csv`, the issues of a serial named alike as in a collection."""
    examples = []
    for archive in sorted({archive for archive, _ in written_titles()}):
        months = months_of(archive, true_titles(folder / archive))
        documents = documents_of(folder / archive, cache)
        drafts = {name: draft_group(pages) for name, pages in documents.items()}
        names = SerialNames([draft.title.value for draft in drafts.values() if draft.title and is_issue(draft)], [])
        for name, pages in documents.items():
            seen, title = see_document(pages), names.draft(drafts[name]).title
            weighed = weigh_title(seen, drafts[name].kind, drafts[name].date)
            if weighed and title and (archive, name) in written_titles():
                titles = kept(written_titles()[archive, name], months.get(name, ""))
                examples.append(Example(archive, name, titles, title.value, title.confidence, weighed[1]))
    return examples


def fitted(examples: Sequence[Example], penalty: float) -> dict[str, float]:
    """Return the weights of the facts, and the intercept, by maximum penalized likelihood; archives count the same."""
    names = sorted({name for one in examples for name in one.facts})
    table = np.array([[one.facts.get(name, 0.0) for name in names] for one in examples])
    right = np.array([one.is_right for one in examples])
    sizes = {archive: sum(one.archive == archive for one in examples) for archive in {one.archive for one in examples}}
    model = LogisticRegression(C=1 / penalty, max_iter=2000)
    model.fit(table, right, sample_weight=[len(examples) / len(sizes) / sizes[one.archive] for one in examples])
    weights = {name: round(float(weight), 2) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {INTERCEPT: round(float(model.intercept_[0]), 2), **weights}


def log_loss(examples: Sequence[Example], weights: Mapping[str, float]) -> float:
    """Return the mean log loss of the probabilities."""
    chances = [probability(one.facts, weights) for one in examples]
    pairs = zip(chances, examples, strict=True)
    return -mean(float(np.log(max(chance if one.is_right else 1 - chance, 1e-9))) for chance, one in pairs)


def learned(examples: Sequence[Example]) -> tuple[dict[str, float], float]:
    """Return the weights, and the penalty that was chosen by leaving out each archive in turn."""
    archives = sorted({one.archive for one in examples})

    def loss(penalty: float) -> float:
        losses = []
        for archive in archives:
            rest = [one for one in examples if one.archive != archive]
            if len({one.is_right for one in rest}) == 2:
                left_out = [one for one in examples if one.archive == archive]
                losses.append(log_loss(left_out, fitted(rest, penalty)))
        return mean(losses)

    penalty = min(PENALTIES, key=loss)
    return fitted(examples, penalty), penalty


def figures(examples: Sequence[Example], confidences: Sequence[float]) -> dict[str, float]:
    """Return how many are sure enough to be accepted, and how right these are."""
    pairs = list(zip(examples, confidences, strict=True))
    accepted = [one for one, confidence in pairs if confidence >= ACCEPTED]
    return {
        "drafted": len(examples),
        "accepted": len(accepted),
        "right": sum(one.is_right for one in accepted),
        "exact": sum(one.is_exact for one in accepted),
        "near": sum(one.is_near for one in accepted),
        "right_below": sum(one.is_right for one, confidence in pairs if confidence < ACCEPTED),
        "brier": round(mean((confidence - one.is_right) ** 2 for one, confidence in pairs), 3),
    }


def main() -> None:
    """Print the figures, and write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of archives, each with images/ and truth.csv")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where readings are kept")
    parser.add_argument("--learn", action="store_true", help="learn from all archives and write the weights")
    parser.add_argument("--list", action="store_true", help="print every title with its probability")
    chosen = parser.parse_args()
    examples = examples_of(chosen.folder, chosen.cache)
    for archive in sorted({one.archive for one in examples}):
        own = [one for one in examples if one.archive == archive]
        weights, penalty = learned([one for one in examples if one.archive != archive])
        chances = [probability(one.facts, weights) for one in own]
        print(f"{archive:12} left out   {figures(own, chances)}, penalty {penalty}")
        print(f"{archive:12} shipped    {figures(own, [one.confidence for one in own])}")
        for one, chance in zip(own, chances, strict=True) if chosen.list else ():
            mark = "=" if one.is_right else "~" if one.is_near else " "
            print(f"  {chance:4.2f} {one.confidence:4.2f} {mark} {one.identifier} {one.drafted}")
            print(f"{'':16} {' | '.join(one.kept)}")
    if chosen.learn:
        weights, penalty = learned(examples)
        SHIPPED.write_text(json.dumps({"penalty": penalty, "weights": weights}, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {SHIPPED.name}, penalty {penalty}")


if __name__ == "__main__":
    main()
