"""TIFFs that Pillow misreads or can't read: 16-bit planes, and forms that scanners don't produce."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from PIL import Image, TiffImagePlugin

_BITS, _COMPRESSION, _SAMPLE_FORMAT = 258, 259, 339
_PLACES: Final = ((273, 279), (324, 325))
"""Where the strips or tiles begin, and how many bytes each has."""
_SIGNED: Final = 2
_PLAIN: Final = (1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946)
"""Compressions that every decoder supports; if one of these fails, the data is damaged."""


def prepare(image: Image.Image) -> Image.Image:
    """Tell Pillow how the planes of an opened image, not loaded yet, are stored, and return the image.

    Pillow reads uncompressed 16-bit planes as if they had 8 bits: one third of the page, three times side by side.
    """
    if not isinstance(image, TiffImagePlugin.TiffImageFile) or len(image.getbands()) < 2:
        return image
    if image.tag_v2.get(_BITS, (8,))[0] == 16:
        order = ";16B" if image.tag_v2.prefix == b"MM" else ";16L"
        tiles: list[Any] = list(image.tile)
        for index, tile in enumerate(tiles):
            if tile.codec_name == "raw" and tile.args[0] in image.getbands():
                tiles[index] = tile._replace(args=(tile.args[0] + order, *tile.args[1:]))
        image.tile = tiles
    return image


def has_signs(image: Image.Image) -> bool:
    """Whether a loaded image has negative values, as measurements do; Pillow turns them into black or white."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(_SAMPLE_FORMAT, (1,))[0] != _SIGNED:
        return False
    extremes: Any = image.getextrema()
    return bool(image.mode != "I" or extremes[0] < 0)


def is_odd(path: str | os.PathLike[str]) -> bool:
    """Whether an unreadable TIFF is complete: its first image says where its data is, and it is there."""
    size = Path(path).stat().st_size
    try:
        with Path(path).open("rb") as file:
            head = file.read(8)
            if head[2:4] in (b"+\x00", b"\x00+"):
                head += file.read(8)
            directory = TiffImagePlugin.ImageFileDirectory_v2(head)
            file.seek(directory.next)
            directory.load(file)
        parts = [
            (int(place), int(count))
            for places, counts in _PLACES
            for place, count in zip(directory.get(places, ()), directory.get(counts, ()), strict=True)
        ]
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError):
        return False
    return bool(parts) and all(place + count <= size for place, count in parts)


def is_plain(image: Image.Image) -> bool:
    """Whether an opened TIFF has a compression that every decoder supports."""
    return getattr(image, "tag_v2", {}).get(_COMPRESSION, 1) in _PLAIN
