"""A page of which it is known how it lies stands upright in every export that shows it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from clustering.exports.contract import GroupRecord, Material
from clustering.exports.naming import stored_url
from clustering.exports.packing import to_folder
from clustering.exports.registry import FORMATS
from clustering.exports.settings import ExportSettings
from tests.exports.cases import METS, parsed, rows, written
from tests.exports.conftest import AWKWARD, SETTINGS, MakeMaterial, adjusted
from tests.exports.test_checking import READY, codes

SERVICE = adjusted(SETTINGS, image_service="https://i.example.org/{pid}")
ORIGINAL = "https://desk.example.org/iiif/afl-cio/images/HH018977_00"


def rotated(*degrees: int, media_type: str = "image/jpeg") -> GroupRecord:
    pages = zip(AWKWARD[2].pages, degrees, strict=False)
    return replace(AWKWARD[2], pages=tuple(replace(page, rotation=by, media_type=media_type) for page, by in pages))


def canvases(material: Material) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(written(material, "iiif")["3/manifest.json"])["items"]
    return items


def painted(material: Material) -> list[tuple[str, str, int, int]]:
    """Address, type and size of each image, which are those of its canvas."""
    bodies = []
    for canvas in canvases(material):
        body = canvas["items"][0]["items"][0]["body"]
        assert (body["width"], body["height"]) == (canvas["width"], canvas["height"])
        bodies.append((body["id"], body["format"], body["width"], body["height"]))
    return bodies


def test_iiif_shows_pages_upright(make_material: MakeMaterial) -> None:
    assert painted(make_material([rotated(0, 90, 180)])) == [
        (f"{ORIGINAL}62", "image/jpeg", 300, 400),
        (f"{ORIGINAL}65/full/max/90/default.jpg", "image/jpeg", 400, 300),
        (f"{ORIGINAL}64/full/max/180/default.jpg", "image/jpeg", 300, 400),
    ]


def test_iiif_asks_an_image_service_to_turn_them(make_material: MakeMaterial) -> None:
    material = make_material([rotated(0, 90, 180)], SERVICE)
    assert painted(material) == [
        ("https://i.example.org/bdr:pid62/full/full/0/default.jpg", "image/jpeg", 300, 400),
        ("https://i.example.org/bdr:pid65/full/full/90/default.jpg", "image/jpeg", 400, 300),
        ("https://i.example.org/bdr:pid64/full/full/180/default.jpg", "image/jpeg", 300, 400),
    ]
    bodies = [canvas["items"][0]["items"][0]["body"] for canvas in canvases(material)]
    assert ["service" in body for body in bodies] == [True, False, False], "tiles would lie as they were scanned"


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (SETTINGS, (f"{ORIGINAL}65/full/!320,320/90/default.webp", 320, 240)),
        (SERVICE, ("https://i.example.org/bdr:pid65/full/,320/90/default.jpg", 320, 240)),
    ],
)
def test_thumbnails_are_turned_as_well(
    settings: ExportSettings, wanted: tuple[str, int, int], make_material: MakeMaterial
) -> None:
    small: Any = canvases(make_material([rotated(0, 90)], settings))[1]["thumbnail"][0]
    assert (small["id"], small["width"], small["height"]) == wanted


def test_what_browsers_do_not_show_is_shown_as_jpeg(make_material: MakeMaterial) -> None:
    material = make_material([rotated(0, 90, media_type="image/tiff")])
    assert painted(material) == [
        (f"{ORIGINAL}62/full/max/0/default.jpg", "image/jpeg", 300, 400),
        (f"{ORIGINAL}65/full/max/90/default.jpg", "image/jpeg", 400, 300),
    ]


def test_omeka_fetches_pages_upright(make_material: MakeMaterial) -> None:
    (row,) = rows(written(make_material([rotated(0, 90, 180)]), "omeka-s")["omeka-s.csv"])
    assert row["media_url"].split("|") == [
        f"{ORIGINAL}62", f"{ORIGINAL}65/full/max/90/default.jpg", f"{ORIGINAL}64/full/max/180/default.jpg",
    ]  # fmt: skip


def test_omeka_is_told_of_pages_that_info_json_shows_as_they_lie(make_material: MakeMaterial) -> None:
    info = adjusted(READY, omeka_media="info")
    assert codes(make_material([rotated(0, 90)], info), "omeka-s")["rotated"] == "warning"
    assert "rotated" not in codes(make_material([rotated(0, 90)], READY), "omeka-s")
    assert "rotated" not in codes(make_material([rotated(0)], info), "omeka-s")


def marked(folder: Path) -> Path:
    """A scan whose upper left quarter is black."""
    path = folder / "marked.jpg"
    image = Image.new("L", (304, 400), 255)
    image.paste(0, (0, 0, 152, 200))
    image.save(path)
    return path


def corner(content: bytes) -> tuple[int, int]:
    """Across and down, 0 or 1: where the black quarter is."""
    with Image.open(io.BytesIO(content)) as image:
        gray = image.convert("L")
        quarters = [
            (x, y)
            for y in (0, 1)
            for x in (0, 1)
            if gray.getpixel(((2 * x + 1) * gray.width // 4, (2 * y + 1) * gray.height // 4)) < 128  # type: ignore[operator]
        ]
    (quarter,) = quarters
    return quarter


def test_contentdm_gets_scans_upright(make_material: MakeMaterial, tmp_path: Path) -> None:
    scan = marked(tmp_path)
    material = replace(make_material([rotated(0, 90, 180)]), image=lambda page: scan)
    files = written(material, "contentdm")
    scans = [files[f"contentdm/afl-cio-3/scans/{at:04}.jpg"] for at in (1, 2, 3)]
    assert [corner(content) for content in scans] == [(0, 0), (1, 0), (1, 1)]
    assert scans[0] == scan.read_bytes(), "what lies right goes out as it is"


def test_islandora_gets_turned_copies_of_pages_that_lie_wrong(make_material: MakeMaterial, tmp_path: Path) -> None:
    scan = marked(tmp_path)
    material = replace(make_material([rotated(0, 90, 180)]), image=lambda page: scan)
    files = written(material, "islandora")
    named = [row["file"] for row in rows(files["islandora.csv"]) if row["parent_id"]]
    assert named == [
        "HH018977_0062__bdr_pid62.jpg", "rotated/afl-cio-3-2.jpg", "rotated/afl-cio-3-3.jpg",
    ]  # fmt: skip
    assert [corner(files[name]) for name in named[1:]] == [(1, 0), (1, 1)]
    assert not any(name.startswith("rotated/") for name in written(make_material([rotated(0)]), "islandora"))


def test_a_scan_that_must_be_turned_for_islandora_has_to_be_there(make_material: MakeMaterial) -> None:
    gone = replace(make_material([rotated(0, 90)], READY), has_image=lambda page: False)
    assert codes(gone, "islandora")["scan-gone"] == "error"
    assert "scan-gone" not in codes(replace(gone, groups=[rotated(0)]), "islandora")


def test_tropy_and_bags_keep_what_is_stored(make_material: MakeMaterial, tmp_path: Path) -> None:
    """Tropy turns a photo by its angle; a bag's checksums are those of the originals."""
    group = rotated(90, media_type="image/tiff")
    photo = json.loads(written(make_material([group]), "tropy")["tropy.json"])["@graph"][0]["photo"][0]
    assert (f"{photo['protocol']}://{photo['path']}", photo["angle"]) == (f"{ORIGINAL}62", 90)
    material = make_material([group], adjusted(SETTINGS, bag_fetch=True))
    assert f"{ORIGINAL}62 ".encode() in written(material, "bagit")["fetch.txt"]
    whole = make_material([rotated(90)])
    files = FORMATS["bagit"].files
    assert files is not None
    to_folder(files(whole), tmp_path / "bag")
    page = rotated(90).pages[0]
    assert (tmp_path / "bag/data/afl-cio-3/0001.jpg").read_bytes() == whole.image(page).read_bytes()
    assert stored_url(make_material([], SERVICE), page).endswith("/full/full/0/default.jpg")


