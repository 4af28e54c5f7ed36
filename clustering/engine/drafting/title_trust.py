"""How probable it is that a drafted title has the letters and figures that a cataloger would write.

A title is wrong if the wrong lines were chosen or if a letter was misread. What tells is measured here. How much each
fact counts was learned from titles that were written down by looking at scans, and is shipped in `prior/titles.json`.
`bench/title_trust.py` learns it, and measures it on archives left out of training.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from clustering.engine.drafting.layout import SeenPage
from clustering.engine.drafting.serials import NO_MASTHEAD
from clustering.engine.drafting.title_case import is_small
from clustering.engine.records import Drafted

SHIPPED = Path(__file__).parents[1] / "prior" / "titles.json"

INTERCEPT = "intercept"
DOUBTED = 0.2
"""Share that OCR confidence lacks which counts as 1: every fifth letter or so is then wrong."""
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_LATER = re.compile(r"page (?!1\b)")


def title_facts(drafted: Drafted, pages: Sequence[SeenPage], *, handwritten: bool) -> dict[str, float]:
    """Return what tells whether a drafted title is right, by name.

    `drafted.confidence` is how well the way in which the title was drafted fits the document, 0 … 1.
    """
    named = _WORD.findall(drafted.value.casefold())
    lines = _lines_by_word(pages, frozenset(named))
    words = [word for word in named if word in lines]
    names = [word for word in words if _LETTERS.fullmatch(word) and not is_small(word)]
    surest = [max(confidence for _, confidence in lines[word]) / 100 for word in words] or [0.5]
    repeated = sum(len(lines[word]) > 1 for word in names)
    return {
        "log-odds of its way of drafting": math.log(drafted.confidence / (1 - drafted.confidence)),
        "doubt about the worst word": (1 - min(surest)) / DOUBTED,
        "doubt about all words": (1 - sum(surest) / len(surest)) / DOUBTED,
        "doubt about the page": _doubt(pages[0]) / DOUBTED,
        "share of words read elsewhere too": repeated / max(len(names), 1),
        "no word read elsewhere": float(not repeated),
        "a single word": float(len(drafted.value.split()) == 1),
        "a serial without a masthead": float(drafted.evidence.endswith(NO_MASTHEAD)),
        "not on the first page": float(bool(_LATER.match(drafted.evidence))),
        "handwritten": float(handwritten),
        "read by the second reader": float(pages[0].is_second),
    }


def probability(facts: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """Return how probable it is that a title with these facts is right, 0 … 1, by default with the shipped weights."""
    by_name = shipped() if weights is None else weights
    odds = by_name.get(INTERCEPT, 0.0) + sum(by_name.get(name, 0.0) * value for name, value in facts.items())
    return 1 / (1 + math.exp(-odds))


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, float]:
    """Return the shipped weights in log-odds, by fact."""
    weights: dict[str, float] = json.loads(SHIPPED.read_text(encoding="utf-8"))["weights"]
    return weights


def _lines_by_word(pages: Sequence[SeenPage], words: frozenset[str]) -> dict[str, set[tuple[tuple[int, int], float]]]:
    """Return the lines with each of these words, in lower case: page and place, and OCR confidence."""
    lines = defaultdict(set)
    for page in pages:
        for line in page.lines:
            text = line.text.casefold()
            if any(map(text.__contains__, words)):
                for word in words.intersection(_WORD.findall(text)):
                    lines[word].add(((line.page, line.place), line.confidence))
    return lines


def _doubt(page: SeenPage) -> float:
    """Return the share that OCR confidence lacks, 0 … 1, over the characters of a page."""
    characters = sum(len(line.text) for line in page.lines)
    return 1 - sum(line.confidence / 100 * len(line.text) for line in page.lines) / characters
