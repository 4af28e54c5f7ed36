"""Packed scans: ZIP, TAR, and PDF are unpacked into a folder, with a list of everything in them.

The folder is made beside its place and moved there when complete, so that a killed job repeats this step and never sees
half of it.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from clustering.magic import suffix_of
from clustering.sentences import grouped, say
from clustering.sources.contents import LIBRARY_ERRORS, Contents, is_of_the_disk, is_unpacked, read_list, reason_of
from clustering.sources.contract import Listing, NoSource
from clustering.sources.contract import Tick as Tick
from clustering.sources.folder import PACKED, printable

MOST_FILES = 200_000
MOST_RATIO = 200
"""Ratio of unpacked to packed bytes above which a file is a bomb: scans are compressed already and shrink little."""
_BOMB_BYTES = 100 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the content of an archive."""

    unpacked_bytes: int


_NOT_UNPACKED = {b"Rar!": "RAR", b"7z\xbc\xaf\x27\x1c": "7z"}
_ZIPPED_DOCUMENTS = frozenset(
    {".xlsx", ".xlsm", ".ods", ".docx", ".docm", ".odt", ".pptx", ".odp", ".epub", ".jar", ".kmz"}
)
_PDF_BEGINS_WITHIN = 1024
"""Bytes before the header of a PDF that its readers skip."""


def is_packed(path: Path) -> bool:
    """Whether the name is that of a file with packed scans."""
    return path.name.lower().endswith(PACKED)


def holds_packed(path: Path) -> bool:
    """Whether a file is packed scans by its content, whatever its name says. False for what can't be read.

    Documents of office programs are ZIP files, too. The pictures in what is named like one are no scans.
    """
    if path.suffix.lower() in _ZIPPED_DOCUMENTS:
        return False
    try:
        if not path.is_file():  # opening a pipe would wait for its other end
            return False
        with path.open("rb") as file:
            head = file.read(_PDF_BEGINS_WITHIN)
        return bool(head) and packed_as(path, head) != ""
    except OSError:
        return False


def packed_as(path: Path, head: bytes) -> str:
    """Return the suffix of how a file that begins with `head` is packed; empty if it isn't. Raises OSError."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ".zip"
    if tarfile.is_tarfile(path):  # before images: the name at the start of a TAR may look like an image's header
        return ".tar"
    return ".pdf" if b"%PDF-" in head and not suffix_of(head[:16]) else ""


def unpack(path: Path, folder: Path, limits: Limits, *, tick: Tick = lambda: None) -> Listing:
    """Unpack `path` into `folder`, unless that was done, and return the listing.

    Skipped entries, such as links and damaged ones, are in the listing with the reason. Raises NoSource if nothing can
    be unpacked, OSError if the disk is full or not writable.
    """
    shown = printable(path.name)
    if not is_unpacked(folder):
        if not path.is_file():
            raise NoSource(
                say("There is no file %(path)s. Check the path and its spelling.", path=printable(str(path)))
            )
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-"[:100], dir=folder.parent))
        try:
            _unpack(path, Contents(unfinished, shown), limits, tick)
            unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    try:
        return read_list(folder)
    except NoSource as error:
        raise NoSource(f"{shown}: {error}") from error


def _unpack(path: Path, contents: Contents, limits: Limits, tick: Tick) -> None:
    """Unpack one file. Raises NoSource, OSError."""
    from clustering.sources.pdfs import unpack_pdf
    from clustering.sources.tars import unpack_tar
    from clustering.sources.zips import unpack_zip

    count = total = 0

    def check(*sizes: int) -> None:
        nonlocal count, total
        count, total = count + len(sizes), total + sum(sizes)
        _check_size(path, count, total, limits)

    try:
        match _kind_of(path, contents.shown):
            case ".pdf":
                entries = unpack_pdf(path, contents, tick, most_bytes=limits.unpacked_bytes)
            case ".zip":
                entries = unpack_zip(path, contents, check, tick)
            case _:
                entries = unpack_tar(path, contents, check, tick)
        contents.close(entries)
    except NoSource:
        raise
    except LIBRARY_ERRORS as error:
        if is_of_the_disk(error):
            raise
        raise NoSource(
            say(
                "%(shown)s is damaged and can’t be unpacked (%(reason)s). Copy or upload it again.",
                shown=contents.shown,
                reason=reason_of(error),
            )
        ) from error


def _kind_of(path: Path, shown: str) -> str:
    """Return how a file is packed, by its content, or else by its name.

    Raises NoSource if it is empty or of another kind, OSError.
    """
    with path.open("rb") as file:
        head = file.read(_PDF_BEGINS_WITHIN)
    if not head:
        raise NoSource(say("%(shown)s is empty (0 bytes). Copy it from its source again, then import it.", shown=shown))
    if kind := packed_as(path, head):
        return kind
    if suffix := suffix_of(head[:16]):
        raise NoSource(
            say(
                "%(shown)s is an image, whatever its name says. Give its name the ending %(suffix)s, then import the "
                "folder that it is in.",
                shown=shown,
                suffix=suffix,
            )
        )
    if other := next((name for begins, name in _NOT_UNPACKED.items() if head.startswith(begins)), ""):
        raise NoSource(
            say(
                "%(shown)s is a %(kind)s file, which hhreview can’t unpack. Unpack it, then import the folder.",
                shown=shown,
                kind=other,
            )
        )
    return next((suffix for suffix in PACKED if path.name.lower().endswith(suffix)), ".tar")


def _check_size(path: Path, count: int, total: int, limits: Limits) -> None:
    packed = max(path.stat().st_size, 1)
    shown = printable(path.name)
    if count > MOST_FILES:
        raise NoSource(
            say(
                "%(shown)s contains more than %(most_files)s files. Split it into several.",
                shown=shown,
                most_files=grouped(MOST_FILES),
            )
        )
    if total > limits.unpacked_bytes:
        raise NoSource(
            say(
                "%(shown)s would take %(total)s GB unpacked; %(unpacked_bytes)s GB are allowed. Split it, or "
                "raise HHREVIEW_MAX_UNPACKED_BYTES.",
                shown=shown,
                total=round(total / 1e9, 1),
                unpacked_bytes=round(limits.unpacked_bytes / 1e9, 1),
            )
        )
    if total > MOST_RATIO * packed and total > _BOMB_BYTES:
        raise NoSource(
            say(
                "%(shown)s grows %(times)s-fold when unpacked, which scans never do. It was not opened.",
                shown=shown,
                times=total // packed,
            )
        )
