"""Every source: how it is known by what people write, and the reader that belongs to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from stat import S_ISDIR
from urllib.parse import urlsplit

from clustering.sources.bdr import BdrReader
from clustering.sources.contract import NoSource, Reader
from clustering.sources.folder import check_spelling, found_at
from clustering.sources.iiif import IiifReader
from clustering.sources.listed import ListReader
from clustering.sources.local import FolderReader, PackedReader
from clustering.sources.tables import TABLES
from clustering.sources.tools import BDR, Tools
from clustering.sources.unpacking import is_packed

_PID = re.compile(r"bdr:[A-Za-z0-9]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Kind(StrEnum):
    """What a source is."""

    FOLDER = "folder"
    PACKED = "packed"
    """ZIP, TAR or PDF."""
    LIST = "list"
    """A CSV of files or addresses."""
    IIIF = "iiif"
    """The address of a manifest or a collection."""
    BDR = "bdr"
    """An item of the Brown Digital Repository, by its pid."""


def recognise(text: str, *, bdr: str = BDR) -> tuple[Kind, str]:
    """Return what people mean by this text, and the text in its canonical spelling. Touches no network.

    Raises NoSource with a sentence for what can be no source at all.
    """
    text = text.strip()
    check_spelling(text)
    if not text:
        raise NoSource("Nothing is named. Give a folder, a file, the address of a IIIF manifest, or a pid.")
    if _PID.fullmatch(text):
        return Kind.BDR, text
    if text.startswith("bdr:"):
        raise NoSource(f"{text[:100]} is no pid of Brown's repository. Pids look like bdr:gbzad5mb.")
    if _SCHEME.match(text):
        try:
            scheme, host = urlsplit(text)[:2]
        except ValueError as error:
            raise NoSource(f"{text[:200]} is no address ({error}). Copy it again from the browser.") from error
        if scheme.lower() not in {"http", "https"}:
            raise NoSource(f"{text[:200]} is no address on the web. Give one that begins with https://.")
        if host == urlsplit(bdr).netloc and (pid := _PID.search(text)):
            return Kind.BDR, pid[0]
        return Kind.IIIF, text
    return kind_of_path(Path(text)), text


def kind_of_path(path: Path) -> Kind:
    """Return which kind of source a path is, by its name; what is not there counts as a folder. Raises NoSource."""
    found = found_at(path)
    if found is not None and S_ISDIR(found.st_mode):
        return Kind.FOLDER
    if is_packed(path):
        return Kind.PACKED
    return Kind.LIST if path.suffix.lower() in TABLES else Kind.FOLDER


def reader_of(kind: Kind, text: str, tools: Tools) -> Reader:
    """Return the reader of a source."""
    readers: dict[Kind, Callable[[str, Tools], Reader]] = {
        Kind.FOLDER: FolderReader,
        Kind.PACKED: PackedReader,
        Kind.LIST: ListReader,
        Kind.IIIF: IiifReader,
        Kind.BDR: BdrReader,
    }
    return readers[kind](text, tools)
