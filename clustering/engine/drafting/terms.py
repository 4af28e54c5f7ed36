"""Patterns that drafting searches for: the words of each language are data, their position on a line is code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from clustering.engine.languages import alternatives
from clustering.engine.word_patterns import WordPattern


@dataclass(frozen=True, slots=True)
class Terms:
    """Compiled patterns of one language; those without words in its file match nothing."""

    salutation: WordPattern
    addressing: WordPattern
    """What precedes the name in a salutation."""
    addressed_to_nobody: WordPattern
    closing: WordPattern
    officers: WordPattern
    field: WordPattern
    form_names: WordPattern
    form_words: WordPattern
    undersigned: WordPattern
    press: WordPattern
    end_mark: WordPattern
    speech: WordPattern
    audience: WordPattern
    speaker: WordPattern
    serial: WordPattern
    continued: WordPattern
    byline: WordPattern
    """A line that is only a byline."""
    byline_begins: WordPattern
    reprint: WordPattern
    publication: WordPattern
    fact_sheet: WordPattern
    sheet_number: WordPattern
    report: WordPattern
    appeal: WordPattern
    canvass: WordPattern
    agenda: WordPattern
    letter: WordPattern
    memorandum: WordPattern
    memo_to: WordPattern
    """A line at the head of a memorandum that names who gets it: "TO: All Locals"."""
    memo_from: WordPattern
    telegram: WordPattern
    blank_greeting: WordPattern
    name: WordPattern
    honorific: WordPattern
    subject: WordPattern
    address: WordPattern
    boilerplate: WordPattern
    marking: WordPattern
    """A line that only says how to treat a paper or what was done with it: "Confidential", "Do not destroy"."""
    numbered: WordPattern
    section: WordPattern
    page: WordPattern
    issue: WordPattern
    issue_number: WordPattern
    serial_quoted: WordPattern
    """An order blank that names the serial: "Order blank for “Political Memo from COPE”"."""
    serial_stated: WordPattern
    """An imprint that names it: "Political Memo is published every two weeks"."""
    release: WordPattern
    date_label: WordPattern
    imprint: WordPattern
    imprint_line: WordPattern
    delivered: WordPattern
    meeting: WordPattern
    preposition: WordPattern
    ahead: WordPattern
    newspaper: WordPattern
    deadline: WordPattern
    event_label: WordPattern
    """What begins a line that says where or when something takes place: "PLACE", "Time:"."""
    received: WordPattern
    """What a stamp says before the day on which a paper came in, was registered, or was released to the public."""
    birth: WordPattern
    """What precedes a date of birth."""
    figures: WordPattern
    percent: WordPattern


@cache
def terms(language: str) -> Terms:
    """Return the patterns of a language by its ISO 639-1 code."""
    return Terms(**_of_letters(language), **_of_kinds(language), **_of_headings(language), **_of_dates(language))


def _words_of(name: str, language: str) -> str:
    return alternatives("drafting", name, language=language)


def _pattern(expression: str) -> WordPattern:
    return WordPattern(expression)


def _words(language: str, *names: str) -> dict[str, WordPattern]:
    """Compile lists of whole words, which may be anywhere on the line."""
    return {name: _pattern(rf"\b(?:{_words_of(name, language)})\b") for name in names}


def _raw(language: str, *names: str) -> dict[str, WordPattern]:
    """Compile lists whose entries are complete patterns themselves."""
    return {name: _pattern(_words_of(name, language)) for name in names}


def _of_letters(language: str) -> dict[str, WordPattern]:
    def term(name: str) -> str:
        return _words_of(name, language)

    return {
        **_words(language, "closing", "officers"),
        "salutation": _pattern(rf"^\W{{0,3}}(?:{term('salutation')})|\b(?:{term('salutation_ends')})"),
        "addressing": _pattern(rf"^\W*(?:{term('addressing')})\s+"),
        "addressed_to_nobody": _pattern(term("addressed_to_nobody")),
        "blank_greeting": _pattern(rf"^\W{{0,3}}(?:{term('blank_greeting')})\b.{{0,30}}(?:_{{3,}}|\.{{5,}}|-{{5,}})"),
        "name": WordPattern(
            rf"^(?:(?i:{term('honorific')})\.?\s)?(?:[A-ZÀ-Ý][\w'’-]*\.?,?\s){{1,4}}[A-ZÀ-Ý][\w'’-]+"
            r"(?:,?\s(?:Jr|Sr|II|III)\.?)?$",
            flags=0,
        ),
        "honorific": _pattern(rf"^(?:{term('honorific_dropped')})\.?\s+"),
        "subject": _pattern(rf"^\W*(?:{term('subject')})\s*[:.]\s*(?P<subject>\S.{{3,}})"),
    }


def _of_kinds(language: str) -> dict[str, WordPattern]:
    def term(name: str) -> str:
        return _words_of(name, language)

    return {
        **_words(
            language, "form_names", "form_words", "press", "audience", "speaker", "serial", "reprint", "fact_sheet",
            "report", "canvass", "telegram",
        ),
        **_raw(language, "undersigned", "continued", "letter"),
        "field": _pattern(rf"\b(?:{term('field')})\b[^a-z]{{0,12}}(?:$|[:_.…]|\s{{2,}})"),
        "end_mark": _pattern(rf"^\W*(?:#\s?#\s?#|-\s?30\s?-|{term('end')}|# # #)\W*$"),
        "speech": _pattern(rf"\b(?:{term('speech')})\b\s*(?:$|(?:\w+\s){{0,4}}?(?:{term('speech_links')})\b)"),
        "byline": WordPattern(
            rf"^\W{{0,4}}(?i:{term('byline')})\s+(?:[A-Z][\w.'-]+\s?){{2,4}}\W{{0,4}}$", flags=0
        ),
        "publication": _pattern(rf"\b(?:{term('publication')})|\b(?:{term('price')}|¢)\b"),
        "sheet_number": _pattern(
            rf"(?:\b(?:19|20)\d\d\s+)?\b(?:{term('fact_sheet')})\b(?:\s*(?:no\.?|nr\.?|number|#)?\s*[_\s]*#?\s?\d[\d-]*)?"
        ),
        "appeal": _pattern(rf"\b(?:{term('appeal')})\b|!"),
        "memorandum": _pattern(rf"^\W*(?:\w+\W+){{0,2}}(?:{term('memorandum')})\b"),
        "memo_to": _pattern(rf"^\W*(?:{term('memo_to')})\s*[:;]\s*(?P<name>.*)$"),
        "memo_from": _pattern(rf"^\W*(?:{term('memo_from')})\s*[:;]\s*(?P<name>.*)$"),
        "agenda": _pattern(rf"^\W*(?:{term('agenda')})\W*$|{term('listed')}"),
    }  # fmt: skip


def _of_headings(language: str) -> dict[str, WordPattern]:
    def term(name: str) -> str:
        return _words_of(name, language)

    number = rf"(?:{term('issue_number')})\b[.:,]?\s*#?\s?(?:\d+(?:[-–]\s?\d+)?|[IVXLC]+\b)"
    return {
        **_raw(language, "address"),
        "byline_begins": WordPattern(rf"^\W{{0,4}}(?i:{term('byline')})\s+[A-Z]", flags=0),
        "boilerplate": _pattern(rf"\b(?:{term('boilerplate')})\b|^\W*-?\s?\d+\s?-?\W*$"),
        "marking": _pattern(rf"^(?:\W*(?:{term('markings')})\b)+\W*$"),
        "numbered": _pattern(rf"^\W*(?:{term('numbered')})\b\.?\s*[\dIVX]"),
        "section": _pattern(rf"^\W*(?:{term('section')})\W*$"),
        "page": _pattern(rf"\b(?:{alternatives('prose', 'page', language=language)})\b"),
        "issue_number": _pattern(rf"\b(?:(?:{term('issue_volume')})[.:,]?\s*(?:\d+|[IVXLCl]+\b)\s*[,.;]?\s*)?{number}"),
        "serial_quoted": _pattern(rf"\b(?:{term('imprint_quotes')})\b[^“\"]{{0,30}}[“\"](?P<name>[^”\"]{{4,50}})[”\"]"),
        "serial_stated": WordPattern(
            r"^\W*(?i:the\s)?(?P<name>(?:[A-Z][\w’'-]*\s(?:(?:of|from|and|the|for|to)\s)*){1,6})"
            rf"(?i:{term('imprint_names')})",
            flags=0,
        ),
    }


def _of_dates(language: str) -> dict[str, WordPattern]:
    def term(name: str) -> str:
        return _words_of(name, language)

    return {
        **_words(language, "release", "imprint", "delivered", "meeting", "newspaper", "deadline", "received"),
        **_raw(language, "ahead"),
        "issue": _pattern(
            rf"\b(?:{term('issue')})\b[.:,]?\s*#?\s*(?:\d|[IVXLC]+\b|l\b)|#\s?\d|{term('special_issue')}"
        ),
        "event_label": _pattern(rf"^\W*(?:{term('event_label')})\b(?:\s*:)?"),
        "date_label": _pattern(rf"\b(?:{term('date_label')})\s*[:.]?\s*_*\s*$"),
        "imprint_line": _pattern(rf"(?:^|[.;)]\s)\W*(?:\w+\s)?(?:{term('imprint_begins')})\b"),
        "preposition": _pattern(rf"\b(?:{term('preposition')})\s*$"),
        "birth": _pattern(rf"\b(?:{alternatives('personal', 'birth', language=language)})\W*$"),
        "figures": _pattern(rf"\b(?:{term('figures')})\b|[$%]"),
        "percent": _pattern(rf"\s?(?:{term('percent')}|%)"),
    }
