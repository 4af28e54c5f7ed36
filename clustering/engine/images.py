"""Open scans safely, explain what is wrong with a broken one, and write thumbnails.

Every scan is opened by `open_scan` or `inspect_and_open`, so that people, encoders, and OCR see the same orientation,
colors, and limits. A file that can't be a page raises `BadScan`, whose message names the file, the reason, and the
remedy for the archivist.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import struct
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from clustering.engine.tiff_forms import has_signs, is_odd, is_plain, prepare
from clustering.engine.tones import has_dark_colors, on_paper, stretched, true_size, with_full_range
from clustering.magic import suffix_of
from clustering.sentences import failure, grouped, say

FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "JPEG2000", "HEIF", "AVIF", "PPM")
"""Formats of scanners and cameras; MPO opens as JPEG. Pillow opens others, too, some by starting other programs."""

MAX_PIXELS: Final = 300_000_000
"""An A1 plan at 600 dpi has 279 million, which is 279 MB decoded in black and white, 1.1 GB in color."""
ANY_SIZE: Final = 1 << 40
"""No limit, for scans in the store: their size was checked at import."""
HUGE: Final = 60_000_000
"""Pixels from which a scan is opened alone, and at a lower resolution if that is enough."""

THUMBNAIL_QUALITY: Final = 80
SQUASHED_EDGE: Final = 224
"""Pixels of both edges of the copy for encoders, which is the input size of most networks."""
REDUCED_TO: Final = 2
"""Pages are first reduced by whole numbers, which is faster, to at least this many times the size in the end."""

pillow_heif.register_heif_opener(thumbnails=False)  # phones write HEIF
Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit is below MAX_PIXELS, which `open_scan` enforces itself.

_NO_IMAGES: Final = {b"%PDF-": ".pdf", b"PK\x03\x04": ".zip"}
"""First bytes of files that hold scans but are none."""
_TRANSPOSES: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How an image with an EXIF orientation becomes upright."""

DECODING_ERRORS: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""Errors that Pillow's decoders raise for broken data."""


class BadScan(ValueError):
    """A file that can't be a page. The message is a full sentence with name, reason, and remedy."""


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """Facts of a scan's file."""

    width: int
    """Pixels as displayed, after EXIF orientation."""
    height: int
    media_type: str
    """From the content, not the name: "image/jpeg"."""
    mode: str
    """Pillow's name for the stored colors: "RGB", "CMYK", "I;16", "P", …"""
    sha256: str
    """Of the bytes of the file, in hexadecimal."""
    size_bytes: int
    frames: int
    """Images in the file; the first is the page."""


def display_name(path: str | os.PathLike[str]) -> str:
    """Return the name of a file in a form that can be printed and stored, whatever its bytes."""
    return os.fsencode(Path(path).name).decode("utf-8", errors="backslashreplace")


def explain_os_error(path: str | os.PathLike[str], error: OSError) -> str:
    """Return a sentence about a file that the system couldn't open, read, or write."""
    name = display_name(path)
    if isinstance(error, FileNotFoundError):
        return say("%(name)s is gone. Put it back, or import the folder again.", name=name)
    if isinstance(error, PermissionError):
        return say(
            "hhreview is not allowed to open %(name)s. Give its account read access to the file, and try again.",
            name=name,
        )
    if isinstance(error, IsADirectoryError):
        return say("%(name)s is a folder, not an image: name the files in it, or import it as a folder.", name=name)
    if error.errno == errno.ENOSPC:
        return say("%(name)s could not be written because the disk is full. Free up space, and try again.", name=name)
    return say(
        "%(name)s could not be opened (%(reason)s). Check the disk it is on, and try again.",
        name=name,
        reason=failure(error),
    )


def open_scan(
    path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS, draft_to: int | None = None
) -> Image.Image:
    """Return the first image in a file as a screen shows it: upright, in its true shape, in mode RGB (sRGB) or L.

    Applies the orientation, resolutions, and color profile of the file, puts transparent parts on white, and reduces 16
    bits to 8. With `draft_to`, a JPEG or a huge scan may be smaller, its shorter edge still at least that many pixels,
    which is several times faster and enough for thumbnails and encoders.

    Raises BadScan if the file isn't a usable image, before a decompression bomb takes memory.
    """
    with _opened(path, max_pixels) as image:
        return _decoded(path, image, draft_to)


