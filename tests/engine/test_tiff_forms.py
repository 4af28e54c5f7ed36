"""TIFFs in forms that Pillow misreads or does not read: right, or refused with the remedy that helps."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from clustering.engine.images import BadScan, open_scan
from clustering.engine.sheets import sheets_of, write_sheet
from clustering.engine.upright import write_rotated

WIDTH, HEIGHT = 60, 40
COLORS = np.stack([np.tile(np.linspace(low, 250, WIDTH).astype(np.uint16), (HEIGHT, 1)) for low in (10, 90, 170)])
UNUSUAL = "in a form that hhreview can’t read"


def tiff(
    planes: npt.NDArray[Any], *, bits: int, photometric: int, order: str = "<", pages: int = 1, **more: int
) -> bytes:
    """An uncompressed TIFF of these planes, written by hand: each in its own strip."""
    body, place = b"", 8
    data = [plane.astype(plane.dtype.newbyteorder(order)).tobytes() for plane in planes]
    start = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8)
    for number in range(pages):
        count, lists = len(planes), place + 2 + 12 * (9 + len(more)) + 4
        tags = {
            256: (4, WIDTH), 257: (4, HEIGHT), 258: (3, bits), 259: (3, more.get("compression", 1)),
            262: (3, photometric), 273: (4, lists), 277: (3, count), 279: (4, lists + 4 * count), 284: (3, 2),
        }  # fmt: skip
        if "sample_format" in more:
            tags[339] = (3, more["sample_format"])
        if count == 1:
            tags |= {273: (4, lists + 8), 279: (4, len(data[0])), 284: (3, 1)}
        elif bits == 16:
            tags[258] = (3, lists + 8 * count)
        entries = b""
        for tag, (kind, value) in sorted(tags.items()):
            many = count if tag in (258, 273, 279) else 1
            form = f"{order}HHIHxx" if kind == 3 and many == 1 else f"{order}HHII"
            entries += struct.pack(form, tag, kind, many, value)
        head = struct.pack(f"{order}H", len(tags)) + entries
        strips = lists + 8 * count + 2 * count
        places = [strips + sum(map(len, data[:index])) for index in range(count)]
        after = struct.pack(f"{order}{count}I{count}I", *places, *map(len, data))
        after += struct.pack(f"{order}{count}H", *[bits] * count)
        if count == 1:
            tags[273] = (4, places[0])
            head = head.replace(
                struct.pack(f"{order}HHII", 273, 4, 1, lists + 8), struct.pack(f"{order}HHII", 273, 4, 1, places[0])
            )
        pad = b"\0" * (lists - place - len(head) - 4)
        end = strips + sum(map(len, data))
        body += head + struct.pack(f"{order}I", end if number + 1 < pages else 0) + pad + after + b"".join(data)
        place = end
    return start + body


def shown(path: Path) -> npt.NDArray[np.int64]:
    return np.asarray(open_scan(path)).astype(np.int64)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("shift", [8, 4], ids=["16 bits", "12 bits"])
def test_planes_of_16_bits_give_the_colors_of_the_page(tmp_path: Path, order: str, shift: int) -> None:
    path = tmp_path / "planes.tif"
    path.write_bytes(tiff(COLORS << shift, bits=16, photometric=2, order=order))
    assert np.abs(shown(path) - np.moveaxis(COLORS, 0, 2)).max() <= 2


def test_they_do_so_in_a_file_of_several_and_turned(tmp_path: Path) -> None:
    path = tmp_path / "book.tif"
    path.write_bytes(tiff(COLORS << 8, bits=16, photometric=2, pages=2))
    assert sheets_of(path) == [0, 1]
    write_sheet(path, 1, tmp_path / "sheet.tif", max_pixels=10**6)
    assert np.abs(shown(tmp_path / "sheet.tif") - np.moveaxis(COLORS, 0, 2)).max() <= 2
    with (tmp_path / "rotated.tif").open("wb") as out:
        write_rotated(path, out, 180)
    assert np.abs(shown(tmp_path / "rotated.tif")[::-1, ::-1] - np.moveaxis(COLORS, 0, 2)).max() <= 2


def test_gray_of_32_bits_is_as_light_as_it_was_stored(tmp_path: Path) -> None:
    gray = np.tile(np.linspace(0, 2**32 - 1, WIDTH), (HEIGHT, 1)).astype(np.uint32)
    path = tmp_path / "gray.tif"
    path.write_bytes(tiff(gray[None], bits=32, photometric=1))
    assert np.abs(shown(path) - gray.astype(np.int64) * 255 // (2**32 - 1)).max() <= 1


@pytest.mark.parametrize(
    "made",
    [
        tiff(COLORS[:1].astype(np.int16) - 100, bits=16, photometric=1, sample_format=2),
        tiff(COLORS[:1].astype(np.float64), bits=64, photometric=1, sample_format=3),
        tiff(COLORS[:1].astype(np.uint8), bits=8, photometric=1, compression=34887),
        tiff(COLORS[:1].astype(np.uint8), bits=8, photometric=1, compression=50001),
    ],
    ids=["signs", "floating point", "LERC", "WebP"],
)
def test_a_form_that_is_not_read_is_not_called_damaged(tmp_path: Path, made: bytes) -> None:
    path = tmp_path / "odd.tif"
    path.write_bytes(made)
    with pytest.raises(BadScan, match=f"odd.tif stores its pixels {UNUSUAL}"):
        open_scan(path)
    path.write_bytes(made[: len(made) // 2])
    with pytest.raises(BadScan, match="damaged or cut short"):
        open_scan(path)


def test_damaged_data_of_a_usual_form_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "lzw.tif"
    Image.fromarray(COLORS[0].astype(np.uint8)).save(path, compression="tiff_lzw")
    whole = bytearray(path.read_bytes())
    whole[8:200] = b"\xff" * 192
    path.write_bytes(whole)
    with pytest.raises(BadScan, match="damaged or cut short"):
        open_scan(path)


@pytest.mark.parametrize("kept", [60, 400, 3000])
def test_a_webp_that_is_cut_short_is_called_damaged(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a.webp"
    Image.effect_noise((300, 400), 60).convert("RGB").save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(BadScan, match="damaged or cut short"):
        open_scan(path)
