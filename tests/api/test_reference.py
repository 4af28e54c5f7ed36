"""The document, and the page that people read it on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from clustering.api.problems import KINDS
from clustering.api.reading import nouns_of, type_in_words
from clustering.api.v1 import document
from clustering.models import User


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    return document()


def test_every_operation_says_what_it_does_and_what_may_go_wrong(known: dict[str, Any]) -> None:
    names = []
    for operations in known["paths"].values():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            assert operation["description"].strip(), names[-1]
            assert operation["tags"][0] in {tag["name"] for tag in known["tags"]}
            assert {"401", "404", "500"} <= operation["responses"].keys()
            if method != "get":
                assert {"403", "409", "422"} <= operation["responses"].keys()
            for status, answer in operation["responses"].items():
                if status[0] in "45":
                    assert list(answer["content"]) == ["application/problem+json"]
    assert len(names) == len(set(names)) > 40


def test_every_parameter_and_every_field_of_an_order_is_described(known: dict[str, Any]) -> None:
    silent = [
        (operation.name, field.name)
        for noun in nouns_of(known)
        for operation in noun.operations
        for field in [*operation.parameters, *operation.body]
        if not field.description
        and field.name not in {"group", "groups", "pages", "title", "kind", "language", "note", "verb", "state"}
        and field.name not in {"verdict"}
    ]
    assert silent == []


def test_nothing_is_left_in_it_that_nobody_refers_to(known: dict[str, Any]) -> None:
    text = str(known)
    assert [name for name in known["components"]["schemas"] if f"schemas/{name}'" not in text] == []


def test_the_page_lists_every_operation_and_every_problem(alice: User, known: dict[str, Any]) -> None:
    client = Client()
    assert client.get("/api/v1/").headers["Location"].startswith("/sign-in/")
    client.force_login(alice)
    answer = client.get("/api/v1/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for operations in known["paths"].values():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page
    for kind in KINDS:
        assert f'id="problem-{kind}"' in page
    outside = re.findall(r'(?:src|href)="(https?:[^"]+)"', page)
    assert outside == [], "nothing comes from elsewhere"
    assert "style=" not in page
    assert "<script>" not in page


def test_types_are_told_in_words() -> None:
    assert type_in_words({"type": "integer", "minimum": 1, "maximum": 1000}) == "whole number, 1 to 1000"
    assert type_in_words({"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}) == "one of “a”, “b” or null"
    assert type_in_words({"type": "array", "items": {"$ref": "#/x/Sheet_Group_"}}) == "list of sheet of Group"


def test_every_shape_that_a_field_names_is_explained(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    page = client.get("/api/v1/").content.decode()
    named = set(re.findall(r'href="#(shape-\w+)"', page))
    assert {"shape-Group", "shape-Edit", "shape-Problem"} <= named
    assert [name for name in named if f'id="{name}"' not in page] == []
