"""Files of uploads on disk, and how chunks are added to them safely.

Below MEDIA_ROOT, which web servers and workers share: `uploads/<key>/parts/<file id>` during the upload of a file,
`uploads/<key>/scans/<its name>` once it is complete, and `uploads/<key>/unpacked/` for the content of archives.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
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
"""Bytes in memory at a time while a chunk is written from the network to the disk."""
KEPT_FREE = 1 << 30
"""Bytes that uploads and exports leave free on the disk, for the database and logs."""
COPIES = 2
"""Copies of an uploaded file that exist for a while: as uploaded, and in the store."""


class Body(Protocol):
    """The body of a request, or a file."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""


class CutShort(OSError):
    """The connection broke before the whole chunk arrived."""


class Lost(Exception):
    """After a crash, the disk has only `kept` bytes of a file, fewer than its row says."""

    def __init__(self, kept: int) -> None:
        super().__init__(kept)
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Chunk:
    """A complete chunk on disk, in a file of its own."""

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
    """Return the folder of its complete files, which is the source of the import."""
    return folder_of(upload) / "scans"


def part_path(file: UploadedFile) -> Path:
    """Return the path of a file during its upload."""
    return folder_of(file.upload) / "parts" / str(file.pk)


def place_of(file: UploadedFile) -> Path:
    """Return the path of a complete file; `name` was checked when its row was created."""
    return scans_of(file.upload) / file.name


def free_bytes() -> int:
    """Return the free bytes on the disk of uploads. Raises OSError."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free


@contextmanager
def incoming_chunk(file: UploadedFile, body: Body, size: int, algorithm: str = "sha256") -> Iterator[Chunk]:
    """Write the next `size` bytes of the body to disk; the chunk is removed on exit.

    Holds no lock, so that a stalled connection delays no one else. Raises CutShort, OSError.
    """
    parts = part_path(file).parent
    parts.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f"{file.pk}.", suffix=".chunk", dir=parts)
    digest = hashlib.new(algorithm)
    received = 0
    try:
        with os.fdopen(descriptor, "wb") as out:
            while received < size:
                piece = body.read(min(PIECE, size - received))
                if not piece:
                    raise CutShort(f"received {received} of {size} bytes")
                digest.update(piece)
                out.write(piece)
                received += len(piece)
        yield Chunk(Path(name), received, digest.digest())
    finally:
        Path(name).unlink(missing_ok=True)


def append(file: UploadedFile, chunk: Chunk) -> int:
    """Write a chunk to the end of a file and return the file's new size. The caller has locked the file's row.

    Overwrites bytes beyond `received`, which are from a write that wasn't committed. Raises Lost, OSError.
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
    """Return the path of a file's bytes, moved back if a crash came between `settle` and the commit of its row."""
    part, target = part_path(file), place_of(file)
    if not file.is_whole and not part.exists() and target.is_file():
        target.replace(part)
    path = target if file.is_whole and not part.exists() else part
    size = path.stat().st_size if path.exists() else 0
    if size < file.received:
        raise Lost(size)
    return path


def checksum_of(file: UploadedFile) -> str:
    """Return the CRC-32 of the received bytes, eight hexadecimal digits; empty if they aren't on this disk."""
    path = part_path(file) if part_path(file).is_file() else place_of(file)
    if not path.is_file():
        return ""
    left, checksum = file.received, 0
    with path.open("rb") as content:
        while left and (piece := content.read(min(PIECE, left))):
            checksum = zlib.crc32(piece, checksum)
            left -= len(piece)
    return f"{checksum:08x}"


def settle(file: UploadedFile) -> None:
    """Move a complete file to its own name. Doing it again does nothing.

    Raises Lost if it isn't complete on disk, OSError if its name is that of a folder.
    """
    part, target = part_path(file), place_of(file)
    if part.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
    size = target.stat().st_size if target.is_file() else 0
    if size != file.size:
        raise Lost(min(size, file.size))


def forget_file(file: UploadedFile) -> None:
    """Remove what was received of a file."""
    for path in (part_path(file), place_of(file)):
        if path.is_file():
            path.unlink(missing_ok=True)
    _forget_elsewhere(place_of(file))


def forget(key: object) -> None:
    """Remove all files of an upload that still exist."""
    shutil.rmtree(uploads_root() / str(key), ignore_errors=True)
    _forget_elsewhere(uploads_root() / str(key))


def _forget_elsewhere(path: Path) -> None:
    try:
        store.forget(path)
    except store.StoreAway as error:
        log.warning("%s stays in the store until the next sweep: %s", path, error)


def old_folders() -> list[str]:
    """Return the names of the folders of uploads that are over an hour old, so that their rows must be committed."""
    root = uploads_root()
    folders = list(root.iterdir()) if root.is_dir() else []
    stored = store.folders(root)
    if not folders:
        return stored
    with tempfile.TemporaryFile(dir=root) as new:  # by the clock of the disk, which may be another machine's
        an_hour_ago = os.fstat(new.fileno()).st_mtime - 3600
    old = {path.name for path in folders if path.is_dir() and path.stat().st_mtime < an_hour_ago}
    return sorted(old.union(stored))


def open_upload(scans: Path, *, tick: Tick) -> Listing:
    """List the scans of an upload, after unpacking its archives once beside it. Raises NoSource."""
    for file in UploadedFile.objects.filter(upload__key=scans.parent.name) if store.is_elsewhere() else ():
        store.fetched(scans / file.name)
        tick()
    if not scans.is_dir():
        raise NoSource(say("The files of this upload are gone. Imported pages are kept; upload the rest again."))
    unpacked = scans.parent / "unpacked"
    limits = Limits(settings.MAX_UNPACKED_BYTES)
    return list_uploaded(scans, lambda path, name: unpack(path, unpacked / name, limits, tick=tick))
