"""Manifests and collections of IIIF: both versions, in order, with sensible names, and nothing trusted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from clustering.sources.contract import CannotFetch, Listing, NoSource, Size
from clustering.sources.iiif import IiifReader
from clustering.sources.iiif_presentation import canvases_of, words
from clustering.sources.registry import reader_of
from clustering.sources.tools import Tools
from tests.sources.serving import Answer, Server, jpeg, manifest_2, manifest_3


def reader(server: Server, tools: Tools, path: str) -> IiifReader:
    source = reader_of("iiif", server.address + path, tools)
    assert isinstance(source, IiifReader)
    return source


def identifiers(listing: Listing) -> list[str]:
    return [file.identifier for file in listing.files]


def collection_3(server: Server, paths: list[str]) -> dict[str, Any]:
    items = [{"id": server.address + path, "type": "Manifest", "label": {"none": [path]}} for path in paths]
    return {"id": f"{server.address}/c", "type": "Collection", "label": {"none": ["Boxes"]}, "items": items}


@pytest.mark.parametrize("version", [2, 3])
def test_a_manifest_gives_its_canvases_in_order_with_their_labels(server: Server, tools: Tools, version: int) -> None:
    make = manifest_2 if version == 2 else manifest_3
    server.documents["/m"] = make(server.address, ["b2", "b10", "b1"], label="Minutes", path="/m")
    listing = reader(server, tools, "/m").listing()
    assert identifiers(listing) == ["b2", "b10", "b1"]
    assert [file.label for file in listing.files] == ["p. 1", "p. 2", "p. 3"]
    assert [file.name for file in listing.files] == ["b2.jpg", "b10.jpg", "b1.jpg"]
    assert (listing.title, listing.is_natural, listing.skipped) == ("Minutes", False, ())


@pytest.mark.parametrize(
    ("version", "size", "asked", "pixels"),
    [
        (2, Size(), "full", (600, 800)), (3, Size(), "max", (600, 800)),
        (2, Size(percent=25), "pct:25", (150, 200)), (3, Size(pixels=400), "300,", (300, 400)),
    ],
)  # fmt: skip
def test_images_come_by_the_service_at_the_size_that_was_asked_for(
    server: Server, tools: Tools, version: int, size: Size, asked: str, pixels: tuple[int, int]
) -> None:
    server.version = version
    server.documents["/m"] = (manifest_2 if version == 2 else manifest_3)(server.address, ["p1"], path="/m")
    source = reader(server, replace(tools, size=size), "/m")
    (file,) = source.listing().files
    with Image.open(source.fetch(file)) as image:
        assert image.size == pixels
    assert server.asked[1:] == ["/iiif/image/p1/info.json", f"/iiif/image/p1/full/{asked}/0/default.jpg"]


def test_without_a_service_the_image_is_taken_as_it_is_named(server: Server, tools: Tools) -> None:
    server.documents["/m"] = manifest_3(server.address, ["p1"], path="/m", service=False)
    server.documents["/plain/p1.jpg"] = Answer(body=jpeg("plain"), headers={"Content-Type": "image/jpeg"})
    source = reader(server, tools, "/m")
    (file,) = source.listing().files
    assert source.fetch(file).read_bytes() == jpeg("plain")


def test_where_the_service_is_gone_the_plain_image_stands_in(server: Server, tools: Tools) -> None:
    server.documents["/m"] = manifest_3(server.address, ["p1"], path="/m")
    server.documents["/plain/p1.jpg"] = Answer(body=jpeg("plain"), headers={"Content-Type": "image/jpeg"})
    server.documents["/iiif/image/p1/info.json"] = Answer(404)
    source = reader(server, tools, "/m")
    assert source.fetch(source.listing().files[0]).read_bytes() == jpeg("plain")


def test_a_page_that_vanished_is_named_alone(server: Server, tools: Tools) -> None:
    server.documents["/m"] = manifest_3(server.address, ["p1"], path="/m")
    server.documents["/iiif/image/p1/info.json"] = Answer(404)
    source = reader(server, tools, "/m")
    with pytest.raises(CannotFetch, match=r"plain/p1\.jpg could not be downloaded: the server answered 404"):
        source.fetch(source.listing().files[0])


def test_nothing_is_fetched_twice(server: Server, tools: Tools) -> None:
    server.documents["/m"] = manifest_2(server.address, ["p1", "p2"], path="/m")
    source = reader(server, tools, "/m")
    first, second = source.listing().files
    source.fetch(first)
    source.release(first, [("p1", "aa")])
    source.fetch(second)  # killed before it was taken in
    asked = len(server.asked)
    again = reader(server, tools, "/m")
    assert again.listing().files == (first, second)
    assert again.taken(first.name) == [("p1", "aa")]
    assert again.taken(second.name) is None
    assert again.fetch(second).exists()
    assert len(server.asked) == asked
    again.close()
    assert not second.path.exists()


def test_a_list_that_is_old_is_asked_for_again(server: Server, tools: Tools) -> None:
    server.documents["/m"] = manifest_2(server.address, ["p1"], path="/m")
    reader(server, tools, "/m").listing()
    server.documents["/m"] = manifest_2(server.address, ["p1", "p2"], path="/m")
    assert identifiers(reader(server, tools, "/m").listing()) == ["p1"]
    assert identifiers(reader(server, replace(tools, fresh_since=2e10), "/m").listing()) == ["p1", "p2"]


def test_a_collection_gives_all_its_manifests_each_once_and_in_order(server: Server, tools: Tools) -> None:
    server.documents["/a"] = manifest_3(server.address, ["a1", "a2"], path="/a")
    server.documents["/b"] = manifest_2(server.address, ["b1"], path="/b")
    server.documents["/c2"] = {
        "@type": "sc:Collection", "@id": f"{server.address}/c2", "label": "Old",
        "collections": [{"@type": "sc:Collection", "@id": f"{server.address}/c"}],
        "manifests": [{"@type": "sc:Manifest", "@id": f"{server.address}/b"}],
    }  # fmt: skip
    server.documents["/c"] = collection_3(server, ["/b", "/a"])
    server.documents["/c"]["items"].append({"id": f"{server.address}/c2", "type": "Collection"})
    source = reader(server, tools, "/c")
    assert source.look() == Listing((), (), title="Boxes")
    assert identifiers(source.listing()) == ["b1", "a1", "a2"]
    assert server.count("/c") == 2  # itself and the one below it, no circle


def test_manifests_that_cannot_be_had_are_named_and_the_others_go_on(server: Server, tools: Tools) -> None:
    server.documents["/a"] = manifest_3(server.address, ["a1"], path="/a")
    server.documents["/c"] = collection_3(server, ["/gone", "/a"])
    listing = reader(server, tools, "/c").listing()
    assert identifiers(listing) == ["a1"]
    (skip,) = listing.skipped
    assert skip.name == f"{server.address}/gone"
    assert "404" in skip.reason


def test_a_long_collection_is_asked_for_slice_by_slice(server: Server, tools: Tools) -> None:
    paths = [f"/m{number}" for number in range(5)]
    for path in paths:
        server.documents[path] = manifest_3(server.address, [f"{path[1:]}p1"], path=path)
    server.documents["/c"] = collection_3(server, paths)
    slices = 1
    while reader(server, tools, "/c").prepare(lambda: False):
        slices += 1
    assert slices == 5
    assert len(server.asked) == 6
    assert len(reader(server, tools, "/c").listing().files) == 5
    assert len(server.asked) == 6


def test_canvases_of_one_name_get_the_manifests_name_and_a_number(server: Server, tools: Tools) -> None:
    for path in ("/x/manifest.json", "/y/manifest.json"):
        server.documents[path] = manifest_3(server.address, ["1", "2"], path=path, service=False)
        for canvas in server.documents[path]["items"]:
            canvas["id"] = "urn:one"
    server.documents["/c"] = collection_3(server, ["/x/manifest.json", "/y/manifest.json"])
    assert identifiers(reader(server, tools, "/c").listing()) == ["x_0001", "x_0002", "y_0001", "y_0002"]


def test_our_own_identifiers_come_back(server: Server, tools: Tools) -> None:
    server.documents["/m"] = manifest_3(server.address, ["1", "2"], path="/m")
    for canvas, name in zip(server.documents["/m"]["items"], ["HH018977_0001", "HH018977_0002"], strict=True):
        canvas["metadata"] = [{"label": {"en": ["Identifier"]}, "value": {"none": [name]}}]
    assert identifiers(reader(server, tools, "/m").listing()) == ["HH018977_0001", "HH018977_0002"]


def test_a_canvas_without_an_image_is_named(server: Server, tools: Tools) -> None:
    server.documents["/m"] = manifest_3(server.address, ["p1", "p2"], path="/m")
    server.documents["/m"]["items"][0]["items"] = []
    listing = reader(server, tools, "/m").listing()
    assert [skip.reason for skip in listing.skipped] == ["It has no image."]
    assert listing.skipped[0].name == "Canvas 1 of “A folder”"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"type": "Canvas"}, "is not a IIIF manifest or collection"),
        ([1, 2], "is not a IIIF manifest or collection"),
        (Answer(body=b"<html>", headers={"Content-Type": "text/html"}), "did not return JSON"),
        (Answer(404), "could not be downloaded: the server answered 404"),
        ({"type": "Manifest", "items": []}, "names no images"),
        ({"type": "Collection", "items": []}, "contains no manifests"),
    ],
)
def test_what_is_no_manifest_is_refused_with_a_sentence(
    server: Server, tools: Tools, document: Any, sentence: str
) -> None:
    server.documents["/m"] = document
    with pytest.raises(NoSource, match=sentence):
        reader(server, tools, "/m").look()


@pytest.mark.parametrize(
    "broken",
    [
        {"items": [None, 3, "x", {"type": "Canvas", "items": [None, {"items": [5, {"body": 7}]}]}]},
        {"sequences": [{"canvases": [1, {"images": [None, {"resource": "x"}]}, {"images": {"resource": [1]}}]}]},
        {"items": {"type": "Canvas"}, "sequences": "x"},
    ],
)
def test_documents_of_any_shape_raise_nothing(broken: dict[str, Any]) -> None:
    assert all(not canvas.image for canvas in canvases_of(broken))


def test_a_choice_gives_its_first_image(server: Server, tools: Tools) -> None:
    manifest = manifest_3(server.address, ["p1"], path="/m")
    annotation = manifest["items"][0]["items"][0]["items"][0]
    other = {"id": "http://x/other.jpg", "type": "Image"}
    annotation["body"] = {"type": "Choice", "items": [annotation["body"], other]}
    (canvas,) = canvases_of(manifest)
    assert canvas.service.endswith("/iiif/image/p1")
    assert canvas.images == 1


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("<b>Page</b> &amp; back", "Page & back"), ({"@value": "12v", "@language": "en"}, "12v"),
        ({"de": ["Seite 1"], "en": ["Page 1"]}, "Page 1"), (["1", {"@value": "2"}], "1; 2"), (None, ""), (7, ""),
    ],
)  # fmt: skip
def test_labels_are_read_in_every_form(label: Any, plain: str) -> None:
    assert words(label) == plain


def test_five_thousand_canvases_are_listed(server: Server, tools: Tools, tmp_path: Path) -> None:
    server.documents["/m"] = manifest_3(server.address, [f"p{n}" for n in range(1, 5001)], path="/m")
    listing = reader(server, tools, "/m").listing()
    assert len(listing.files) == 5000
    assert (listing.files[9].identifier, listing.files[4999].identifier) == ("p10", "p5000")
    assert len(server.asked) == 1


def selected(stored: dict[str, Any], **selector: str) -> dict[str, Any]:
    """The manifest with the first image shown in part, or turned."""
    painted = stored["items"][0]["items"][0]["items"][0]
    painted["body"] = {
        "type": "SpecificResource",
        "source": painted["body"],
        "selector": {"type": "ImageApiSelector", **selector},
    }
    return stored


@pytest.mark.parametrize(
    ("selector", "asked", "pixels"),
    [
        ({"region": "10,20,300,200"}, "10,20,300,200/full/0", (300, 200)),
        ({"region": "10,20,300,200", "rotation": "90"}, "10,20,300,200/full/90", (200, 300)),
    ],
)
def test_the_part_of_an_image_that_is_meant_is_taken(
    server: Server, tools: Tools, selector: dict[str, str], asked: str, pixels: tuple[int, int]
) -> None:
    server.documents["/m"] = selected(manifest_3(server.address, ["p1", "p2"], path="/m"), **selector)
    source = reader(server, tools, "/m")
    listing = source.listing()
    assert (identifiers(listing), listing.skipped) == (["p1", "p2"], ())
    with Image.open(source.fetch(listing.files[0])) as image:
        assert image.size == pixels
    assert server.asked[-1] == f"/iiif/image/p1/{asked}/default.jpg"
    source.fetch(listing.files[1])
    assert server.asked[-1] == "/iiif/image/p2/full/full/0/default.jpg"


def test_a_turn_that_no_service_can_make_is_named(server: Server, tools: Tools) -> None:
    stored = manifest_3(server.address, ["p1"], path="/m", service=False)
    server.documents["/m"] = selected(stored, rotation="90", region="0,0,10,10")
    (skipped,) = reader(server, tools, "/m").listing().skipped
    assert skipped.name == "Canvas 1 of “A folder”"
    assert "0,0,10,10" in skipped.reason and "90 degrees" in skipped.reason


def test_a_selector_that_makes_no_sense_is_passed_over(server: Server, tools: Tools) -> None:
    server.documents["/m"] = selected(manifest_3(server.address, ["p1"], path="/m"), region="../../x", rotation="1e9")
    source = reader(server, tools, "/m")
    source.fetch(source.listing().files[0])
    assert server.asked[-1] == "/iiif/image/p1/full/full/0/default.jpg"


def test_manifests_of_a_collection_are_documents_with_the_names_of_their_import(server: Server, tools: Tools) -> None:
    server.documents["/1"] = manifest_3(server.address, ["b1", "b2"], label="Minutes", path="/1")
    server.documents["/2"] = manifest_2(server.address, ["b3"], label="A letter", path="/2")
    server.documents["/c"] = collection_3(server, ["/1", "/2"])
    source = reader(server, tools, "/c")
    assert [(one.title, one.identifiers) for one in source.documents()] == [
        ("Minutes", ["b1", "b2"]), ("A letter", ["b3"]),
    ]  # fmt: skip
    assert [name for one in source.documents() for name in one.identifiers] == identifiers(source.listing())
