"""The invented texts: readable, without gaps, and the same for the same source of chance."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

import pytest

from clustering.samples.face import Style
from clustering.samples.language import SENTENCES, Writer, title_case
from clustering.samples.organizations import invent_organization
from clustering.samples.setting import measure, set_text
from clustering.samples.typewriter import typed_paragraph
from clustering.samples.vocabulary import THEMES


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_sentence_is_whole(theme: object) -> None:
    writer = Writer(theme, Random(1), year=1966, town="Osgood")  # type: ignore[arg-type]  # parametrize gives objects
    for _ in range(400):
        sentence = writer.sentence()
        assert re.fullmatch(r"[“\"A-Z0-9].*[.!?]\"?", sentence), sentence
        assert "{" not in sentence
        assert "  " not in sentence


def test_no_sentence_comes_again_at_once() -> None:
    writer = invent_organization(Random(2)).writer(Random(2), 1970)
    text = [writer.sentence() for _ in range(300)]
    assert len(set(text)) > 250
    assert all(a != b for a, b in pairwise(text))


def test_the_same_chance_writes_the_same_text() -> None:
    first, second = (invent_organization(Random(4)).writer(Random(9), 1958).paragraphs(6) for _ in range(2))
    assert first == second
    assert len(SENTENCES) > 60


def test_headlines_keep_minor_words_small() -> None:
    assert title_case("the price of milk and bread") == "The Price of Milk and Bread"


def test_set_lines_never_exceed_the_measure_and_lose_no_word() -> None:
    text = invent_organization(Random(5)).writer(Random(5), 1961).paragraph(12)
    style = Style("roman", 9.4)
    lines = set_text(text, style, 160, indent=10)
    assert " ".join(word for line in lines for word in line.words) == text
    assert all(sum(measure(word, style) for word in line.words) + line.indent <= 160 for line in lines)


def test_typed_lines_never_exceed_the_measure_and_lose_no_word() -> None:
    text = invent_organization(Random(6)).writer(Random(6), 1961).paragraph(12)
    lines = typed_paragraph(text, 60)
    assert " ".join(line.text.strip() for line in lines) == text
    assert all(len(line.text) <= 60 for line in lines)
