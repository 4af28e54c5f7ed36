"""Numbers, ids and texts as strangers write them; JSON as only a program would."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from clustering.request_values import act_id, is_storable, versions_of, whole_number, whole_numbers
from clustering.sources.plain_json import MOST_DEEP, read_json


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0", 0), ("012", 12), (7, 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5000, None), (10**18, None),
        (-1, None), ("-1", None), ("+1", None), ("1_0", None), (" 1", None), ("", None), ("٣", None), ("²", None),
        ("1.0", None), (1.0, None), (True, None), (None, None), ([1], None), (10**400, None),
    ],
)  # fmt: skip
def test_whole_numbers_are_plain_digits_that_the_database_can_hold(written: object, number: int | None) -> None:
    assert whole_number(written) == number


def test_of_many_those_that_are_numbers_are_left() -> None:
    assert whole_numbers(["3", "x", "1", "3", ""]) == [3, 1, 3]
    assert versions_of(["12:3", "12", ":", "x:1", "4:" + "9" * 5000, "5:6:7"]) == {12: 3}


def test_an_act_is_named_by_a_uuid_or_not_at_all() -> None:
    name = "0b8ff7b1-6e3a-4b5e-8a6c-000000000001"
    assert act_id(name) == UUID(name)
    assert act_id("x") is None


def test_what_the_database_cannot_keep_is_known() -> None:
    assert is_storable("A letter, “é” 🙂\n")
    assert not any(map(is_storable, ("a\0b", "\ud83d", "x\udfff")))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("NaN", "NaN is not a JSON number"), ('{"a": Infinity}', "Infinity is not a JSON number"),
        ("[-Infinity]", "not a JSON number"),
        ("1e400", "too large a number"), ("[-1e999]", "too large a number"), ("9" * 19, "too large a number"),
        ("-" + "9" * 5000, "too large a number"), ("[" * 100_000, "nested too deeply"), ("{", "Expecting"),
        ("[" * (MOST_DEEP + 1) + "]" * (MOST_DEEP + 1), "nested too deeply"),
        ('{"a":' * 200 + "1" + "}" * 200, "nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_with_the_reason(content: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_json(content.encode())


def test_what_is_json_is_read_as_it_is() -> None:
    document = {"a": [1, -2.5, 1e300, "x", None, True, {"b": ["{[" * 500]}]}
    assert read_json(json.dumps(document).encode()) == document
    deep = "[" * MOST_DEEP + "]" * MOST_DEEP
    assert json.dumps(read_json(deep.encode())) == deep
