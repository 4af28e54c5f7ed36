"""Where uploads lie on disk, and how their pieces get there: never half, never two at once in one place.

Below MEDIA_ROOT, which web servers and workers share: `uploads/<key>/parts/<file id>` while a file comes in,
`uploads/<key>/scans/<its name>` once it is whole, `uploads/<key>/unpacked/` for what was packed.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from clustering import store
from clustering.models import Upload, UploadedFile
from clustering.sources.folder import Listing, NoSource
from clustering.sources.unpacking import Limits, Tick, unpack
from clustering.sources.uploaded import list_uploaded
from clustering.wording import say

log = logging.getLogger(__name__)

PIECE = 1 << 18
"""Bytes in memory at once while a chunk goes from the network to the disk."""
KEPT_FREE = 1 << 30
"""Bytes that uploads and exports leave free on the disk, for the database and the logs."""
COPIES = 2
"""An uploaded file is there twice for a while: as it came, and in the store."""


class Body(Protocol):
    """A request's body, or a file."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most so many; none at the end."""


class CutShort(OSError):
    """The line broke before the whole chunk was here."""


class Lost(Exception):
    """The disk has less of a file than its row says, after a crash. `there` is how much."""

    def __init__(self, there: int) -> None:
        super().__init__(there)
        self.there = there


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk that is wholly on disk, in a file of its own."""

    path: Path
    size: int
    digest: bytes


def uploads_root() -> Path:
    """Return the folder of all uploads."""
    return Path(settings.MEDIA_ROOT) / "uploads"


def folder_of(upload: Upload) -> Path:
    """Return the folder of one upload."""
    return uploads_root() / str(upload.key)


def scans_of(upload: Upload) -> Path:
    """Where its whole files lie: the source of the import."""
    return folder_of(upload) / "scans"


def part_path(file: UploadedFile) -> Path:
    """Where a file lies while it comes in."""
    return folder_of(file.upload) / "parts" / str(file.pk)


def place_of(file: UploadedFile) -> Path:
    """Where it lies once it is whole; `name` was checked when its row was made."""
    return scans_of(file.upload) / file.name


def free_bytes() -> int:
    """Return what is free on the disk of the uploads. Raises OSError."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free


@contextmanager
def incoming_chunk(file: UploadedFile, body: Body, size: int, algorithm: str = "sha256") -> Iterator[Chunk]:
    """Take `size` bytes from the line to the disk, `PIECE` by `PIECE`; the chunk is gone on leaving.

    No lock is held meanwhile: a line that hangs keeps nobody else waiting. Raises CutShort, OSError.
    """
    parts = part_path(file).parent
    parts.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f"{file.pk}.", suffix=".chunk", dir=parts)
    digest = hashlib.new(algorithm)
    came = 0
    try:
        with os.fdopen(descriptor, "wb") as out:
            while came < size:
                piece = body.read(min(PIECE, size - came))
                if not piece:
                    raise CutShort(f"{came} of {size} bytes came")
                digest.update(piece)
                out.write(piece)
                came += len(piece)
        yield Chunk(Path(name), came, digest.digest())
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def append(file: UploadedFile, chunk: Chunk) -> int:
    """Write a chunk at the end of a file and return how far the file is now. The caller holds the file's row.

    Bytes beyond `received` are of a write that never became true and are written over. Raises Lost, OSError.
    """
    path = _reopened(file)
    with chunk.path.open("rb") as source, os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as target:
        target.seek(file.received)
        target.truncate()
        shutil.copyfileobj(source, target, PIECE)
        target.flush()
        os.fsync(target.fileno())
    return file.received + chunk.size


def _reopened(file: UploadedFile) -> Path:
    """Where a file's bytes are now: a crash may have come between its last move and the row that tells of it."""
    part, target = part_path(file), place_of(file)
    if not file.is_whole and not part.exists() and target.is_file():
        target.replace(part)
    path = target if file.is_whole and not part.exists() else part
    there = path.stat().st_size if path.exists() else 0
    if there < file.received:
        raise Lost(there)
    return path


def settle(file: UploadedFile) -> None:
    """Put a file that is whole under its own name. Doing it again does nothing.

    Raises Lost where it is not all there, OSError where its name is that of a folder.
    """
    part, target = part_path(file), place_of(file)
    if part.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
    there = target.stat().st_size if target.is_file() else 0
    if there != file.size:
        raise Lost(min(there, file.size))


def forget_file(file: UploadedFile) -> None:
    """Remove what came of one file."""
    for path in (part_path(file), place_of(file)):
        if path.is_file():
            path.unlink(missing_ok=True)
    _forget_elsewhere(place_of(file))


def forget(key: object) -> None:
    """Remove all files of an upload; those that are gone already are no error."""
    shutil.rmtree(uploads_root() / str(key), ignore_errors=True)
    _forget_elsewhere(uploads_root() / str(key))


def _forget_elsewhere(path: Path) -> None:
    try:
        store.forget(path)
    except store.StoreAway as error:
        log.warning("%s stays in the store until the next sweep: %s", path, error)


def old_folders() -> list[str]:
    """Names of folders below the root that are older than an hour: an upload's row is there before its folder."""
    root = uploads_root()
    folders = list(root.iterdir()) if root.is_dir() else []
    there = store.folders(root)
    if not folders:
        return there
    with tempfile.TemporaryFile(dir=root) as just_now:  # the disk may be another machine's, with another clock
        long_ago = os.fstat(just_now.fileno()).st_mtime - 3600
    old = {path.name for path in folders if path.is_dir() and path.stat().st_mtime < long_ago}
    return sorted(old.union(there))


def open_upload(scans: Path, *, tick: Tick) -> Listing:
    """List what an upload brought; what is packed is unpacked once, beside it. Raises NoSource."""
    for file in UploadedFile.objects.filter(upload__key=scans.parent.name) if store.is_elsewhere() else ():
        store.fetched(scans / file.name)
        tick()
    if not scans.is_dir():
        raise NoSource(say("The files of this upload are gone. Imported pages are kept; upload the rest again."))
    beside = scans.parent / "unpacked"
    limits = Limits(settings.MAX_UNPACKED_BYTES)
    return list_uploaded(scans, lambda path, name: unpack(path, beside / name, limits, tick=tick))
