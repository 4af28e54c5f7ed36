"""What is known of languages: one TOML file each, and the language of a text by its commonest words.

    language_of("Les ouvriers de la ville …")   # "fr"
    known("de").search                          # "german"
    alternatives("prose", "closing", language="es")

README.md beside this file says what the files hold and how to add one.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LEAST_WORDS = 12
"""With fewer words than this, names alone could decide."""
LEAST_SHARE = 0.08
"""Least share of common words in a text that is running text at all; lists and forms have fewer, noise has none."""
LEAST_WEIGHT = 3.0
"""Common words that must be met, a word that two languages share counting half for each."""
LEAST_DISTINCT, MOST_DISTINCT = 3, 12
A_FURTHER_ONE = 50
"""Different common words that must be met: one more for each A_FURTHER_ONE words, up to MOST_DISTINCT of the fifty.
What a list repeats is no language: "CI/R&A, CI/OPS, …", or MA for Massachusetts in each line of a roster."""
AHEAD = 1.15
"""By how much the first language must be ahead of the second."""
NOTHING = "(?!)"
"""A regular expression that nothing matches: what a silent language looks for."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language as its file tells it."""

    code: str
    """ISO 639-1."""
    name: str
    tesseract: tuple[str, ...]
    search: str
    """PostgreSQL's text search configuration, or empty."""
    common: frozenset[str]
    """Commonest words without accents."""
    short: frozenset[str]
    small_in_titles: frozenset[str]
    tables: dict[str, dict[str, Any]]
    """prose, numbers, calendar and drafting, as far as the file has them."""


@cache
def languages() -> dict[str, Language]:
    """All languages by code, English first. Read once a process: some 10 ms."""
    files = sorted(Path(__file__).parent.glob("*.toml"), key=lambda path: (path.stem != "en", path.stem))
    return {path.stem: _read(path) for path in files}


def _read(path: Path) -> Language:
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    return Language(
        code=path.stem,
        name=words["name"],
        tesseract=tuple(words["tesseract"]),
        search=words["search"],
        common=frozenset(plain(words["common"]).split()),
        short=frozenset(words["short"].split()),
        small_in_titles=frozenset(words["small_in_titles"].split()),
        tables={name: table for name, table in words.items() if isinstance(table, dict)},
    )


def known(code: str) -> Language | None:
    """Return the language of an ISO 639-1 code; None where nothing is known of it."""
    return languages().get(code)


def of_tesseract(codes: str) -> Language | None:
    """Return the language of the first of Tesseract's codes that is known: German for "deu+eng"."""
    by_code = {code: language for language in languages().values() for code in language.tesseract}
    return next((by_code[code] for code in codes.split("+") if code in by_code), None)


def alternatives(table: str, name: str, *, language: str) -> str:
    """Return the entries of one list as a regular expression, `NOTHING` where the language has none."""
    spoken = known(language)
    return joined(spoken.tables.get(table, {}).get(name, ()) if spoken else ())


def every(table: str, name: str) -> str:
    """Return the entries of one list in all languages together."""
    return joined(entry for language in languages().values() for entry in language.tables.get(table, {}).get(name, ()))


def joined(entries: Iterable[str]) -> str:
    """Entries as one alternative of a regular expression."""
    return "|".join(entries) or NOTHING


def months(language: str) -> tuple[tuple[str, ...], ...]:
    """Return the names and abbreviations of the twelve months; empty where they are not known."""
    spoken = known(language)
    return (
        tuple(tuple(names.split()) for names in spoken.tables.get("calendar", {}).get("months", ())) if spoken else ()
    )


def any_month(language: str) -> str:
    """Return a regular expression for any name of a month, longer names first."""
    names = [name for month in months(language) for name in month]
    return joined(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


def plain(text: str) -> str:
    """Small letters without accents, since another language's OCR data read none: "für" is "fur"."""
    small = text.lower()
    if small.isascii():
        return small
    return _NOT_ASCII.sub(_without_mark, unicodedata.normalize("NFD", small))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _without_mark(letter: re.Match[str]) -> str:
    return "" if unicodedata.combining(letter[0]) else letter[0]


@dataclass(frozen=True, slots=True)
class Count:
    """What a text has of the common words of the languages."""

    words: int
    weights: dict[str, float]
    """By language how many of the words are common there; words that several share count in parts."""
    distinct: dict[str, int]
    """By language how many different common words."""


@lru_cache(maxsize=16)
def count_common(text: str) -> Count:
    """Count the common words of every language in a text; kept, because a document is asked about more than once.

    Single letters count neither way: noise is full of them, and "a e i o y" are words of half of the languages.
    """
    words = Counter(re.findall(r"[^\W\d_]{2,}", plain(text)))
    shares = _shares()
    weights, distinct = dict.fromkeys(languages(), 0.0), dict.fromkeys(languages(), 0)
    for word, times in words.items():
        for code in shares.get(word, ()):
            weights[code] += times / len(shares[word])
            distinct[code] += 1
    return Count(words.total(), weights, distinct)


@cache
def _shares() -> dict[str, tuple[str, ...]]:
    """Which languages each common word belongs to."""
    every = {word for language in languages().values() for word in language.common}
    return {word: tuple(code for code, language in languages().items() if word in language.common) for word in every}


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of a text's language, or "" where too little tells.

    The commonest words of a language make up 40 to 50 % of its running text and hardly occur in another's. Some 0.3 ms
    a page.
    """
    return language_by(count_common(text))


def language_by(count: Count) -> str:
    """Return the same by the common words of a text."""
    if count.words < LEAST_WORDS:
        return ""
    first, second = sorted(count.weights, key=lambda code: -count.weights[code])[:2]
    enough = count.weights[first] >= max(LEAST_WEIGHT, LEAST_SHARE * count.words)
    varied = count.distinct[first] >= min(LEAST_DISTINCT + count.words // A_FURTHER_ONE, MOST_DISTINCT)
    return first if enough and varied and count.weights[first] > AHEAD * count.weights[second] else ""


def usual_language(codes: Iterable[str]) -> str:
    """Return the commonest language of a collection's pages; English where none is known."""
    counts = Counter(code for code in codes if code)
    return counts.most_common(1)[0][0] if counts else "en"
