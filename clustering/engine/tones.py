"""Convert stored pixel values to what a screen shows: 8-bit gray or sRGB, in the scan's true proportions."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from clustering.engine.tiff_forms import prepare

_PHOTOMETRIC, _BITS, _MAX_SAMPLE = 262, 258, 281
_MIN_IS_WHITE = 0
_BAND: Final = 512
"""Rows converted at once, so that 16 bits need no more memory than the image itself."""
_SQUARE: Final = 1.02
"""How much the resolutions of both directions may differ by rounding: 300 and 299 dpi."""
_MOST_OBLONG: Final = 3.0
"""Fax has 204 x 98 dpi, 2.1 to 1; a larger ratio is a mistake."""
_LEAST_DPI: Final = 50
_ORIENTATION = 274
_ON_ITS_SIDE: Final = (5, 6, 7, 8)
"""Orientations at which Pillow swaps a TIFF's width and height; its resolutions stay those of the stored rows."""
_RANGES: Final = (255, 1023, 4095, 16383, 65535)
_BLACK: Final = ImageCms.Flags.BLACKPOINTCOMPENSATION
_MODES: Final = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""Color spaces of profiles, and the image modes they fit."""


def true_size(image: Image.Image) -> tuple[int, int]:
    """Return (width, height) in square pixels, from the resolutions in the file. Reads no pixels.

    A scan with two resolutions, such as a fax, gets the larger one in both directions.
    """
    across, down = _resolution(image)
    if min(across, down) < _LEAST_DPI:
        return image.size
    oblong = max(across, down) / min(across, down)
    if not _SQUARE < oblong <= _MOST_OBLONG:
        return image.size
    return round(image.width * max(1.0, down / across)), round(image.height * max(1.0, across / down))


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Return the dpi across and down the image as Pillow opens it; 0 if unknown."""
    try:
        across, down = map(float, image.info.get("dpi", (0, 0)))
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0, 0.0
    is_sideways = getattr(image, "tag_v2", {}).get(_ORIENTATION, 1) in _ON_ITS_SIDE
    return (down, across) if is_sideways else (across, down)


def stretched(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the image in this size."""
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)


def on_paper(image: Image.Image) -> Image.Image:
    """Return the image in mode RGB or L as a screen shows it: transparent parts on white, colors in sRGB."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "LAB":
        return _in_srgb(image, ImageCms.createProfile("LAB"))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        profile = image.info.get("icc_profile")
        seen_through = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, seen_through).convert("RGB")
        return _by_profile(image, profile)
    if image.mode not in ("RGB", "L", "CMYK"):
        profile = image.info.get("icc_profile")
        return _by_profile(image.convert("RGB"), profile)
    return _by_profile(image, image.info.get("icc_profile"))


def _by_profile(image: Image.Image, profile: Any) -> Image.Image:
    """Return the image in sRGB or gray, by its color profile if that is valid and fits."""
    source = _readable(bytes(profile)) if profile else None
    if source is not None and _MODES.get(source.profile.xcolor_space) == image.mode:
        with contextlib.suppress(ImageCms.PyCMSError):
            return _in_srgb(image, source)
    return image.copy() if image.mode in ("RGB", "L") else image.convert("RGB")


def _in_srgb(image: Image.Image, source: Any) -> Image.Image:
    made = ImageCms.profileToProfile(
        image,
        source,
        _srgb(),
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert made is not None  # None only if the image itself is changed
    return made.getchannel("G") if image.mode == "L" else made


@cache
def _srgb() -> Any:
    return ImageCms.createProfile("sRGB")


def _readable(profile: bytes) -> Any:
    """Return the opened profile; None if it is damaged, or already sRGB, as most are."""
    try:
        opened = ImageCms.getOpenProfile(io.BytesIO(profile))
        about = ImageCms.getProfileDescription(opened)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return None if "srgb" in about.lower() else opened


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a gray image of 16 or 32 bits in 8. Pillow's own conversion would clip everything over 255 to white."""
    white, is_negative = _white_of(image), _is_negative(image)
    out = Image.new("L", image.size)
    for top, values in _bands(image):
        shares = np.nan_to_num(np.clip(values / white, 0.0, 1.0))
        gray = ((1.0 - shares if is_negative else shares) * 255.0).round().astype(np.uint8)
        out.paste(Image.fromarray(gray), (0, top))
    out.info = image.info
    return out


def has_dark_colors(image: Image.Image) -> bool:
    """Whether a decoded image has 16-bit colors that use a small part of their range: 10, 12, or 14 bits."""
    bits = getattr(image, "tag_v2", {}).get(_BITS, (8,))
    if image.mode != "RGB" or bits[0] != 16:
        return False
    extremes: Any = image.getextrema()  # a pair for each channel
    return bool(max(high for _, high in extremes) < 64)


def with_full_range(image: Image.Image, path: str | os.PathLike[str]) -> Image.Image:
    """Return such an image, of which Pillow has kept only the upper 8 of 16 bits, with its colors in full range."""
    with Image.open(path, formats=["TIFF"]) as again:
        prepare(again)
        again.tile = [tile._replace(args=_lower_bits(tile.args)) for tile in again.tile]
        values = np.asarray(image, dtype=np.uint16) << 8 | np.asarray(again, dtype=np.uint16)
    white = next(most for most in _RANGES if values.max(initial=0) <= most)
    full = Image.fromarray((values.astype(np.uint32) * 255 // white).astype(np.uint8))
    full.info = image.info
    return full


def _lower_bits(args: Any) -> Any:
    """Return the arguments of Pillow's decoder of 16-bit colors with bytes swapped: it keeps the first byte."""
    stored, order = args[0][:-1], args[0][-1]
    is_little = order == "L" or (order == "N" and sys.byteorder == "little")
    return (f"{stored}{'B' if is_little else 'L'}", *args[1:])


def positive(image: Image.Image) -> Image.Image:
    """Return an image with its stored values, 0 for black, or unchanged if they are.

    For writing it again: Pillow writes 16 bits as if 0 were black, whatever they were in the file.
    """
    if not image.mode.startswith("I;16") or not _is_negative(image):
        return image
    values = np.asarray(image).astype(np.int64)
    inverted = Image.fromarray(np.clip(_white_of(image) - values, 0, 65535).astype(np.uint16))
    inverted.info = image.info
    return inverted


def _bands(image: Image.Image) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
    for top in range(0, image.height, _BAND):
        box = (0, top, image.width, min(top + _BAND, image.height))
        values = np.asarray(image.crop(box))
        if values.dtype == np.int32:  # Pillow has no other 32-bit modes; scans with signed values aren't opened
            values = values.view(np.uint32)
        yield top, values.astype(np.float64)


def _white_of(image: Image.Image) -> float:
    """Return the value of white: from the file, or the smallest full range that contains all values.

    Scanners store 10, 12, and 14 bits in 16, mostly without saying so; 32-bit and floating images have no fixed range.
    """
    largest = getattr(image, "tag_v2", {}).get(_MAX_SAMPLE)
    brightest = max((float(np.nanmax(values, initial=0.0)) for _, values in _bands(image)), default=0.0)
    if isinstance(largest, tuple) and largest and brightest <= largest[0]:
        return float(largest[0])
    ranges = (1, 255, 65535) if image.mode.startswith("F") else _RANGES
    return next((float(most) for most in ranges if brightest <= most), brightest)


def _is_negative(image: Image.Image) -> bool:
    """Whether 0 is white. Pillow inverts such images of up to 8 bits, but no others."""
    return bool(getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _MIN_IS_WHITE)
