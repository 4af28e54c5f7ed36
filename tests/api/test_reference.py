"""The document, and the page that people read it on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from clustering.api.problems import KINDS
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


def fields_of(known: dict[str, Any], operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Name and schema of each parameter beyond the address, and of each field of the body."""
    fields = [(one["name"], one) for one in operation["parameters"] if one["in"] != "path"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        shape = content["schema"]
        shape = known["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]] if "$ref" in shape else shape
        fields += shape.get("properties", {}).items()
    return fields


def test_every_parameter_and_every_field_of_an_order_is_described(known: dict[str, Any]) -> None:
    plain = {"group", "groups", "pages", "title", "kind", "language", "note", "verb", "state", "verdict"}
    fields = [
        (operation["operationId"], name, field)
        for operations in known["paths"].values()
        for operation in operations.values()
        for name, field in fields_of(known, operation)
    ]
    assert len(fields) > 100
    assert [(who, name) for who, name, field in fields if not field.get("description") and name not in plain] == []


def test_nothing_is_left_in_it_that_nobody_refers_to(known: dict[str, Any]) -> None:
    text = str(known)
    assert [name for name in known["components"]["schemas"] if f"schemas/{name}'" not in text] == []


def test_the_page_shows_the_document_and_every_problem(alice: User) -> None:
    client = Client()
    assert client.get("/api/v1/").headers["Location"].startswith("/sign-in/")
    client.force_login(alice)
    answer = client.get("/api/v1/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-document="/api/v1/openapi.json"' in page
    for kind in KINDS:
        assert f'id="problem-{kind}"' in page
    outside = re.findall(r'(?:src|href)="(https?:[^"]+)"', page)
    assert outside == [], "nothing comes from elsewhere"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    for script in re.findall(r'<script[^>]* src="/static/(ninja/[^"]+)"', page):
        assert finders.find(script), script
