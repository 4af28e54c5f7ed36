"""Answers of a language model: taken field by field, and refused where they are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.engine.language_model import DocumentAnswer, Nonsense, read_document_answer, read_seam_answer

KINDS = ("letter", "flyer")
PLAIN = {"new_document": True, "confidence": 0.8, "reason": "A letterhead."}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(PLAIN),
        f"```json\n{json.dumps(PLAIN)}\n```",
        f"<think>Is it {{new}}?</think>\nHere it is: {json.dumps(PLAIN)} I hope that helps.",
        json.dumps(PLAIN | {"confidence": 80}),
        json.dumps(PLAIN | {"reason": "A\n letterhead.\x00", "more": [1]}),
    ],
)
def test_an_answer_is_found_in_what_models_put_around_it(content: str) -> None:
    answer = read_seam_answer(content)
    assert (answer.new_document, answer.confidence, answer.reason) == (True, 0.8, "A letterhead.")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "not JSON"),
        ("I think it is a new document.", "not JSON"),
        ('{"new_document": true, "confidence"', "is cut off"),
        ("{" * 50_000, "is cut off"),
        ('{"a": ' * 50_000, "is cut off"),
        (json.dumps(PLAIN | {"new_document": "perhaps"}), "whether a new document begins"),
        (json.dumps(PLAIN | {"new_document": None}), "whether a new document begins"),
        (json.dumps(PLAIN | {"confidence": "high"}), "how sure"),
        (json.dumps(PLAIN | {"confidence": True}), "how sure"),
        (json.dumps(PLAIN | {"confidence": -1}), "between 0 and 1"),
        (json.dumps(PLAIN | {"confidence": 1e9}), "between 0 and 1"),
        ('{"new_document": true, "confidence": NaN, "reason": "x"}', "between 0 and 1"),
        (json.dumps(PLAIN | {"reason": ""}), "no reason"),
        (json.dumps(PLAIN | {"reason": ["x"]}), "no reason"),
    ],
)
def test_nonsense_is_refused_and_says_what_was_wrong(content: str, why: str) -> None:
    with pytest.raises(Nonsense, match=why):
        read_seam_answer(content)


def test_doubt_in_its_own_answer_is_a_guess() -> None:
    assert read_seam_answer(json.dumps(PLAIN | {"confidence": 0.2})).confidence == 0.5


def test_a_long_reason_is_cut() -> None:
    assert len(read_seam_answer(json.dumps(PLAIN | {"reason": "why " * 500})).reason) == 300


def test_a_description_is_taken_field_by_field() -> None:
    reply = {
        "title": " Minutes\nof the council ",
        "kind": "Letter",
        "date": "1958-03-02",
        "creator": 7,
        "people": ["Ann Lee", "Ann Lee", "", None, "Bo"],
        "places": "Boston",
        "language": "EN",
        "summary": "x" * 900,
    }
    answer = read_document_answer(json.dumps(reply), KINDS)
    assert (answer.title, answer.kind, answer.date, answer.language) == (
        "Minutes of the council", "letter", "1958-03-02", "en",
    )  # fmt: skip
    assert (answer.creator, answer.people, answer.places) == ("", ("Ann Lee", "Bo"), ())
    assert len(answer.summary) == 600


def test_a_kind_that_is_not_on_offer_and_a_language_in_words_are_left_out() -> None:
    answer = read_document_answer('{"title": "x", "kind": "poem", "language": "English"}', KINDS)
    assert answer == DocumentAnswer(title="x")


@pytest.mark.parametrize("content", ["{}", "[]", '{"title": ""}', "nothing", '{"other": 1}'])
def test_a_description_that_says_nothing_is_nonsense(content: str) -> None:
    with pytest.raises(Nonsense):
        read_document_answer(content, KINDS)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["new_document", "confidence", "reason", "title", "kind", "people", "places", "language", "summary", "date"]
)


@given(st.dictionaries(FIELDS, JSON) | JSON)
def test_whatever_comes_is_an_answer_within_limits_or_nonsense(reply: object) -> None:
    content = json.dumps(reply)
    try:
        seam = read_seam_answer(content)
        assert 0.5 <= seam.confidence <= 1.0
        assert seam.reason.isprintable()
    except Nonsense as refusal:
        assert str(refusal).endswith(".")
    try:
        document = read_document_answer(content, KINDS)
        assert document.kind in (*KINDS, "")
        assert all(name.isprintable() for name in document.people)
    except Nonsense as refusal:
        assert str(refusal).endswith(".")
