"""TAR, compressed or not: imported completely or refused, since its checksum is at the end."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from clustering.sentences import say
from clustering.sources.contents import Contents, tidy
from clustering.sources.contract import Tick
from clustering.sources.zips import CHUNK, copy

_BLOCK = 512


def unpack_tar(path: Path, contents: Contents, check: Callable[[int], None], tick: Tick) -> int:
    """Extract all files, and return how many entries that are not folders there are.

    `check` is called with the size of each file before it is extracted, and may refuse. Raises what the libraries raise
    if the archive is damaged anywhere, up to its last byte.
    """
    entries = 0
    places: dict[str, Path] = {}
    with _opened(path) as archive:
        for entry in archive:
            if entry.isdir():
                continue
            entries += 1
            name = tidy(entry.name)
            if entry.islnk() and entry.linkname in places:
                first = places[entry.linkname]
                contents.take(name, lambda place, first=first: shutil.copyfile(first, place))  # type: ignore[misc]  # mypy knows no default of a lambda
            elif entry.isfile():
                check(entry.size)
                target = _take(archive, entry, name, contents, tick)
                if target is not None:
                    places[entry.name] = target
            else:
                contents.leave_out(name, _what_it_is(entry))
        _check_end(archive, tick)
    return entries


def _opened(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path)
    except tarfile.ReadError as error:  # it lists every compression that was tried, one per line
        raise tarfile.ReadError("its beginning is damaged") from error


def _take(archive: tarfile.TarFile, entry: tarfile.TarInfo, name: str, contents: Contents, tick: Tick) -> Path | None:
    source = archive.extractfile(entry)
    assert source is not None  # it is a file
    return contents.take(name, lambda place: copy(source, place, entry.size, tick), refused=())


def _what_it_is(entry: tarfile.TarInfo) -> str:
    if entry.issym() or entry.islnk():
        return say("It is a link. Add the file that it points to.")
    return say("It is a device, not a file.")


def _check_end(archive: tarfile.TarFile, tick: Tick) -> None:
    """Check that the archive ends where it says, and read it to its last byte, where compression has its checksum.

    `tarfile` silently stops at a damaged header, and doesn't look behind the last entry.
    """
    stream = archive.fileobj
    assert stream is not None  # the archive is open
    stream.seek(archive.offset)
    if stream.read(_BLOCK) != bytes(_BLOCK):
        raise tarfile.ReadError("it breaks off, or is damaged in the middle")
    while stream.read(CHUNK):
        tick()
