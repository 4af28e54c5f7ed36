"""Where the files of pages lie below MEDIA_ROOT, and how they get there.

Originals are content-addressed and read-only: `ab/cd/<sha256>.jpg`. Thumbnails lie beside them in
`thumbs/<long edge>/ab/cd/<sha256>.webp`, copies for encoders in `thumbs/squashed/…`, and what is shown in place of an
original in `shown/<size>-<degrees>/ab/cd/<sha256>.jpg`. All may be thrown away: the first and last are made again when
somebody asks, and encoders do without. Where
`clustering.store` says that scans lie elsewhere, these are the places of their copies on this machine.
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
"""Long edge for fine screens and large thumbnails, in pixels: a third of the bytes of the next size."""
LARGE = 1280
VEIL_SPOTS = 12
"""Left along the longer edge of a page that is blurred: its layout can be guessed, no word can be read."""
"""Long edge of the view that opens before the original is there, in pixels."""
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
    """Return where an original lies, by its content and type."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / f"{sha256}{_SUFFIXES.get(media_type, '.bin')}"


def page_path(page: Page) -> Path:
    """Return where a page's original lies, fetched from the store if it is elsewhere. Raises StoreAway, OSError."""
    return store.fetched(original_path(page.sha256, page.media_type))


def page_paths(pages: Sequence[Page]) -> list[Path]:
    """Return where the originals of pages lie, fetched side by side. Raises StoreAway, OSError."""
    return _side_by_side(page_path, pages)


def _side_by_side(path_of: Callable[[Page], Path], pages: Sequence[Page]) -> list[Path]:
    if not store.is_elsewhere():
        return [path_of(page) for page in pages]
    with ThreadPoolExecutor(FETCHED_AT_ONCE, thread_name_prefix="fetch") as pool:
        return list(pool.map(path_of, pages))


def thumbnail_path(sha256: str, size: int) -> Path:
    """Return where a thumbnail of this content and long edge lies, whether it is there or not."""
    return Path(settings.MEDIA_ROOT) / "thumbs" / str(size) / sha256[:2] / sha256[2:4] / f"{sha256}.webp"


def squashed_path(sha256: str) -> Path:
    """Return where the copy for encoders of this content lies, whether it is there or not."""
    return Path(settings.MEDIA_ROOT) / "thumbs" / "squashed" / sha256[:2] / sha256[2:4] / f"{sha256}.webp"


def encoder_paths(pages: Sequence[Page], resolution: int) -> list[Path]:
    """Return what an encoder of this resolution opens for each page: the copy for encoders where it is large enough and
    there, else the original. Fetched side by side. Raises StoreAway, OSError."""
    from clustering.engine.images import SQUASHED_EDGE

    def smallest(page: Page) -> Path:
        copy = store.fetched(squashed_path(page.sha256))
        return copy if copy.exists() else page_path(page)

    return _side_by_side(smallest, pages) if resolution <= SQUASHED_EDGE else page_paths(pages)


def ensure_thumbnail(page: Page, size: int) -> Path:
    """Return a thumbnail's path. A missing one is made now, from a larger one if there is one: some 30 ms.

    Raises ValueError for a size that is not kept, BadScan where the original cannot be opened, OSError where it is
    gone.
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
    """Return the path of a page as a browser shows it, turned clockwise by `rotation` degrees; made where missing.

    In full size the original itself where it is of a format that browsers show and lies right, else a JPEG of it, made
    once: some 300 ms for 12 million pixels, and one at a time. With `size`, a thumbnail's long edge, WebP. Raises
    BadScan where the original cannot be opened, OSError where it is gone.
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

    Raises BadScan where the original cannot be opened, OSError where it is gone.
    """
    from clustering.engine.upright import veiled

    return veiled(ensure_thumbnail(page, SMALL), rotation, spots=VEIL_SPOTS)


def _make_shown(page: Page, rotation: int, size: int | None, path: Path) -> None:
    from clustering.engine import upright

    with writing(path) as temporary, temporary.open("wb") as target:
        if size is None:
            upright.write_for_browsers(page_path(page), target, rotation, max_pixels=settings.MAX_PIXELS)
        else:
            upright.write_turned(ensure_thumbnail(page, size), target, rotation)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process of this machine, and one thread of it, work below a folder: full scans take much memory."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".working").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        yield


def write_thumbnails(image: Image.Image, sha256: str, *, sizes: tuple[int, ...] = THUMBNAIL_SIZES) -> None:
    """Write the thumbnails of an open image that are not there yet. Raises StoreAway, OSError."""
    from clustering.engine import images

    targets = {size: thumbnail_path(sha256, size) for size in sizes}
    missing = {size: path for size, path in targets.items() if not path.exists()}
    images.write_thumbnails(image, missing)
    _put(list(missing.values()))


def write_squashed(image: Image.Image, sha256: str) -> None:
    """Write the copy of an open image for encoders, if it is not there yet. Raises StoreAway, OSError."""
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
            path.unlink(missing_ok=True)  # what lies here is in the store too
        raise


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file's content. Raises OSError."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def incoming(source: Path) -> Iterator[tuple[Path, str]]:
    """Copy a file in among the store's incoming ones; yield the copy and the SHA-256 of exactly what was copied.

    What is decoded and what is kept are then the same bytes, even if somebody writes to the source meanwhile. The copy
    is thrown away on leaving unless `keep` moved it. Raises OSError.
    """
    folder = incoming_folder()
    folder.mkdir(parents=True, exist_ok=True)
    # Not mkstemp, which gives a file to its owner alone: the umask says who may read scans.
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
    """Return the folder of what is copied but not kept yet."""
    return Path(settings.MEDIA_ROOT) / "incoming"


def keep(copy: Path, sha256: str, media_type: str) -> Path:
    """Move an incoming copy to its place for good and return the place; the same content twice is kept once.

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
    """Yield a temporary path beside the target that takes its place when all went well, and vanishes otherwise."""
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
