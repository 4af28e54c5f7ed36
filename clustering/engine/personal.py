"""Find likely personal data on a page, as a suggestion to look. It decides nothing and misses much.

    find_personal(["Soc. Sec. No. 536-90-4399"], language="en")   # [Hint("social security", line=0, ...)]

Numbers are checked like their issuers do (check digits, prefixes, area codes), so that form numbers, call numbers, and
ZIP codes don't count. Words are in the table `personal` of the files in `languages`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban, luhn
from stdnum.de import idnr
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.us import ssn

from clustering.engine.languages import alternatives, any_month, known

VERSION = 1
"""Raise this when other things are found, also because words in the languages' files changed: all texts are searched
again."""
REGIONS = {"en": "US", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "da": "DK", "pl": "PL"}
"""Country of telephone numbers without a country code, by the language of the page."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hint:
    """A line to look at."""

    kind: str
    """One of `KINDS`."""
    line: int
    """Index of the line on the page, from 0."""
    start: int
    end: int
    """Place within the line."""


def find_personal(lines: Sequence[str], *, language: str) -> list[Hint]:
    """Return what may be personal data in these lines, in reading order; of overlapping ones the more certain.

    `language` is the page's ISO 639-1 code; without one, or for an unknown one, the English words are used.
    """
    spoken = language if known(language) else "en"
    hints: list[Hint] = []
    for at, line in enumerate(lines):
        taken: list[Hint] = []
        for kind, spans in KINDS.items():
            for start, end in spans(line, spoken):
                if all(end <= hint.start or start >= hint.end for hint in taken):
                    taken.append(Hint(kind, at, start, end))
        hints += sorted(taken, key=lambda hint: hint.start)
    return hints


# --- Numbers ---------------------------------------------------------------------------------------------------------
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
_HYPHENED = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_NINE = r"\d{3}[ -]?\d{2}[ -]?\d{4}"
_NIR = re.compile(r"(?<!\d)[12](?: ?\d){12}(?: ?\d){2}(?!\d)")
_DNI = re.compile(r"(?<!\w)\d{8}-?[A-Z](?!\w)")
_TAX_ID = re.compile(r"(?<!\d)[1-9](?: ?\d){10}(?!\d)")
_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|5\d\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}"
)
"""Visa, Mastercard, American Express, Discover and Diners Club. Bar codes of libraries have the same check digit."""
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")


def _emails(line: str, language: str) -> Iterator[Span]:
    yield from (match.span() for match in _EMAIL.finditer(line))


def _social(line: str, language: str) -> Iterator[Span]:
    """Yield personal numbers. Nine digits without separators count only after the number's name."""
    yield from (match.span() for match in _HYPHENED.finditer(line) if ssn.is_valid(match[0]))
    for match in _after("social", _NINE, language).finditer(line):
        if ssn.is_valid(match[1].replace(" ", "-")):
            yield match.span(1)
    yield from (match.span() for match in _NIR.finditer(line) if nir.is_valid(match[0]))
    if language == "es":
        yield from (match.span() for match in _DNI.finditer(line) if dni.is_valid(match[0]))
    if language == "de":
        yield from (match.span() for match in _TAX_ID.finditer(line) if idnr.is_valid(match[0]))


def _cards(line: str, language: str) -> Iterator[Span]:
    for match in _CARD.finditer(line):
        digits = re.sub(r"\D", "", match[0])
        if _ISSUERS.fullmatch(digits) and luhn.is_valid(digits):
            yield match.span()


def _accounts(line: str, language: str) -> Iterator[Span]:
    for match in _IBAN.finditer(line):
        # Capitals after it may be the next word.
        ends = [match.end(), *(match.start() + gap.start() for gap in reversed(list(re.finditer(" ", match[0]))))]
        end = next((end for end in ends if iban.is_valid(line[match.start() : end])), None)
        if end is not None:
            yield match.start(), end
    yield from (match.span(1) for match in _after("account", r"\d(?:[ -]?\d){5,16}", language).finditer(line))


def _phones(line: str, language: str) -> Iterator[Span]:
    """Yield telephone numbers that exist in their country's plan; plain digits don't count."""
    for match in PhoneNumberMatcher(line, REGIONS.get(language, "US"), leniency=Leniency.VALID):
        if not match.raw_string.isdecimal():
            yield match.start, match.end


# --- Words -----------------------------------------------------------------------------------------------------------
@cache
def _after(name: str, number: str, language: str) -> re.Pattern[str]:
    """Return a number closely after one of these words."""
    words = alternatives("personal", name, language=language)
    return re.compile(rf"\b(?:{words})\W{{0,3}}(?:n[or°º]|num|#)?\W{{0,3}}({number})(?!\d)", re.IGNORECASE)


@cache
def _birth(language: str) -> re.Pattern[str]:
    """Return a word for birth closely followed by a full date; every biography has years."""
    words = alternatives("personal", "birth", language=language)
    month = any_month(language)
    day = rf"(?:\d{{1,2}}\W{{1,2}}(?:de )?(?:{month})|(?:{month})\W{{1,2}}\d{{1,2}})\W{{1,3}}(?:de )?\d{{4}}"
    figures = r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{4}-\d{2}-\d{2}"
    return re.compile(rf"\b(?:{words})\b\D{{0,24}}(?:{day}|{figures})", re.IGNORECASE)


@cache
def _medical(language: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives('personal', 'medical', language=language)})\b", re.IGNORECASE)


def _births(line: str, language: str) -> Iterator[Span]:
    yield from (match.span() for match in _birth(language).finditer(line))


def _illness(line: str, language: str) -> Iterator[Span]:
    yield from (match.span() for match in _medical(language).finditer(line))


KINDS: dict[str, Callable[[str, str], Iterator[Span]]] = {
    "social security": _social,
    "card": _cards,
    "bank account": _accounts,
    "e-mail": _emails,
    "phone": _phones,
    "date of birth": _births,
    "medical": _illness,
}
"""What is looked for, the most certain first, and how."""
