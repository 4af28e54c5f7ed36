"""Manifests by their address: who sees them, what they say, and that viewers elsewhere may ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from clustering.actions.confirm import confirm_groups
from clustering.exports.iiif import write_iiif
from clustering.exports.records import material_of
from clustering.files import original_path
from clustering.models import Collection
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db
MANIFEST = "/iiif/afl/1/manifest.json"


@pytest.fixture
def collection(make_collection: MakeCollection, alice: User, tmp_path: Path, settings: Settings) -> Collection:
    settings.MEDIA_ROOT = tmp_path
    made = make_collection("afl", groups=[2, 1])
    for page in made.pages.all():
        path = original_path(page.sha256, page.media_type)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"scan")
    confirm_groups([made.groups.get(number=1)], actor=alice)
    return made


def publish(collection: Collection) -> None:
    collection.settings = {"export": {"published": True, "base_url": "http://testserver"}}
    collection.save()


def test_the_live_manifest_is_the_exported_one(collection: Collection, alice: User, signed: Signed) -> None:
    publish(collection)
    files = {name: b"".join(pieces) for name, pieces in write_iiif(material_of(collection))}
    desk = signed(alice)
    assert desk.get(MANIFEST).json() == json.loads(files["1/manifest.json"])
    assert desk.get("/iiif/afl/collection.json").json() == json.loads(files["collection.json"])


def test_what_is_not_published_is_for_those_who_may_see_it(
    collection: Collection, client: Client, charlie: User, victor: User, signed: Signed
) -> None:
    addresses = (MANIFEST, "/iiif/afl/collection.json", "/iiif/afl/images/HH000001_0001")
    for address in addresses:
        assert client.get(address).status_code == 404
        assert signed(charlie).get(address).status_code == 404
        assert signed(victor).get(address).status_code == 200
    publish(collection)
    for address in addresses:
        assert client.get(address).status_code == 200


def test_every_address_in_a_published_manifest_answers(collection: Collection, client: Client) -> None:
    publish(collection)
    manifest = client.get(MANIFEST).json()
    images = [canvas["items"][0]["items"][0]["body"]["id"] for canvas in manifest["items"]]
    assert len(images) == 2
    for address in (manifest["id"], *images):
        answer = client.get(address.removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert answer["Access-Control-Allow-Origin"] == "*"
    assert b"".join(answer.streaming_content) == b"scan"  # type: ignore[attr-defined]


def test_a_viewer_that_has_the_newest_is_told_so(collection: Collection, client: Client, alice: User) -> None:
    publish(collection)
    first = client.get(MANIFEST)
    assert client.get(MANIFEST, headers={"If-None-Match": first["ETag"]}).status_code == 304
    collection.groups.filter(number=1).update(title="A title")
    assert client.get(MANIFEST, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_what_is_not_confirmed_has_no_address(collection: Collection, client: Client) -> None:
    publish(collection)
    assert client.get("/iiif/afl/2/manifest.json").status_code == 404
    assert client.get("/iiif/afl/images/HH000001_0003").status_code == 404
    assert client.get("/iiif/none/collection.json").status_code == 404
