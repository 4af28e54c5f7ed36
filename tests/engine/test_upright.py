"""Scans that lie the wrong way: rotated without losing what the format can keep, and shown as JPEG where needed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from clustering.engine.images import BadScan, open_scan
from clustering.engine.media_types import web_size
from clustering.engine.upright import upright, write_for_browsers, write_rotated

ORIENTATION = 0x0112
FORMATS = {
    "a.png": ("RGB", {}), "p.png": ("P", {}), "a.tif": ("RGB", {"compression": "tiff_lzw"}),
    "g4.tif": ("1", {"compression": "group4"}), "cmyk.tif": ("CMYK", {}), "a.jp2": ("RGB", {}), "a.gif": ("P", {}),
    "a.bmp": ("RGB", {}), "a.webp": ("RGB", {"lossless": True}),
}  # fmt: skip


def scan(mode: str = "RGB", size: tuple[int, int] = (304, 208)) -> Image.Image:
    """A mark in the upper left corner and another in the lower right one."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 95, 47), fill="black")
    draw.rectangle((224, 160, 303, 207), fill="red")
    return image.convert(mode)


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean over all pixels, 0 to 255."""
    assert one.size == other.size
    values = ImageChops.difference(one.convert("L"), other.convert("L")).tobytes()
    return sum(values) / len(values)


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_lost_where_the_format_loses_nothing(name: str, degrees: int, tmp_path: Path) -> None:
    mode, options = FORMATS[name]
    path, rotated = tmp_path / name, tmp_path / f"rotated-{name}"
    scan(mode).save(path, **options)  # type: ignore[arg-type]
    with rotated.open("wb") as target:
        write_rotated(path, target, degrees)
    with Image.open(path) as before, Image.open(rotated) as after:
        assert (before.format, before.mode) == (after.format, after.mode)
        assert before.info.get("compression") == after.info.get("compression")
    assert difference(upright(open_scan(path), degrees), open_scan(rotated)) == 0


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_keeps_its_quality(mode: str, tmp_path: Path) -> None:
    path, rotated = tmp_path / "a.jpg", tmp_path / "rotated.jpg"
    scan(mode).save(path, quality=40, dpi=(200, 200))
    with rotated.open("wb") as target:
        write_rotated(path, target, 180)
    with Image.open(path) as before, Image.open(rotated) as after:
        assert before.quantization == after.quantization  # type: ignore[attr-defined]
        assert before.info["dpi"] == after.info["dpi"]
    assert difference(upright(open_scan(path), 180), open_scan(rotated)) < 1


def test_90_degrees_are_clockwise(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    scan().save(path)
    out = io.BytesIO()
    write_rotated(path, out, 90)
    with Image.open(out) as image:
        assert image.size == (208, 304)
        assert image.convert("L").getpixel((200, 5)) == 0, "upper left has come to the upper right"


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_what_exif_asks_for_is_done_once(name: str, tmp_path: Path) -> None:
    path, rotated = tmp_path / name, tmp_path / f"rotated-{name}"
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    scan().save(path, exif=exif)
    with rotated.open("wb") as target:
        write_rotated(path, target, 180)
    assert difference(upright(open_scan(path), 180), open_scan(rotated)) < 1


@pytest.mark.parametrize("name", ["a.tif", "g4.tif", "cmyk.tif", "a.jp2"])
def test_browsers_get_a_jpeg_of_full_size(name: str, tmp_path: Path) -> None:
    mode, options = FORMATS[name]
    scan(mode).save(tmp_path / name, **options)  # type: ignore[arg-type]
    out = io.BytesIO()
    write_for_browsers(tmp_path / name, out, 0, max_pixels=1_000_000)
    with Image.open(out) as image:
        assert (image.format, image.size) == ("JPEG", (304, 208))
        assert difference(image, open_scan(tmp_path / name)) < 2


def test_a_plan_is_shown_no_larger_than_browsers_can(tmp_path: Path) -> None:
    assert web_size(14043, 19866) == (7022, 9933)
    assert web_size(8000, 12000) == (8000, 12000)
    assert web_size(100, 130_000) == (50, 65_000)
    Image.new("1", (14043, 9933), 1).save(tmp_path / "plan.tif", compression="group4")
    out = io.BytesIO()
    write_for_browsers(tmp_path / "plan.tif", out, 90, max_pixels=300_000_000)
    with Image.open(out) as image:
        assert image.size == tuple(reversed(web_size(14043, 9933)))


def test_what_is_no_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no image")
    with pytest.raises(BadScan, match=r"a\.jpg"):
        write_rotated(tmp_path / "a.jpg", io.BytesIO(), 90)
