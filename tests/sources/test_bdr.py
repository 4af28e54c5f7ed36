"""Brown's repository: an item's parts in the order of their MODS ids, at the percentage that is wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from clustering.sources.contract import NoSource, Size
from clustering.sources.registry import reader_of, recognize
from clustering.sources.tools import Tools
from tests.sources.serving import FULL, Answer, Server, bdr_item

ITEM = "/api/items/bdr:item1/"


def test_parts_stand_in_the_order_of_their_mods_ids(server: Server, tools: Tools) -> None:
    item = bdr_item([f"bdr:p{n}" for n in range(1, 13)])
    item["relations"]["hasPart"].reverse()
    server.documents[ITEM] = item
    listing = reader_of("bdr", "bdr:item1", tools).listing()
    assert listing.title == "AFL-CIO"
    assert [file.identifier for file in listing.files] == [f"HH018977_{n:04}" for n in range(1, 13)]
    assert (listing.files[9].pid, listing.files[9].name) == ("bdr:p10", "HH018977_0010__bdr_p10.jpg")


@pytest.mark.parametrize(
    ("size", "asked", "width"),
    [(Size(), "pct:25", 150), (Size(percent=100), "pct:100", 600), (Size(pixels=400), "300,", 300)],
)  # fmt: skip
def test_images_come_at_the_percentage(server: Server, tools: Tools, size: Size, asked: str, width: int) -> None:
    server.documents[ITEM] = bdr_item(["bdr:p1"])
    source = reader_of("bdr", "bdr:item1", replace(tools, size=size))
    (file,) = source.listing().files
    with Image.open(source.fetch(file)) as image:
        assert image.size == (width, width * FULL[1] // FULL[0])
    assert server.asked[-1] == f"/iiif/image/bdr:p1/full/{asked}/0/default.jpg"


def test_a_part_without_a_mods_id_is_named_by_its_pid(server: Server, tools: Tools) -> None:
    server.documents[ITEM] = {
        "relations": {"hasPart": [{"pid": "bdr:p1"}, {"pid": "bdr:p2", "mods_id_bdr_pid_ssim": []}]}
    }
    listing = reader_of("bdr", "bdr:item1", tools).listing()
    assert [(file.identifier, file.pid) for file in listing.files] == [("bdr_p1", "bdr:p1"), ("bdr_p2", "bdr:p2")]


def test_an_item_without_parts_is_one_page(server: Server, tools: Tools) -> None:
    server.documents[ITEM] = {"pid": "bdr:item1", "mods_id_bdr_pid_ssim": ["HH1_0001"], "brief": {"title": "A flyer"}}
    listing = reader_of("bdr", "bdr:item1", tools).listing()
    assert [(file.identifier, file.pid) for file in listing.files] == [("HH1_0001", "bdr:item1")]
    assert listing.title == "A flyer"


def test_five_thousand_children_are_listed_with_one_request(server: Server, tools: Tools) -> None:
    server.documents[ITEM] = bdr_item([f"bdr:p{n}" for n in range(1, 5001)])
    listing = reader_of("bdr", "bdr:item1", tools).listing()
    assert [file.pid for file in listing.files] == [f"bdr:p{n}" for n in range(1, 5001)]
    assert server.asked == [ITEM]


def test_an_item_that_is_not_there_is_named(server: Server, tools: Tools) -> None:
    with pytest.raises(NoSource, match=r"api/items/bdr:item1/ could not be downloaded: the server answered 404"):
        reader_of("bdr", "bdr:item1", tools).listing()


def test_an_item_that_says_nothing_is_named(server: Server, tools: Tools) -> None:
    server.documents[ITEM] = Answer(body=b"[]", headers={"Content-Type": "application/json"})
    with pytest.raises(NoSource, match="answer about bdr:item1 can"):
        reader_of("bdr", "bdr:item1", tools).listing()


@pytest.mark.parametrize(
    ("text", "kind", "canonical"),
    [
        (" bdr:gbzad5mb ", "bdr", "bdr:gbzad5mb"),
        ("https://repository.library.brown.edu/studio/item/bdr:gbzad5mb/", "bdr", "bdr:gbzad5mb"),
        ("https://repository.library.brown.edu/api/items/bdr:gbzad5mb/", "bdr", "bdr:gbzad5mb"),
        ("https://example.org/iiif/bdr:gbzad5mb/manifest", "iiif", "https://example.org/iiif/bdr:gbzad5mb/manifest"),
        ("/scans/a.ZIP", "packed", "/scans/a.ZIP"),
        ("/scans/list.csv", "list", "/scans/list.csv"),
        ("/scans", "folder", "/scans"),
    ],
)
def test_a_source_is_known_by_what_people_write(text: str, kind: str, canonical: str) -> None:
    known, spelled = recognize(text)
    assert (known.name, spelled) == (kind, canonical)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a folder"), ("bdr:", "is not a Brown repository ID"), ("bdr:a b", "is not a Brown repository ID"),
        ("ftp://example.org/a", "is not a web address"), ("file:///etc", "is not a web address"),
    ],
)  # fmt: skip
def test_what_can_be_no_source_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(NoSource, match=sentence):
        recognize(text)
