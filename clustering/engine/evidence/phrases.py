"""Patterns for the phrases of a language. The words are data; where on a line they may be is defined here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from clustering.engine.languages import NOTHING, alternatives, any_month, known
from clustering.engine.word_patterns import WordPattern


@dataclass(frozen=True, slots=True)
class Phrases:
    """Compiled patterns of one language; if it has no `[prose]` table, they match nothing."""

    more: WordPattern
    more_elsewhere: WordPattern
    """The same with a page number, as in columns: "continued on page 3"."""
    continued: WordPattern
    continued_elsewhere: WordPattern
    """"continued from page 1"."""
    end: WordPattern
    closing: WordPattern
    imprint: WordPattern
    panel: WordPattern
    """What is printed near the address of a mailed newsletter or leaflet."""
    mailed: WordPattern
    """The same, and other phrases about mail."""
    salutation: WordPattern
    announced: WordPattern
    field: WordPattern
    """The label of a form field, alone on its line or before its value."""
    volume: WordPattern
    """"Vol. 21"."""
    numbered: WordPattern
    contents: WordPattern
    slip: WordPattern
    """What a sheet calls itself that routes others."""
    date_line: WordPattern
    address: WordPattern
    officer: WordPattern
    broken_word: WordPattern
    """A line that ends with a hyphenated word."""
    runs_out: WordPattern
    """A line that ends in the middle of a sentence."""
    sentence_ends: WordPattern
    goes_on: WordPattern
    """A line that begins with a lower-case word."""
    sentence_begins: WordPattern


@dataclass(frozen=True, slots=True)
class NumberPhrases:
    """Compiled patterns of one language around page numbers."""

    worded: WordPattern
    """"page 2 of 5": the number, and the total if given."""
    of: WordPattern
    """"2 of 5" alone on its line."""
    no_page: WordPattern
    """What before a number makes it something else."""
    address: WordPattern
    """An address line, whose number is that of a house."""
    elsewhere: WordPattern
    """What before "page 2" makes it another page: "continued on"."""


@cache
def phrases(language: str) -> Phrases:
    """Return the patterns of a language by its ISO 639-1 code."""
    spoken = known(language)
    table = spoken.tables.get("prose", {}) if spoken else {}

    def term(name: str) -> str:
        return alternatives("prose", name, language=language)

    def drafted(name: str) -> str:
        return alternatives("drafting", name, language=language)

    universal = bool(table)
    dates = term("dates").replace("<month>", f"(?:{any_month(language)})")
    small, capital = table.get("small"), table.get("capital")
    return Phrases(
        more=_pattern(
            rf"(?:^|\s)[-–—(\[*.~]{{1,3}}\s?(?:{term('more_between_marks')})\s?[-–—)\]*.~]{{0,3}}$|"
            rf"^\W*(?:{term('more_alone')})\W*$|{term('more_said')}"
        ),
        more_elsewhere=_pattern(rf"(?:{term('more_said')})(?:\W{{1,3}}(?:{term('page')}))?\W{{0,3}}[1-9]\d?\b"),
        continued_elsewhere=_pattern(rf"(?:{term('continued_said')})\W{{1,3}}(?:{term('page')})\W{{0,3}}[1-9]\d?\b"),
        continued=_pattern(
            rf"^\W*(?:{term('continued_begins')})(?!\w)|\b(?:{term('continued_said')})\b|\b(?:{term('page')})\s?[2-9]\b|"
            r"^\W*-\s?[2-9]\s?-"
        ),
        end=_pattern(rf"^\W*(?:#\s?#\s?#?|-?\s?30\s?-|{term('end')}|\*\s?\*\s?\*)\W*$"),
        closing=_pattern(
            rf"^\W{{0,3}}(?:{term('closing')})(?!\w)|^\W{{0,2}}(?:{term('enclosures')})\s?[:.]|{term('typists')}"
            + (r"|^\W*[a-z]{2,4}[:/][a-z]{2,4}\W*$" if universal else "")
        ),
        imprint=_pattern(rf"\b(?:{term('imprint')}|{term('panel')}|{term('mailed')})"),
        panel=_pattern(rf"\b(?:{term('panel')})"),
        mailed=_pattern(rf"\b(?:{term('panel')}|{term('mailed')})"),
        salutation=_pattern(rf"^\W{{0,3}}(?:{term('salutation')})"),
        announced=_pattern(rf"\b(?:{term('announced')})(?!\w)"),
        numbered=_pattern(
            rf"\b(?:{term('numbered')})[.,:]?\s{{0,2}}\d{{1,3}}(?:\s?[-–/]\s?\d{{1,4}})?\b|#\s?\d{{1,3}}\b"
        ),
        field=_pattern(rf"^\W*(?:{drafted('field')})\s*(?:[:._]|$)"),
        volume=_pattern(rf"\b(?:{drafted('issue_volume')})[.:,]?\s{{0,2}}(\d{{1,3}})\b"),
        contents=_pattern(rf"^\W*(?:{term('contents')})\W*$"),
        slip=_pattern(rf"\b(?:{term('slip')})(?!\w)"),
        date_line=_pattern(dates),
        address=_pattern(rf"\b(?:{term('address')})(?!\w)" + (r"|\b\d{5}(?:-\d{4})?\s*$" if universal else "")),
        officer=_pattern(rf"\b(?:{term('officer')})\b"),
        broken_word=_exactly(f"[{small}]-$" if small else ""),
        runs_out=_exactly(f"[{small},]$" if small else ""),
        sentence_ends=_exactly(r"[.!?:]['\"”)]*$" if universal else ""),
        goes_on=_exactly(f"[{small}]{{2}}" if small else ""),
        sentence_begins=_exactly(
            _beginning(str(capital), nouns=bool(table.get("nouns_in_capitals"))) if capital else ""
        ),
    )


def _beginning(capital: str, *, nouns: bool) -> str:
    """Return a pattern for the beginning of a sentence. If nouns are capitalized, only digits and bullets show it."""
    return r"['\"“(]*[0-9•*]" if nouns else rf"['\"“(]*[{capital}0-9•*]"


@cache
def number_phrases(language: str) -> NumberPhrases:
    """Return the patterns around page numbers, by ISO 639-1 code."""

    def term(name: str) -> str:
        return alternatives("numbers", name, language=language)

    return NumberPhrases(
        worded=_pattern(
            rf"\b(?:{term('page')})\s?[:.#]?\s?0{{0,2}}(\d{{1,3}})\b(?:\s?(?:{term('of')}|/)\s?0{{0,2}}(\d{{1,3}}))?"
        ),
        of=_pattern(rf"^\W*(\d{{1,3}})\s?(?:{term('of')}|/)\s?(\d{{1,3}})\W*$"),
        no_page=_pattern(rf"(?:\b(?:{term('other')})\W{{0,2}}|[#$£(])\s*$"),
        address=_pattern(rf"\b(?:{alternatives('prose', 'address', language=language)})(?!\w)"),
        elsewhere=_pattern(rf"\b(?:{term('reference')})\W{{1,3}}$"),
    )


def _pattern(expression: str) -> WordPattern:
    return WordPattern(expression)


def _exactly(expression: str) -> WordPattern:
    """Compile with case; an empty expression matches nothing."""
    return WordPattern(expression or NOTHING, flags=0)
