"""Which words a text must have for a regular expression to match, and the lines that may match."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustering.engine.evidence.phrases import phrases
from clustering.engine.languages import languages
from clustering.engine.word_patterns import SmallText, WordPattern, needed_words


@dataclass(frozen=True)
class Said:
    """A line of text."""

    text: str


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (r"\b(?:permit no|bulk rate)", {"permit no", "bulk rate"}),
        (r"(?:yours )?(?:very )?truly", {"truly"}),
        (r"enclosures?\b|encl?s?", {"enc"}),
        (r"finis?", {"fini"}),
        (r"vol\.?\s{0,2}\d{1,3}", {"vol"}),
        (r"a{0,3}bc+d", {"bc"}),
        (r"[$%]\s?\d", {"$", "%"}),
        (r"\b\d{5}(?:-\d{4})?$", set("0123456789")),
        (r"décembre", {"cembre"}),
        (r"(?P<name>[A-Z]\w+) (?!News)Weekly", {"weekly"}),
        (r"(?<!the )post[- ]office", {"office"}),
        (r"\(end\)", {"(end)"}),
        (r"[a-z]{2}", set()),
        (r"more|\w+", set()),
        (r"(?:the end)?", set()),
        (r"\u0061bc", set()),
    ],
)
def test_each_match_has_one_of_these_words(expression: str, words: set[str]) -> None:
    assert needed_words(expression) == words


@pytest.mark.parametrize("language", languages())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_no_match_of_a_language_is_missed(language: str, data: st.DataObject) -> None:
    table = phrases(language)
    patterns: list[WordPattern] = [getattr(table, field.name) for field in fields(table)]
    pattern = data.draw(st.sampled_from([pattern for pattern in patterns if pattern.words]))
    line = Said(data.draw(st.from_regex(pattern.compiled)))
    if pattern.search(line.text):
        assert list(pattern.among([line], SmallText([line]))) == [line]


@pytest.mark.parametrize("text", ["POSTAGE", "poſtage", "POſtage paıd", "PAİD", "paid\u212a", "№ ٣", "\0paid\0"])
def test_letters_that_python_takes_for_others_are_found_too(text: str) -> None:
    pattern, line = WordPattern(r"\b(?:postage|paid|\d)"), Said(text)
    assert pattern.search(text)
    assert list(pattern.among([line], SmallText([line]))) == [line]


def test_only_lines_with_a_needed_word_are_left() -> None:
    lines = [Said("Bulk Rate"), Said("Dear friends,"), Said("U.S. POSTAGE")]
    page = SmallText(lines)
    assert [astuple(line) for line in WordPattern("bulk rate|u.s. postage").among(lines, page)] == [
        ("Bulk Rate",), ("U.S. POSTAGE",),
    ]  # fmt: skip
    assert not WordPattern("permit no").among(lines, page)
    assert WordPattern(r"\w").among(lines[:1], page) == lines[:1]
    assert not WordPattern("permit").among([], SmallText([]))
