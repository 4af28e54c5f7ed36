"""A grouping made elsewhere comes in at Runs, and nothing on the desk changes until somebody says so."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from clustering.forms import intake
from clustering.models import Collection, Group, Run, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db
ADDRESS = "/c/afl/runs/arrangement/"
CSV = b"identifier,group,title\nHH000001_0001,a,First\nHH000001_0002,b,\nHH000001_0003,b,\n"


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    return make_collection("afl", groups=[2, 2])


def bring(client: Client, content: bytes, name: str = "ours.csv") -> str:
    answer = client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)}, follow=True)
    return answer.content.decode()


def test_it_becomes_a_run_with_its_preview(collection: Collection, alice: User, signed: Signed) -> None:
    shown = bring(signed(alice), CSV)
    run = Run.objects.get()
    assert (run.method, run.actor, run.settings["source"]) == ("arrangement", alice, "ours.csv")
    assert f"What proposal {run.pk} would change" in shown
    assert "1 page is not named in ours.csv." in shown
    assert list(Group.objects.values_list("page_count", flat=True)) == [2, 2]


def test_the_form_stands_at_runs_for_those_who_edit(
    collection: Collection, alice: User, victor: User, charlie: User, signed: Signed
) -> None:
    assert b"Import a document structure" in signed(alice).get("/c/afl/runs/").content
    assert b"Import a document structure" not in signed(victor).get("/c/afl/runs/").content
    for who, status in ((victor, 403), (charlie, 404)):
        assert signed(who).post(ADDRESS, {"file": SimpleUploadedFile("a.csv", CSV)}).status_code == status
    assert not Run.objects.exists()


BAD = [
    ("a.csv", b"\xff\xfe", "a.csv is empty"),
    ("a.csv", b"one,two\n1,2\n", "needs the column identifier"),
    ("a.csv", b"identifier,group\nHH9_0001,a\n", "names pages that AFL does not have: HH9_0001"),
    ("a.csv", b"identifier,group\nHH000001_0001,a\nHH000001_0001,b\n", "names page HH000001_0001 twice"),
    ("a.xml", b"<mets", "a.xml is damaged"),
    ("a.xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>', "a.xml doesn’t say which pages"),
    ("a.json", b"{", "a.json can’t be read as a document structure"),
    ("a.json", b'{"@graph": ["x"]}', "a.json can’t be read as a document structure"),
    ("a.json", b'{"type": "Manifest", "items": [{"items": []}]}', "a.json names no pages"),
    ("a.json", b"[1]", "not a IIIF manifest"),
    ("a.doc", b"x", "a.doc is not a document structure"),
    ("a.csv", b"", "The file is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "sentence"), BAD)
def test_what_cannot_be_read_is_said_in_a_sentence(
    collection: Collection, alice: User, signed: Signed, name: str, content: bytes, sentence: str
) -> None:
    assert sentence in bring(signed(alice), content, name)
    assert not Run.objects.exists()


def test_our_own_json_comes_in(collection: Collection, alice: User, signed: Signed) -> None:
    pages = [{"identifier": f"HH000001_{number:04}"} for number in range(1, 5)]
    groups = [{"title": "All", "pages": pages}]
    shown = bring(signed(alice), json.dumps({"format": "hhreview-groups", "groups": groups}).encode(), "x.json")
    assert Run.objects.get().group_count == 1
    assert "1 change on 4 pages" in shown


def test_no_file_a_large_one_and_a_closed_collection_are_refused(
    collection: Collection, alice: User, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = signed(alice)
    assert "Choose a CSV" in desk.post(ADDRESS, follow=True).content.decode()
    monkeypatch.setattr(intake, "MOST_ARRANGEMENT_BYTES", 10)
    assert "the right file." in bring(desk, CSV)
    Collection.objects.update(closed=timezone.now())
    assert "AFL is closed" in bring(desk, CSV)
    assert not Run.objects.exists()
