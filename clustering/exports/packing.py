"""Put files into a folder, a zip on disk, or a zip that is sent while it is made. Only one piece is in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from clustering.exports.contract import File, Material
from clustering.exports.format import ExportFormat

_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same records give the same bytes."""
_TEXT = frozenset({"xml", "csv", "json", "txt", "yml", "jsonld"})


def file_pieces(path: Path) -> Iterator[bytes]:
    """Yield a file's content in pieces of a megabyte. Raises OSError."""
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            yield chunk


def upright_pieces(path: Path, degrees: int) -> Iterator[bytes]:
    """Yield a scan's content, rotated clockwise if needed. Raises OSError, BadScan."""
    if not degrees:
        yield from file_pieces(path)
        return
    from clustering.engine.upright import write_rotated

    rotated = io.BytesIO()
    write_rotated(path, rotated, degrees)
    rotated.seek(0)
    while chunk := rotated.read(_CHUNK):
        yield chunk


def pieces_of(chosen: ExportFormat, material: Material) -> Iterator[bytes]:
    """Yield the download of any format in pieces: its one file, or a zip. Raises OSError and TooLong on the way."""
    if chosen.write is not None:
        for text in chosen.write(material):
            yield text.encode()
        return
    assert chosen.files is not None
    files = chosen.files(material)
    if chosen.is_zip:
        yield from zip_pieces(files)
    else:
        _, pieces = next(files)  # the generator is kept until everything is sent, because it cleans up at its end
        yield from pieces


def to_folder(files: Iterable[File], folder: Path) -> int:
    """Write all files below a folder, which is created; return how many there were. Raises OSError."""
    return sum(1 for _ in folder_pieces(files, folder))


def folder_pieces(files: Iterable[File], folder: Path) -> Iterator[bytes]:
    """Write them step by step, yielding after each file. Raises OSError."""
    for name, pieces in files:
        path = folder.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            handle.writelines(pieces)
        yield b""


def to_zip(files: Iterable[File], target: IO[bytes]) -> int:
    """Write all files into a zip, images stored and text deflated; return how many there were. Raises OSError."""
    count = 0
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for name, pieces in files:
            for _ in add_to_zip(archive, name, pieces):
                pass
            count += 1
    return count


def add_to_zip(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> Iterator[int]:
    """Write one entry, and yield the size of each piece, so that it can be sent. Raises OSError."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED if name.rpartition(".")[2] in _TEXT else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w", force_zip64=True) as handle:
        for piece in pieces:
            handle.write(piece)
            yield len(piece)


def zip_pieces(files: Iterable[File]) -> Iterator[bytes]:
    """Yield a zip while it is made. Raises OSError."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", allowZip64=True) as archive:
        for name, pieces in files:
            for _ in add_to_zip(archive, name, pieces):
                if sent.waiting >= _CHUNK:
                    yield sent.take()
            if sent.waiting >= _CHUNK:
                yield sent.take()
    yield sent.take()


class _Sent(io.RawIOBase):
    """A file object for zipfile that can't seek: pieces wait here to be sent."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        """Return True: it is write-only."""
        return True

    def write(self, data: object) -> int:
        """Keep a piece until it is taken."""
        piece = bytes(memoryview(data))  # type: ignore[arg-type] # zipfile gives bytes-like objects
        self._pieces.append(piece)
        self.waiting += len(piece)
        return len(piece)

    def take(self) -> bytes:
        """Return all waiting pieces."""
        pieces, self._pieces, self.waiting = self._pieces, [], 0
        return b"".join(pieces)
