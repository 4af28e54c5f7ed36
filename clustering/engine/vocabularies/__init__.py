"""Genres of the Getty Art & Architecture Thesaurus that archives need most, shipped with the program.

The Getty offers the thesaurus under the Open Data Commons Attribution License (ODC-By) 1.0:
https://www.getty.edu/research/tools/vocabularies/aat/
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from clustering.engine.description import NamedTerm

_GENRES = Path(__file__).with_name("aat_genres.csv")


@lru_cache(maxsize=1)
def genres() -> tuple[NamedTerm, ...]:
    """All of them, by label."""
    with _GENRES.open(encoding="utf-8", newline="") as file:
        return tuple(NamedTerm(row["label"], row["uri"]) for row in csv.DictReader(file))


def matches(label: str, words: list[str]) -> bool:
    """Whether each of these words, in small letters, begins a word of the label."""
    parts = label.lower().replace("(", " ").replace("-", " ").replace("’", "'").split()
    return all(any(part.startswith(word) for part in parts) for word in words)
