"""Manifests by their address: who sees them, what they say, and that viewers elsewhere may ask."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from iiif_prezi3 import Collection as PreziCollection
from iiif_prezi3 import Manifest as PreziManifest
from PIL import Image
from pytest_django.fixtures import Settings

from clustering.actions.confirm import confirm_groups
from clustering.exports.iiif.writer import write_iiif
from clustering.exports.records import material_of
from clustering.files import original_path
from clustering.models import Collection, Page, Reading, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db
MANIFEST = "/iiif/afl/1/manifest.json"


@pytest.fixture
def collection(make_collection: MakeCollection, alice: User, tmp_path: Path, settings: Settings) -> Collection:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    made = make_collection("afl", groups=[2, 1])
    for page in made.pages.all():
        path = original_path(page.sha256, page.media_type)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"scan")
    confirm_groups([made.groups.get(number=1)], actor=alice)
    return made


def publish(collection: Collection) -> None:
    collection.settings = {"export": {"published": True, "base_url": "http://testserver"}}
    collection.save(update_fields=["settings"])


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


@pytest.mark.parametrize("address", [MANIFEST, "/iiif/afl/collection.json", "/iiif/afl/images/HH000001_0001"])
def test_a_browser_may_ask_ahead_whether_it_may_ask(collection: Collection, client: Client, address: str) -> None:
    publish(collection)
    ahead = {"Origin": "https://mirador.example.org", "Access-Control-Request-Method": "GET"}
    answer = client.options(address, headers=ahead | {"Access-Control-Request-Headers": "if-none-match"})
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer["Access-Control-Allow-Headers"]
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


def test_json_is_sent_packed_and_its_tag_still_fits(collection: Collection, client: Client) -> None:
    publish(collection)
    packed = client.get(MANIFEST, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed["Vary"]
    assert json.loads(gzip.decompress(packed.content)) == client.get(MANIFEST).json()
    again = client.get(MANIFEST, headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]})
    assert again.status_code == 304


def test_the_collection_is_made_anew_only_after_an_edit(
    collection: Collection, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(collection)
    first = client.get("/iiif/afl/collection.json")
    assert first["Cache-Control"] == "public, no-cache"
    monkeypatch.setattr("clustering.views.iiif.iiif.entry", lambda material, group: pytest.fail("made again"))
    assert client.get("/iiif/afl/collection.json").content == first.content
    assert client.get("/iiif/afl/collection.json", headers={"If-None-Match": first["ETag"]}).status_code == 304
    monkeypatch.undo()
    group = collection.groups.get(number=2)
    confirm_groups([group], actor=User.objects.get(username="alice"))
    second = client.get("/iiif/afl/collection.json")
    assert second["ETag"] != first["ETag"] and len(second.json()["items"]) == 2


def test_thumbnails_are_small_and_stay(collection: Collection, client: Client) -> None:
    publish(collection)
    page = collection.pages.get(position=1)
    Image.new("L", (930, 1200), 200).save(original_path(page.sha256, page.media_type), "JPEG")
    thumbnail = client.get(MANIFEST).json()["items"][0]["thumbnail"][0]
    answer = client.get(thumbnail["id"].removeprefix("http://testserver"))
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as small:  # type: ignore[attr-defined]
        assert (small.width, small.height) == (thumbnail["width"], thumbnail["height"]) == (248, 320)
        assert Image.MIME[small.format or ""] == thumbnail["format"]
    assert "immutable" in answer["Cache-Control"]
    address = "/iiif/afl/thumbnails/HH000001_0001"
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get("/iiif/afl/thumbnails/HH000001_0003").status_code == 404


def test_a_live_manifest_is_of_the_shape_that_viewers_know(collection: Collection, client: Client) -> None:
    publish(collection)
    PreziManifest(**client.get(MANIFEST).json())
    PreziCollection(**client.get("/iiif/afl/collection.json").json())


def rotate(collection: Collection, position: int, degrees: int) -> Page:
    """The page, read as lying so."""
    page = collection.pages.get(position=position)
    Reading.objects.create(page=page, text="", lines=[], width=1, height=1, rotation=degrees, engine="test")
    return page


def draw(page: Page, kind: str, width: int = 930, height: int = 1200) -> None:
    """A scan whose upper left quarter is black."""
    image = Image.new("L", (width, height), 255)
    image.paste(0, (0, 0, width // 2, height // 2))
    path = original_path(page.sha256, page.media_type)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, kind)


def shown(client: Client, body: dict[str, Any]) -> Image.Image:
    """What a viewer gets for an image or a thumbnail of a manifest: of the type and size that was said."""
    answer = client.get(body["id"].removeprefix("http://testserver"))
    assert answer.status_code == 200 and "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"] == body["format"]
    image = Image.open(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert image.size == (body["width"], body["height"]) and Image.MIME[image.format or ""] == body["format"]
    return image.convert("L")


@pytest.mark.parametrize(("degrees", "corner"), [(90, (3, 1)), (180, (3, 3)), (270, (1, 3))])
def test_viewers_see_pages_upright(
    collection: Collection, client: Client, degrees: int, corner: tuple[int, int]
) -> None:
    publish(collection)
    draw(rotate(collection, 1, degrees), "JPEG")
    canvas = client.get(MANIFEST).json()["items"][0]
    assert (canvas["width"], canvas["height"]) == ((1200, 930) if degrees % 180 else (930, 1200))
    for body in (canvas["items"][0]["items"][0]["body"], canvas["thumbnail"][0]):
        image = shown(client, body)
        dark = [
            (x, y) for x in (1, 3) for y in (1, 3) if image.getpixel((x * image.width // 4, y * image.height // 4)) == 0
        ]
        assert dark == [corner]


def test_a_tiff_is_shown_in_full_size_and_kept_as_it_came(collection: Collection, client: Client) -> None:
    publish(collection)
    collection.pages.filter(position=1).update(media_type="image/tiff")
    page = collection.pages.get(position=1)
    draw(page, "TIFF")
    body = client.get(MANIFEST).json()["items"][0]["items"][0]["items"][0]["body"]
    assert shown(client, body).getpixel((1, 1)) == 0
    original = client.get("/iiif/afl/images/HH000001_0001")
    content = b"".join(original.streaming_content)  # type: ignore[attr-defined]
    assert (original["Content-Type"], content[:2]) == ("image/tiff", b"II")


@pytest.mark.parametrize("address", ["full/max/45/default.jpg", "full/!321,321/0/default.webp", "full/9/0/default.jpg"])
def test_images_are_kept_in_some_sizes_and_rotations_only(collection: Collection, client: Client, address: str) -> None:
    publish(collection)
    draw(collection.pages.get(position=1), "JPEG")
    assert client.get("/iiif/afl/images/HH000001_0001/full/max/90/default.jpg").status_code == 200
    assert client.get(f"/iiif/afl/images/HH000001_0001/{address}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/iiif/afl/2/manifest.json",
        "/iiif/afl/images/HH000001_0003",
        "/iiif/none/collection.json",
        "/iiif/afl/images/HH000001_0001/full/max/90/default.jpg",  # the file there is no image
        "/iiif/afl/thumbnails/HH000001_0001",
    ],
)
def test_a_viewer_elsewhere_is_told_what_is_not_there(collection: Collection, client: Client, address: str) -> None:
    publish(collection)
    answer = client.get(address, headers={"Origin": "https://mirador.example.org"})
    assert answer.status_code == 404
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_scan_that_is_gone_is_told(collection: Collection, client: Client) -> None:
    publish(collection)
    page = collection.pages.get(position=1)
    original_path(page.sha256, page.media_type).unlink()
    assert client.get("/iiif/afl/images/HH000001_0001").status_code == 404
