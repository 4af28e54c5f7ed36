"""ZIP as people make it: on Windows and on a Mac, with names in unknown encodings, with unreadable entries."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from clustering.sentences import say
from clustering.sources.contents import Contents, tidy
from clustering.sources.contract import NoSource, Tick

CHUNK = 1 << 20
_DEFLATE64 = 9
_UTF8 = 1 << 3
"""In the upper byte of the flags."""
_LOCAL = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_CENTRAL_SIZE = 46
_LOCAL_SIZE = 30
_LOCKED = 1
_UNICODE_PATH = 0x7075
_PIECE = 1 << 16
"""Bytes of Deflate64 that are decompressed at once; up to a thousand times as many may come out."""


def unpack_zip(path: Path, contents: Contents, check: Callable[..., None], tick: Tick) -> int:
    """Extract all files, and return how many there are.

    `check` is called with the sizes of all before the first is extracted, and may refuse. Raises NoSource if all are
    protected by a password, and what `zipfile` raises if the list of files is damaged.
    """
    with _ZipBytes(path) as handle, zipfile.ZipFile(handle) as archive:
        handle.is_open = True
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        check(*(entry.file_size for entry in entries))
        if entries and all(entry.flag_bits & _LOCKED for entry in entries):
            raise NoSource(
                say("%(shown)s is protected by a password. Pack the scans again without one.", shown=contents.shown)
            )
        _take_all(archive, entries, contents, tick)
    return len(entries)


def _take_all(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], contents: Contents, tick: Tick) -> None:
    for entry in entries:
        name, is_certain = _name_of(entry)
        if stat.S_ISLNK(entry.external_attr >> 16):
            contents.leave_out(name, say("It is a link. Add the file that it points to."))
        elif entry.flag_bits & _LOCKED:
            contents.leave_out(name, say("It is protected by a password. Pack the scans again without one."))
        else:
            taken = contents.take(name, lambda place, entry=entry: _write(archive, entry, place, tick))  # type: ignore[misc]  # mypy knows no default of a lambda
            if taken is not None and not is_certain:
                contents.note(
                    say(
                        "%(shown)s does not say which encoding the name %(name)s is. If it is spelled wrong, pack "
                        "the scans again with names in UTF-8.",
                        shown=contents.shown,
                        name=name,
                    )
                )


def _name_of(entry: zipfile.ZipInfo) -> tuple[str, bool]:
    """Return the name of an entry, and whether its spelling is certain.

    UTF-8 is recognized by the bytes and not by the flag, which Macs leave out and broken programs set; otherwise the
    name is in the code page of DOS, as the format says.
    """
    raw = entry.orig_filename.encode("cp437")
    for spelled in (_unicode_path(entry.extra, raw), raw):
        try:
            return tidy(spelled.decode("utf-8")), True
        except UnicodeDecodeError:
            continue
    # No code page has unprintable letters: such a name was meant to be UTF-8, and is shown with its bytes escaped.
    spelled_in_dos = entry.orig_filename.isprintable()
    return tidy(entry.orig_filename if spelled_in_dos else raw.decode("utf-8", "surrogateescape")), False


def _unicode_path(extra: bytes, raw: bytes) -> bytes:
    """Return the name in UTF-8 that Info-ZIP stores beside the other, or else that other one."""
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and field[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:]
    return raw


class _ZipBytes(io.FileIO):
    """A ZIP whose names are all read as cp437, one letter per byte: `zipfile` refuses a whole archive for one bad name.

    It reads the list of files in one piece and each file's header in another; in both, the flag for UTF-8 names is
    cleared.
    """

    is_open = False
    """Whether the list of files was read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read like a file."""
        data = bytearray(super().read(-1 if size is None else size) or b"")
        if self.is_open:
            if size == _LOCAL_SIZE and data.startswith(_LOCAL):
                data[7] &= ~_UTF8
            return bytes(data)
        at = 0
        while data[at : at + 4] == _CENTRAL and len(data) >= at + _CENTRAL_SIZE:
            data[at + 9] &= ~_UTF8
            at += _CENTRAL_SIZE + sum(int.from_bytes(data[at + n : at + n + 2], "little") for n in (28, 30, 32))
        return bytes(data)


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, tick: Tick) -> None:
    with _opened(archive, entry) as source:
        copy(source, path, entry.file_size, tick)


@contextmanager
def _opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[Any]:
    """Open an entry for reading, even if `zipfile` doesn't support its compression."""
    if entry.compress_type == _DEFLATE64:
        yield _Deflate64(archive, entry)
        return
    try:
        source = archive.open(entry)
    except NotImplementedError as error:
        raise zipfile.BadZipFile(f"its compression, number {entry.compress_type}, is not supported") from error
    with source:
        yield source


class _Deflate64:
    """An entry in Deflate64, which Windows uses for large files and archives. CRC and size are checked."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        import inflate64

        file = archive.fp
        assert file is not None  # the archive is open
        file.seek(entry.header_offset)
        head = file.read(_LOCAL_SIZE)
        if head[:4] != _LOCAL:
            raise zipfile.BadZipFile("it does not begin where the archive says")
        named = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        file.seek(named, io.SEEK_CUR)
        self._file = file
        self._entry = entry
        self._left = entry.compress_size
        self._inflater = inflate64.Inflater()
        self._crc = 0

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, about `size`; none at the end. Raises BadZipFile if they are damaged."""
        while self._left > 0:
            packed = self._file.read(min(self._left, _PIECE))
            if not packed:
                raise zipfile.BadZipFile("it ends early")
            self._left -= len(packed)
            data = bytes(self._inflater.inflate(packed))
            self._crc = zlib.crc32(data, self._crc)
            if data:
                return data
        if self._crc != self._entry.CRC:
            raise zipfile.BadZipFile("its checksum is wrong")
        return b""


def copy(source: IO[bytes], path: Path, size: int, tick: Tick) -> None:
    """Copy an entry to its place; `size` is what the archive says. Raises BadZipFile if it differs."""
    written = 0
    with path.open("wb") as out:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > size:
                raise zipfile.BadZipFile("it is longer than the archive says")
            out.write(chunk)
            tick()
    if written < size:
        raise zipfile.BadZipFile("it is shorter than the archive says")