def inspect_and_open(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> tuple[ScanFacts, Image.Image]:
    """Return the facts of a scan and the image that `open_scan` returns, decoding the file once."""
    with _opened(path, max_pixels) as image:
        mode, media_type = image.mode, Image.MIME.get(image.format or "", "application/octet-stream")
        frames = _frames(image)
        upright = _decoded(path, image, None)
    try:
        with Path(path).open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise BadScan(explain_os_error(path, error)) from error
    facts = ScanFacts(upright.width, upright.height, media_type, mode, sha256, size_bytes, frames)
    return facts, upright


def is_huge(path: str | os.PathLike[str]) -> bool:
    """Whether a scan is so large that opening several at once could use up the memory. Reads the header only."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            return image.width * image.height > HUGE
    except DECODING_ERRORS:
        return False


def has_true_shape(path: str | os.PathLike[str]) -> bool:
    """Whether the stored pixels are square, so that programs that ignore resolutions show the scan in its true shape.

    Reads the header only. A file that can't be opened counts as square.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            return true_size(image) == image.size
    except DECODING_ERRORS:
        return True


def _frames(image: Image.Image) -> int:
    """Return the number of images in the file; 1 if it can't be read."""
    try:
        return int(getattr(image, "n_frames", 1))
    except DECODING_ERRORS:
        return 1


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str], max_pixels: int) -> Iterator[Image.Image]:
    """Open a file whose size is within the limit, reading only its header."""
    name = display_name(path)
    try:
        empty = Path(path).stat().st_size == 0
        image = None if empty else Image.open(path, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise BadScan(_unknown(path, name)) from error
    except OSError as error:
        why = damaged(name, error) if error.errno is None else explain_os_error(path, error)
        raise BadScan(why) from error
    except DECODING_ERRORS as error:
        raise BadScan(damaged(name, error)) from error
    if image is None:
        raise BadScan(
            say(
                "%(name)s is empty (0 bytes). Copy it from its source again, then import it again.",
                name=name,
            )
        )
    with image:
        width, height = true_size(image)
        if width * height > max_pixels:
            raise BadScan(_too_large(name, width, height, max_pixels))
        yield image


def _too_large(name: str, width: int, height: int, max_pixels: int) -> str:
    return say(
        "%(name)s is too large to be opened safely (%(width)s x %(height)s pixels; at most %(most)s are "
        "allowed): scan it at a lower resolution, or cut it into pages, and import it again.",
        name=name,
        width=grouped(width),
        height=grouped(height),
        most=grouped(max_pixels),
    )


def _unknown(path: str | os.PathLike[str], name: str) -> str:
    """Return a sentence about a file that Pillow doesn't recognize. It is damaged if it begins like an image."""
    with Path(path).open("rb") as file:
        head = file.read(16)
    suffix = suffix_of(head)
    if suffix == ".tif" and is_odd(path):
        return _unusual(name)
    if other := next((ending for begins, ending in _NO_IMAGES.items() if head.startswith(begins)), ""):
        return say(
            "%(name)s is not an image, whatever its name says. Give its name the extension %(suffix)s, and import it "
            "separately.",
            name=name,
            suffix=other,
        )
    if suffix:
        return damaged(name, say("it begins like a %(suffix)s file but can’t be read", suffix=suffix))
    return say(
        "%(name)s is not an image that hhreview can read, whatever its name says. Save the scan as JPEG, PNG, or "
        "TIFF, then import it again.",
        name=name,
    )


def _unusual(name: str) -> str:
    return say(
        "%(name)s stores its pixels in a form that hhreview can’t read. Save it as an ordinary TIFF with 8 or 16 bits "
        "and LZW compression or none, or as JPEG or PNG, then import it again.",
        name=name,
    )


def damaged(name: str, error: BaseException | str) -> str:
    """Return a sentence about a file whose content can't be decoded, with the reason."""
    return say(
        "%(name)s is damaged or cut short (%(reason)s). Copy it from its source or scan the page again, then import "
        "it again.",
        name=name,
        reason=error if isinstance(error, str) else _reason(error),
    )


def _reason(error: BaseException) -> str:
    """Return the message of Pillow or a codec, in plain words if it is a known one."""
    words = str(error).strip().rstrip(".")
    if isinstance(error, zlib.error | struct.error) or re.search(r"broken|corrupt|decod|data stream", words):
        return say("its image data is damaged")
    if re.search(r"truncated|end of file|EOF|not enough", words):
        return say("the file ends too early")
    return words or type(error).__name__


def _decoded(path: str | os.PathLike[str], image: Image.Image, draft_to: int | None) -> Image.Image:
    try:
        if draft_to is not None:
            image.draft(None, (draft_to, draft_to))
        shape = true_size(image)
        prepare(image).load()
        if has_signs(image):
            raise BadScan(_unusual(display_name(path)))
        transpose = _transpose_of(image)
        if has_dark_colors(image):
            image = with_full_range(image, path)
        shown = stretched(on_paper(image), shape)
        if draft_to is not None and shown.width * shown.height > HUGE:
            shown = shown.reduce(max(1, min(shown.size) // draft_to))
        return shown if transpose is None else shown.transpose(transpose)
    except BadScan:
        raise
    except DECODING_ERRORS as error:
        is_whole = not is_plain(image) and is_odd(path)
        name = display_name(path)
        raise BadScan(_unusual(name) if is_whole else damaged(name, error)) from error
    except MemoryError as error:
        raise BadScan(_too_large(display_name(path), image.width, image.height, MAX_PIXELS)) from error


def _transpose_of(image: Image.Image) -> Image.Transpose | None:
    """Return how the decoded image becomes upright, by its EXIF orientation; None if it is upright or that is broken.

    Pillow rotates a TIFF itself and removes its orientation.
    """
    try:
        return _TRANSPOSES.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except DECODING_ERRORS:
        return None


def write_thumbnails(image: Image.Image, targets: Mapping[int, str | os.PathLike[str]]) -> None:
    """Write thumbnails to files, given by pixels of the long edge; the suffix (.webp, .jpg) sets the format.

    Doesn't enlarge smaller scans, makes missing folders, and never leaves a partial file. Raises OSError.
    """
    source = image
    for edge, target in sorted(targets.items(), reverse=True):
        # Each size is made from the larger one: a quarter of the work, without a visible difference.
        small = fitted(source, edge)
        # Method 4 would take twice as long and save 3% of the bytes.
        _write_whole(small, Path(target), quality=THUMBNAIL_QUALITY, method=2)
        source = small


def write_squashed(image: Image.Image, target: str | os.PathLike[str]) -> None:
    """Write the copy for encoders, a lossless square WebP: some 6 ms and 40 KB. Raises OSError."""
    edges = (SQUASHED_EDGE, SQUASHED_EDGE)
    small = reduced_toward(image, edges).resize(edges, Image.Resampling.BICUBIC)
    _write_whole(small, Path(target), lossless=True, quality=0, method=0)


def reduced_toward(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return an image in RGB or L, reduced by whole numbers to at least REDUCED_TO times `size` (width, height)."""
    if image.mode not in {"RGB", "L"}:
        image = image.convert("RGB")
    across, down = (max(1, have // (REDUCED_TO * want)) for have, want in zip(image.size, size, strict=True))
    return image.reduce((across, down)) if across > 1 or down > 1 else image


def fitted(image: Image.Image, edge: int) -> Image.Image:
    """Return the image with a long edge of at most `edge` pixels."""
    share = edge / max(image.size)
    if share >= 1:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _write_whole(image: Image.Image, target: Path, **options: Any) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    file_format = Image.registered_extensions()[target.suffix.lower()]
    # Not mkstemp, whose files only their owner can read; the umask decides who may read thumbnails.
    partial = target.with_name(f".thumbnail-{uuid.uuid4().hex}{target.suffix}")
    try:
        with partial.open("xb") as file:
            image.save(file, format=file_format, **options)
        partial.replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
        raise
