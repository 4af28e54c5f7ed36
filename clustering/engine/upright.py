"""Rotate scans upright in copies; stored files don't change."""

from __future__ import annotations

import io
import os
from typing import IO, Any, Final

from PIL import Image, ImageOps, JpegImagePlugin

from clustering.engine.images import DECODING_ERRORS, FORMATS, BadScan, display_name, open_scan
from clustering.engine.media_types import web_size
from clustering.engine.tiff_forms import prepare
from clustering.engine.tones import positive
from clustering.sentences import say

TURNS: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""By degrees clockwise; Pillow counts counterclockwise."""
QUALITY: Final = 90
"""Quality of a JPEG for viewing."""
_TIFF_WITHOUT_LOSS: Final = frozenset({"raw", "group3", "group4", "packbits", "tiff_lzw", "tiff_deflate"})


def upright(image: Image.Image, degrees: int) -> Image.Image:
    """Return the image rotated clockwise by 0, 90, 180, or 270 degrees."""
    return image.transpose(TURNS[degrees]) if degrees else image


def write_for_browsers(path: str | os.PathLike[str], target: IO[bytes], degrees: int, *, max_pixels: int) -> None:
    """Write a scan as a full-size JPEG, rotated clockwise; a large plan smaller, as `web_size` says.

    Raises BadScan, and OSError from the target.
    """
    image = open_scan(path, max_pixels=max_pixels)
    factor = -(-image.width // web_size(*image.size)[0])
    if factor > 1:
        image = image.reduce(factor)
    upright(image, degrees).save(target, "JPEG", quality=QUALITY)


def veiled(path: str | os.PathLike[str], degrees: int, *, spots: int) -> bytes:
    """Return a rotated image of the same shape as WebP, blurred to `spots` spots along its longer edge. Raises
    BadScan."""
    image = upright(open_scan(path), degrees)
    share = spots / max(image.size)
    few = image.resize((max(1, round(image.width * share)), max(1, round(image.height * share))), Image.Resampling.BOX)
    blurred = io.BytesIO()
    few.resize(image.size, Image.Resampling.BICUBIC).save(blurred, "WEBP", quality=60)
    return blurred.getvalue()


def write_rotated(path: str | os.PathLike[str], target: IO[bytes], degrees: int) -> None:
    """Write a scan rotated clockwise, in its own format: a JPEG with its own tables, others without loss.

    What the format can't store unchanged is written as 8 bits of gray or color. Raises BadScan, and OSError from the
    target.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            kind = "JPEG" if image.format == "MPO" else str(image.format)
            options = _options(image)
            prepare(image).load()
            rotated = upright(ImageOps.exif_transpose(positive(image)), degrees)
    except DECODING_ERRORS as error:
        raise BadScan(
            say(
                "%(file)s can’t be rotated (%(error)s). Import the scan again.",
                file=display_name(path),
                error=error,
            )
        ) from error
    try:
        rotated.save(target, kind, **options)
    except (KeyError, ValueError, RuntimeError):  # a mode or a compression that Pillow reads but doesn't write
        target.seek(0)
        target.truncate()
        upright(open_scan(path), degrees).save(target, kind)


def _options(image: Image.Image) -> dict[str, Any]:
    """Return the options to save a file without further loss."""
    options: dict[str, Any] = {
        name: image.info[name] for name in ("dpi", "icc_profile") if image.info.get(name) is not None
    }
    if image.format in {"JPEG", "MPO"}:
        options["qtables"] = getattr(image, "quantization", None)
        sampling = JpegImagePlugin.get_sampling(image)
        if sampling >= 0:
            options["subsampling"] = sampling
    elif image.format == "TIFF":
        kept = image.info.get("compression")
        options["compression"] = kept if kept in _TIFF_WITHOUT_LOSS else "tiff_deflate"
    elif image.format == "WEBP":
        options["lossless"] = True
    elif image.format == "HEIF":
        options["quality"] = -1
    elif image.format == "AVIF":
        options |= {"quality": 100, "subsampling": "4:4:4"}
    return options
