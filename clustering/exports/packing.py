"""Files into a folder or a zip: whole or not at all."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from clustering.exports.contract import File

_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same records give the same bytes."""


def file_pieces(path: Path) -> Iterator[bytes]:
    """A file's content, a megabyte at a time. Raises OSError."""
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            yield chunk


def to_folder(files: Iterable[File], folder: Path) -> int:
    """Write all files below a folder, which is made; how many there were. Raises OSError."""
    count = 0
    for name, pieces in files:
        path = folder.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            handle.writelines(pieces)
        count += 1
    return count


def to_zip(files: Iterable[File], target: IO[bytes]) -> int:
    """Write all files into a zip, images stored and text deflated; how many there were. Raises OSError."""
    count = 0
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for name, pieces in files:
            entry = zipfile.ZipInfo(name, _EPOCH)
            is_text = name.rpartition(".")[2] in {"xml", "csv", "json", "txt", "yml", "jsonld"}
            entry.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as handle:
                for piece in pieces:
                    handle.write(piece)
            count += 1
    return count
