"""Files of pages below MEDIA_ROOT: their paths, and how they are written.

Originals are content-addressed and read-only: `ab/cd/<sha256>.jpg`. Beside them are thumbnails (`thumbs/<long
edge>/ab/cd/<sha256>.webp`), copies for encoders (`thumbs/squashed/…`), and images shown in place of an original
(`shown/<size>-<degrees>/ab/cd/<sha256>.jpg`). All of these may be deleted: the first and last are made again when
needed, and encoders work without. If `clustering.store` keeps scans elsewhere, these are the paths of this machine's
copies.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from clustering import store
from clustering.engine.media_types import SHOWN_BY_BROWSERS

if TYPE_CHECKING:
    from PIL import Image

    from clustering.models import Page

SMALL = 320
"""Long edge of the thumbnails in the stream, in pixels."""
MEDIUM = 640
"""Long edge for high-resolution screens and large thumbnails, in pixels: a third of the bytes of the next size."""
LARGE = 1280
"""Long edge of the view that opens before the original has loaded, in pixels."""
VEIL_SPOTS = 12
"""Spots along the longer edge of a blurred page: its layout can be guessed, but no word can be read."""
THUMBNAIL_SIZES = (SMALL, MEDIUM, LARGE)

FETCHED_AT_ONCE = 8
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/mpo": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/jp2": ".jp2",
    "image/jpx": ".jp2",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/heic": ".heic",
    "image/heif": ".heic",
    "image/avif": ".avif",
    "image/x-portable-anymap": ".pnm",
}
_CHUNK = 1 << 20


def original_path(sha256: str, media_type: str) -> Path:
    """Return the path of an original, by its content and type."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / f"{sha256}{_SUFFIXES.get(media_type, '.bin')}"


def page_path(page: Page) -> Path:
    """Return the path of a page's original, fetched from the store if needed. Raises StoreAway, OSError."""
    return store.fetched(original_path(page.sha256, page.media_type))


def page_paths(pages: Sequence[Page]) -> list[Path]:
    """Return the paths of the originals of pages, fetched in parallel. Raises StoreAway, OSError."""
    return _side_by_side(page_path, pages)


def _side_by_side(path_of: Callable[[Page], Path], pages: Sequence[Page]) -> list[Path]:
    if not store.is_elsewhere():
        return [path_of(page) for page in pages]
    with ThreadPoolExecutor(FETCHED_AT_ONCE, thread_name_prefix="fetch") as pool:
        return list(pool.map(path_of, pages))


def thumbnail_path(sha256: str, size: int) -> Path:
    """Return the path of a thumbnail of this content and long edge, whether it exists or not."""
    return Path(settings.MEDIA_ROOT) / "thumbs" / str(size) / sha256[:2] / sha256[2:4] / f"{sha256}.webp"


def squashed_path(sha256: str) -> Path:
    """Return the path of the encoders' copy of this content, whether it exists or not."""
    return Path(settings.MEDIA_ROOT) / "thumbs" / "squashed" / sha256[:2] / sha256[2:4] / f"{sha256}.webp"


def encoder_paths(pages: Sequence[Page], resolution: int) -> list[Path]:
    """Return what an encoder of this resolution opens for each page: the copy for encoders if it exists and is large
    enough, or else the original. Fetches in parallel. Raises StoreAway, OSError."""
    from clustering.engine.images import SQUASHED_EDGE

    def smallest(page: Page) -> Path:
        copy = store.fetched(squashed_path(page.sha256))
        return copy if copy.exists() else page_path(page)

    return _side_by_side(smallest, pages) if resolution <= SQUASHED_EDGE else page_paths(pages)


def ensure_thumbnail(page: Page, size: int) -> Path:
    """Return a thumbnail's path. A missing one is made first, from a larger one if possible: some 30 ms.

    Raises ValueError for an unknown size, BadScan if the original can't be opened, OSError if it is gone.
    """
    if size not in THUMBNAIL_SIZES:
        raise ValueError(f"Thumbnails are kept at {SMALL}, {MEDIUM} and {LARGE} pixels, not at {size}.")
    path = store.fetched(thumbnail_path(page.sha256, size))
    if not path.exists():
        from clustering.engine.images import open_scan

        large = thumbnail_path(page.sha256, LARGE)
        source = large if size < LARGE and large.exists() else page_path(page)
        image = open_scan(source, max_pixels=settings.MAX_PIXELS, draft_to=size)
        write_thumbnails(image, page.sha256, sizes=(size,))
    return path


