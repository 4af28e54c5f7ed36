"""Tell words from the noise that OCR reads in pictures and stains.

There is no word list, since half of a title is names, places, and other languages. Noise shows in its spelling: signs
or capitals inside a word, no vowels, five consonants in a row (which no European language has), and one token after
another of one or two characters.
"""

from __future__ import annotations

import re
from functools import lru_cache

from clustering.engine.languages import languages

_EDGES = "\"'“”‘’«»„()[]{}<>.,;:!?*-–—…•·#/\\|_=~+^°™®"
_VOWEL = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüý]", re.IGNORECASE)
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxzçñß]{5,}", re.IGNORECASE)
_ONE_SOUND = re.compile(r"sch|ch|ck|th|ph|gh|ng|st", re.IGNORECASE)
"""Letters that are one sound, so that "strengths" and "Gewerkschaften" don't have five consonants in a row."""
_REPEATED = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)
_NUMBER = re.compile(r"[#$£€¢]?\d[\d.,:/\-–%¢]*(st|nd|rd|th|s|’s|'s)?$", re.IGNORECASE)
_ACRONYM = re.compile(r"([A-Z]{1,6}s?|([A-Z]\.){1,6}|[A-Z](&[A-Z])+|[A-Z]+([-/][A-Z]+)+)$")
_INNER_CAPITAL = re.compile(r"^(Mc|Mac|De|Di|La|Le|Van|O'|O’|D'|D’|L'|L’)?[A-Z]?[^\W\d_A-Z]+$")
_SHORT = frozenset().union(*(language.short for language in languages().values()))
"""Words of one or two letters in any language."""

_GLUED = re.compile(r"(?<=[a-zà-ÿ]{3})(?=[A-ZÀ-Ý][a-zà-ÿ]{2})")


def unglued(text: str) -> str:
    """Return the text with words separated that OCR ran together ("CivilRights"), but not MacArthur or LaRouche."""
    if not _GLUED.search(text):
        return text
    return re.sub(r"\S+", lambda match: match[0] if match[0].startswith("Mac") else _GLUED.sub(" ", match[0]), text)


@lru_cache(maxsize=50_000)
def wordlike(token: str) -> bool:
    """Whether a token could be a word, name, acronym, or number in a European language."""
    core = token.strip(_EDGES)
    if not core:
        return False
    if _NUMBER.match(core) or _ACRONYM.match(core):
        return True
    parts = [part for part in re.split(r"[-–—/&'’.]+", core) if part]
    return bool(parts) and all(_wordlike_part(part) for part in parts) and (len(parts) <= 4)


def _wordlike_part(part: str) -> bool:
    if _NUMBER.match(part) or _ACRONYM.match(part):
        return True
    if not part.isalpha():
        return False
    if len(part) <= 2:
        return part.lower() in _SHORT or len(part) == 1
    if _REPEATED.search(part) or not _VOWEL.search(part):
        return False
    if _CONSONANTS.search(_ONE_SOUND.sub("s", part)):
        return False
    return part.isupper() or part.islower() or bool(_INNER_CAPITAL.match(part))


@lru_cache(maxsize=20_000)
def plausibility(text: str) -> float:
    """Return the share of the characters in word-like tokens, 0 … 1; other tokens of one or two letters count double.

    Cached, because drafting needs it several times per line.
    """
    good = bad = letters = 0
    for token in unglued(text).split():
        more, less, alphabetic = _weigh(token)
        good, bad, letters = good + more, bad + less, letters + alphabetic
    if good + bad == 0 or letters < 2:
        return 0.0
    return good / (good + bad)


@lru_cache(maxsize=50_000)
def _weigh(token: str) -> tuple[int, int, int]:
    """Return how many word-like characters, other characters, and letters in word-like tokens a token adds."""
    core = token.strip(_EDGES)
    if not core:
        return 0, len(token) if len(token) > 2 else 0, 0
    if wordlike(token) and (len(core) > 2 or core.lower() in _SHORT or core[0].isdigit() or core.isupper()):
        return len(core), 0, sum(map(str.isalpha, core))
    return 0, max(2 * len(core), 4) if len(core) <= 2 else len(core), 0
