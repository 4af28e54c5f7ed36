"""Files with several images: which images of a TIFF are pages, and each as a file of its own.

Pyramids and previews contain smaller copies and masks of the image, marked by NewSubfileType (TIFF 6.0, tag 254), which
are not pages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from clustering.engine.images import DECODING_ERRORS, BadScan, damaged, display_name, explain_os_error
from clustering.engine.tiff_forms import prepare
from clustering.engine.tones import positive
from clustering.sentences import grouped, say

NEW_SUBFILE_TYPE = 254
_REDUCED, _MASK = 1, 4
MOST_SHEETS = 10_000
_AS_THEY_ARE = {"group3": "group3", "group4": "group4", "tiff_ccitt": "group4"}
"""Black-and-white compressions that are kept; all others become Deflate, which is lossless too."""


def sheets_of(path: str | os.PathLike[str]) -> list[int]:
    """Return the indices, from 0, of a TIFF's images that are pages; empty for other files and for a single page.

    Reads only the directories. Empty for a damaged file: opening it reports what is wrong.
    """
    try:
        with Image.open(path, formats=["TIFF"]) as image:
            if getattr(image, "n_frames", 1) < 2:
                return []
            sheets = list(_pages(image))
    except DECODING_ERRORS:
        return []
    return sheets if len(sheets) > 1 else []


def _pages(image: Image.Image) -> Iterator[int]:
    for number in range(min(getattr(image, "n_frames", 1), MOST_SHEETS)):
        image.seek(number)
        kind = getattr(image, "tag_v2", {}).get(NEW_SUBFILE_TYPE, 0)
        if not (isinstance(kind, int) and kind & (_REDUCED | _MASK)):
            yield number


def write_sheet(path: str | os.PathLike[str], number: int, target: Path, *, max_pixels: int) -> None:
    """Write one image of a TIFF as its own TIFF, pixel for pixel, with resolution and color profile.

    Raises BadScan if it can't be read or is too large, OSError if the target can't be written.
    """
    name = f"Image {number + 1} of {display_name(path)}"
    try:
        with Image.open(path, formats=["TIFF"]) as image:
            image.seek(number)
            if image.width * image.height > max_pixels:
                raise BadScan(
                    say(
                        "%(name)s is too large to be opened safely (%(width)s x %(height)s pixels): scan it at a "
                        "lower resolution, and import it again.",
                        name=name,
                        width=grouped(image.width),
                        height=grouped(image.height),
                    )
                )
            prepare(image).load()
            facts = {key: image.info[key] for key in ("dpi", "icc_profile") if image.info.get(key)}
            compression = _AS_THEY_ARE.get(str(image.info.get("compression")), "tiff_deflate")
            orientation = getattr(image, "tag_v2", {}).get(0x0112)
            single = positive(image).copy()
    except FileNotFoundError as error:
        raise BadScan(explain_os_error(path, error)) from error
    except DECODING_ERRORS as error:
        if isinstance(error, BadScan):
            raise
        raise BadScan(damaged(name, error)) from error
    exif = Image.Exif()
    if isinstance(orientation, int) and orientation != 1:
        exif[0x0112] = orientation
    try:
        single.save(target, "TIFF", compression=compression, exif=exif, **facts)
    except DECODING_ERRORS as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's own error, not about the image
        raise BadScan(damaged(name, error)) from error
