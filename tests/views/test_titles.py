"""A document is called the same everywhere. What the stream calls it, `tests/js/records.test.js` holds to the same."""

from __future__ import annotations

import csv
import html
import json
from typing import Any

import pytest

from clustering.actions import confirm_groups, flag_group, move_pages
from clustering.actions.accept import draw_sample
from clustering.models import Collection, Group, Page, Reading, User
from tests.conftest import MakeCollection
from tests.describing import describe_group
from tests.views.conftest import Signed


def last(collection: Collection) -> int:
    """Sequence of its last act."""
    return collection.edits.order_by("-sequence").values_list("sequence", flat=True)[0]


def streamed(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def everywhere(collection: Collection, person: User, signed: Signed) -> dict[str, str]:
    """What group 1 is called, by place; each place but the data as its whole page."""
    client = signed(person)
    group = Group.objects.get(collection=collection, number=1)
    body = client.get(f"/api/v1/collections/afl/groups/{group.pk}").json()
    table = csv.DictReader(streamed(client.get("/c/afl/export/groups/?all=1")).decode().splitlines())
    exported = next(line for line in table if line["group"] == "1")
    pages = {
        "panel": "/c/afl/panel/1/",
        "search": "/c/afl/search/?q=hearing",
        "list": "/c/afl/list/",
        "history": "/c/afl/history/?group=1",
        "act": f"/c/afl/history/{last(collection)}/",
        "audit": "/c/afl/audit/",
        "print sheet": "/c/afl/print/",
    }
    pages_shown = {name: html.unescape(client.get(address).content.decode()) for name, address in pages.items()}
    return pages_shown | {
        "api": body["shown_title"],
        "export": exported["dcterms:title"],
    }


@pytest.fixture
def collection(make_collection: MakeCollection, alice: User) -> Collection:
    """Group 1 has pages 1, 2 and 4; it was flagged, and drawn for an audit."""
    collection = make_collection(groups=[2, 1, 1])
    page = Page.objects.get(position=1)
    Reading.objects.create(page=page, text="A hearing\non schools", width=930, height=1200, engine="drawn")
    group = Group.objects.get(number=1)
    move_pages([Page.objects.get(position=4)], to=group, actor=alice)
    Group.objects.update(draft={}, confidence=0.9)
    draw_sample(flag_group(group, actor=alice), size=1)
    return collection


def check(places: dict[str, str], title: str) -> None:
    for name, shown in places.items():
        assert title in shown, name


def test_without_a_name_it_is_called_by_its_pages(collection: Collection, alice: User, signed: Signed) -> None:
    places = everywhere(collection, alice, signed)
    check(places, "Untitled document, pages 1–2, 4")
    assert {places[name] for name in ("api", "export")} == {"Untitled document, pages 1–2, 4"}
    describe_group(Group.objects.get(number=1), kind="letter", actor=alice)
    check(everywhere(collection, alice, signed), "Untitled letter, pages 1–2, 4")


def test_a_title_that_was_written_or_accepted_is_shown_and_exported(
    collection: Collection, alice: User, signed: Signed
) -> None:
    Group.objects.filter(number=1).update(draft={"title": {"value": "On “schools”", "confidence": 0.9}})
    places = everywhere(collection, alice, signed)
    assert places.pop("export") == "Untitled document, pages 1–2, 4"  # nobody has accepted the draft yet
    places.pop("act")  # the flag was set before there was a draft
    check(places, "On “schools”")
    confirm_groups([Group.objects.get(number=1)], actor=alice)
    check(everywhere(collection, alice, signed), "On “schools”")
    page = signed(alice).get(f"/c/afl/history/{last(collection)}/")
    assert "Accepted from drafts" in page.content.decode()
    Group.objects.filter(number=1).update(accepted_drafts=["date", "kind", "title"])
    panel = signed(alice).get("/c/afl/panel/1/").content.decode()
    assert "title, type, and date accepted from drafts" in panel


def test_the_api_and_the_export_as_json_tell_what_was_accepted(
    collection: Collection, alice: User, signed: Signed
) -> None:
    Group.objects.filter(number=1).update(draft={"title": {"value": "On schools", "confidence": 0.9}})
    confirm_groups([Group.objects.get(number=1)], actor=alice)
    lines = streamed(signed(alice).get("/api/v1/collections/afl/groups.ndjson"))
    first = json.loads(lines.splitlines()[0])
    assert (first["title"], first["shown_title"], first["accepted_drafts"]) == ("On schools", "On schools", ["title"])


def test_what_is_a_draft_is_told_on_paper_and_in_the_list(collection: Collection, alice: User, signed: Signed) -> None:
    group = Group.objects.get(number=1)
    drafts = {name: {"value": value, "confidence": 0.9} for name, value in (("title", "A hearing"), ("date", "1959"))}
    Group.objects.filter(pk=group.pk).update(draft=drafts, kind="report")
    client = signed(alice)
    for address in ("/c/afl/print/", "/c/afl/list/"):
        page = client.get(address).content.decode()
        assert "Drafts: title and date" in page
        assert '<bdi class="is-draft">A hearing</bdi>' in page
        assert page.count("Drafts:") == 1