def test_the_comparison_shows_small_pages_upright(make_material: MakeMaterial, tmp_path: Path) -> None:
    import zipfile

    from clustering.exports.contract import ComparedPage, ComparedRuns

    page = rotated(90).pages[0]
    row = ComparedPage(page, None, 3, (), marked(tmp_path))
    material = replace(make_material([]), compare=lambda: ComparedRuns((), [row]))
    book = zipfile.ZipFile(io.BytesIO(written(material, "comparison")["comparison.xlsx"]))
    (picture,) = (name for name in book.namelist() if name.startswith("xl/media/"))
    assert corner(book.read(picture)) == (1, 0)


@pytest.mark.parametrize("settings", [SETTINGS, SERVICE])
def test_mets_has_originals_with_their_checksums_and_what_is_shown_of_them(
    settings: ExportSettings, make_material: MakeMaterial
) -> None:
    material = make_material([rotated(0, 90, media_type="image/tiff")], settings)
    root = parsed(written(material, "mets")["mets.xml"])
    groups = {
        group.get("USE"): [
            (file.get("MIMETYPE"), file[0].get(f"{{{METS['x']}}}href"), file.get("CHECKSUM"))
            for file in group.iterfind("m:file", METS)
        ]
        for group in root.iterfind(".//m:fileGrp", METS)
    }
    pages = next(iter(material.groups)).pages
    assert groups["MASTER"] == [
        ("image/tiff", f"{ORIGINAL}{at}", page.sha256) for at, page in zip((62, 65), pages, strict=True)
    ]
    assert [(kind, checksum) for kind, _, checksum in groups["DEFAULT"]] == [("image/jpeg", None)] * 2
    ends = [address.rpartition("/")[0].rpartition("/")[2] for _, address, _ in groups["DEFAULT"]]
    assert ends == ["0", "90"]
    divs = root.findall(".//m:div[@TYPE='page']", METS)
    assert [[pointer.get("FILEID")[:5] for pointer in div] for div in divs] == [["file-", "shown"]] * 2


def test_mods_inside_mets_has_its_usual_prefix(make_material: MakeMaterial) -> None:
    content = written(make_material([rotated(0)]), "mets")["mets.xml"]
    assert b"<mods:mods " in content and b"<mods " not in content
    assert b"<mods xmlns=" in written(make_material([rotated(0)]), "mods")["mods/afl-cio-3.xml"]
