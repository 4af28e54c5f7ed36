"""Languages, with one TOML file each, and the language of a text by its common words.

    language_of("Les ouvriers de la ville …")   # "fr"
    known("de").search                          # "german"
    alternatives("prose", "closing", language="es")

README.md in this folder explains the files and how to add one.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LEAST_WORDS = 12
"""Least words in a text; in fewer, names alone could decide."""
LEAST_SHARE = 0.08
"""Least share of common words in running text. Lists and forms have fewer, and noise has none."""
LEAST_WEIGHT = 3.0
"""Least number of common words. A word that two languages share counts half for each."""
LEAST_DISTINCT, MOST_DISTINCT = 3, 12
WORDS_PER_DISTINCT = 50
"""Least number of different common words: LEAST_DISTINCT, and one more per WORDS_PER_DISTINCT words of text, up to
MOST_DISTINCT. What a list repeats tells no language: "CI/R&A, CI/OPS, …", or MA for Massachusetts in a roster."""
AHEAD = 1.15
"""Least ratio of the first language's weight to the second's."""
NOTHING = "(?!)"
"""A regular expression that never matches, for languages without the words in question."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language, as described in its file."""

    code: str
    """ISO 639-1."""
    name: str
    tesseract: tuple[str, ...]
    search: str
    """PostgreSQL's text search configuration, or empty."""
    common: frozenset[str]
    """Most common words, without accents."""
    short: frozenset[str]
    small_in_titles: frozenset[str]
    tables: dict[str, dict[str, Any]]
    """The tables in the file, by name: prose, numbers, calendar, drafting, ..."""


@cache
def languages() -> dict[str, Language]:
    """Return all languages by code, English first. Reading the files takes some 10 ms, once per process."""
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
    """Return the language of an ISO 639-1 code; None if it is unknown."""
    return languages().get(code)


def of_tesseract(codes: str) -> Language | None:
    """Return the language of the first known code of Tesseract's: German for "deu+eng"."""
    by_code = {code: language for language in languages().values() for code in language.tesseract}
    return next((by_code[code] for code in codes.split("+") if code in by_code), None)


def alternatives(table: str, name: str, *, language: str) -> str:
    """Return the entries of one list as a regular expression; `NOTHING` if the language has none."""
    spoken = known(language)
    return joined(spoken.tables.get(table, {}).get(name, ()) if spoken else ())


def every(table: str, name: str) -> str:
    """Return the entries of one list in all languages as a regular expression."""
    return joined(entry for language in languages().values() for entry in language.tables.get(table, {}).get(name, ()))


def joined(entries: Iterable[str]) -> str:
    """Join entries as alternatives of a regular expression."""
    return "|".join(entries) or NOTHING


def months(language: str) -> tuple[tuple[str, ...], ...]:
    """Return the names and abbreviations of the twelve months; empty if they are unknown."""
    spoken = known(language)
    return (
        tuple(tuple(names.split()) for names in spoken.tables.get("calendar", {}).get("months", ())) if spoken else ()
    )


def any_month(language: str) -> str:
    """Return a regular expression for any name of a month, longer names first."""
    names = [name for month in months(language) for name in month]
    return joined(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


def plain(text: str) -> str:
    """Return the text in lower case without accents, as OCR in another language reads it: "fur" for "für"."""
    small = text.lower()
    if small.isascii():
        return small
    return _NOT_ASCII.sub(_without_mark, unicodedata.normalize("NFD", small))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _without_mark(letter: re.Match[str]) -> str:
    return "" if unicodedata.combining(letter[0]) else letter[0]


@dataclass(frozen=True, slots=True)
class Count:
    """Common words of each language in a text."""

    words: int
    weights: dict[str, float]
    """Number of common words by language; a word that several languages share is divided among them."""
    distinct: dict[str, int]
    """Number of different common words by language."""
    times: Mapping[str, int]
    """How often each word is in the text, in lower case and without accents."""


@lru_cache(maxsize=16)
def count_common(text: str) -> Count:
    """Count the common words of each language in a text. Cached, since a document is counted more than once.

    Single letters don't count: noise is full of them, and "a e i o y" are words in half of the languages.
    """
    words = Counter(re.findall(r"[^\W\d_]{2,}", plain(text)))
    shares = _shares()
    weights, distinct = dict.fromkeys(languages(), 0.0), dict.fromkeys(languages(), 0)
    for word, times in words.items():
        for code in shares.get(word, ()):
            weights[code] += times / len(shares[word])
            distinct[code] += 1
    return Count(words.total(), weights, distinct, words)


@cache
def _shares() -> dict[str, tuple[str, ...]]:
    """Return the languages that each common word belongs to."""
    every = {word for language in languages().values() for word in language.common}
    return {word: tuple(code for code, language in languages().items() if word in language.common) for word in every}


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of a text's language, or "" if there is too little text to tell.

    The most common words of a language are 40 to 50 % of its running text, and rare in other languages. Takes some 0.3
    ms per page.
    """
    return language_by(count_common(text))


def language_by(count: Count) -> str:
    """Return the same for a text whose common words are counted already."""
    if count.words < LEAST_WORDS:
        return ""
    first, second = sorted(count.weights, key=lambda code: -count.weights[code])[:2]
    enough = count.weights[first] >= max(LEAST_WEIGHT, LEAST_SHARE * count.words)
    varied = count.distinct[first] >= min(LEAST_DISTINCT + count.words // WORDS_PER_DISTINCT, MOST_DISTINCT)
    return first if enough and varied and count.weights[first] > AHEAD * count.weights[second] else ""


def usual_language(codes: Iterable[str]) -> str:
    """Return the most common of the languages of a collection's pages; English if none is known."""
    counts = Counter(code for code in codes if code)
    return counts.most_common(1)[0][0] if counts else "en"