def ensure_shown(page: Page, rotation: int, size: int | None = None) -> Path:
    """Return the path of a page as a browser shows it, rotated clockwise by `rotation` degrees; made if missing.

    In full size, this is the original if it is upright and in a format that browsers show, or else a JPEG of it, made
    once in some 300 ms for 12 million pixels, one at a time. With `size`, a thumbnail's long edge, it is WebP. Raises
    BadScan if the original can't be opened, OSError if it is gone.
    """
    if size is not None and not rotation:
        return ensure_thumbnail(page, size)
    from clustering.engine.images import has_true_shape

    if size is None and not rotation and page.media_type in SHOWN_BY_BROWSERS and has_true_shape(page_path(page)):
        return page_path(page)
    shown = Path(settings.MEDIA_ROOT) / "shown"
    folder = shown / f"{size or 'full'}-{rotation}"
    path = folder / page.sha256[:2] / page.sha256[2:4] / f"{page.sha256}.{'webp' if size else 'jpg'}"
    if not path.exists():
        with one_at_a_time(shown):
            if not path.exists():
                _make_shown(page, rotation, size, path)
    return path


def veiled_image(page: Page, rotation: int) -> bytes:
    """Return a tiny WebP of a page, a dozen spots, rotated clockwise: some milliseconds.

    Raises BadScan if the original can't be opened, OSError if it is gone.
    """
    from clustering.engine.upright import veiled

    return veiled(ensure_thumbnail(page, SMALL), rotation, spots=VEIL_SPOTS)


def _make_shown(page: Page, rotation: int, size: int | None, path: Path) -> None:
    from clustering.engine import upright

    with writing(path) as temporary, temporary.open("wb") as target:
        if size is None:
            upright.write_for_browsers(page_path(page), target, rotation, max_pixels=settings.MAX_PIXELS)
        else:
            upright.write_rotated(ensure_thumbnail(page, size), target, rotation)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let only one process of this machine, and one of its threads, work below a folder: full scans take much
    memory."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".working").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        yield


def write_thumbnails(image: Image.Image, sha256: str, *, sizes: tuple[int, ...] = THUMBNAIL_SIZES) -> None:
    """Write the missing thumbnails of an open image. Raises StoreAway, OSError."""
    from clustering.engine import images

    targets = {size: thumbnail_path(sha256, size) for size in sizes}
    missing = {size: path for size, path in targets.items() if not path.exists()}
    images.write_thumbnails(image, missing)
    _put(list(missing.values()))


def write_squashed(image: Image.Image, sha256: str) -> None:
    """Write the encoders' copy of an open image if it is missing. Raises StoreAway, OSError."""
    from clustering.engine import images

    target = squashed_path(sha256)
    if not target.exists():
        images.write_squashed(image, target)
        _put([target])


def _put(paths: Sequence[Path]) -> None:
    try:
        for path in paths:
            store.put(path)
    except store.StoreAway:
        for path in paths:
            path.unlink(missing_ok=True)  # what is here is in the store too
        raise


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file's content. Raises OSError."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def incoming(source: Path) -> Iterator[tuple[Path, str]]:
    """Copy a file to the incoming ones; yield the copy and the SHA-256 of exactly the copied bytes.

    The same bytes are then decoded and stored, even if someone writes to the source in the meantime. The copy is
    deleted on leaving unless `keep` moved it. Raises OSError.
    """
    folder = incoming_folder()
    folder.mkdir(parents=True, exist_ok=True)
    # Not mkstemp, which makes files private: the umask says who may read scans.
    copy = folder / f"{uuid.uuid4().hex}{source.suffix.lower() if source.suffix.isascii() else ''}"
    digest = hashlib.sha256()
    try:
        with copy.open("xb") as target, source.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        yield copy, digest.hexdigest()
    finally:
        with suppress(FileNotFoundError):
            copy.unlink()


def incoming_folder() -> Path:
    """Return the folder of files that are copied but not stored yet."""
    return Path(settings.MEDIA_ROOT) / "incoming"


def keep(copy: Path, sha256: str, media_type: str) -> Path:
    """Move an incoming copy to its permanent path, which is returned; the same content is stored once.

    Raises StoreAway, OSError.
    """
    target = original_path(sha256, media_type)
    if not target.exists():
        store.put_as(copy, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy.chmod(copy.stat().st_mode & 0o444)
        copy.replace(target)
    return target


@contextmanager
def writing(target: Path) -> Iterator[Path]:
    """Yield a temporary path that replaces the target on success, and is deleted otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{uuid.uuid4().hex}{target.suffix}")
    temporary.touch(exist_ok=False)
    try:
        yield temporary
        temporary.replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
