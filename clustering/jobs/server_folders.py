"""Folders of the server that staff may import from, as listed in the browser."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clustering.sentences import failure
from clustering.sources.contract import NoSource
from clustering.sources.folder import IMAGE_SUFFIXES, check_spelling, leads_to_file, natural_key, printable, real_path
from clustering.sources.tables import TABLES
from clustering.sources.unpacking import is_packed
from clustering.wording import say

MOST_SHOWN = 500
"""Most entries of a folder that are shown; the path of another one has to be typed."""
MOST_COUNTED = 100_000
"""Most entries that are checked to count the scans: a second or two on a slow disk."""


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """A folder or a packed file that can be opened or chosen."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The content of a folder, without its subfolders'."""

    path: str
    name: str
    above: tuple[ServerEntry, ...]
    """From the root down to the folder above this one."""
    folders: tuple[ServerEntry, ...]
    packed: tuple[ServerEntry, ...]
    scans: int
    others: int
    unspeakable: int
    """Folders and packed files whose names aren't UTF-8, so that no browser can name them."""
    is_cut: bool
    """Whether there are more than are shown."""


def import_roots(roots: Sequence[Path]) -> list[ServerEntry]:
    """Return the existing roots, to start from."""
    return [ServerEntry(printable(str(root)), str(root)) for root in roots if root.is_dir()]


def open_folder(text: str, roots: Sequence[Path]) -> Opened:
    """List a folder below a root, after following all links. Raises NoSource with a sentence."""
    check_spelling(text)
    wanted = Path(text)
    root = _root_of(wanted, roots)
    if root is None:
        raise NoSource(say("%(folder)s is not in a folder that is available for import.", folder=printable(text)[:200]))
    try:
        with os.scandir(wanted) as entries:
            listed = [entry for entry, _ in zip(entries, range(MOST_COUNTED), strict=False)]
    except OSError as error:
        raise NoSource(
            say(
                "The folder %(folder)s can’t be opened (%(why)s). Check that it exists and that the web server’s "
                "account can read it.",
                folder=printable(text)[:200],
                why=failure(error),
            )
        ) from error
    listed.sort(key=lambda entry: natural_key(printable(entry.name)))
    visible = [entry for entry in listed if not entry.name.startswith(".")]
    spoken = [entry for entry in visible if _is_utf8(entry.name)]
    folders = [
        ServerEntry(printable(e.name), e.path) for e in spoken if _is_folder(e) and _is_open(Path(e.path), roots)
    ]
    files = [entry for entry in visible if leads_to_file(entry)]
    packed = [ServerEntry(printable(e.name), e.path) for e in spoken if leads_to_file(e) and _is_source(e.name)]
    scans = sum(Path(entry.name).suffix.lower() in IMAGE_SUFFIXES for entry in files)
    return Opened(
        path=str(wanted),
        name=printable(wanted.name or str(wanted)),
        above=_above(wanted, root),
        folders=tuple(folders[:MOST_SHOWN]),
        packed=tuple(packed[:MOST_SHOWN]),
        scans=scans,
        others=len(files) - scans - len(packed),
        unspeakable=sum(_is_folder(entry) or _is_source(entry.name) for entry in visible if entry not in spoken),
        is_cut=len(folders) > MOST_SHOWN or len(packed) > MOST_SHOWN or len(listed) == MOST_COUNTED,
    )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Follow links; a circular link leads to no folder."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_open(path: Path, roots: Sequence[Path]) -> bool:
    try:
        return _root_of(path, roots) is not None
    except NoSource:
        return False


def _is_utf8(name: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in name)


def _is_source(name: str) -> bool:
    """Whether a single file is a source by itself: packed scans, or a list of files and addresses."""
    return is_packed(Path(name)) or name.lower().endswith(TABLES)


def _root_of(path: Path, roots: Sequence[Path]) -> Path | None:
    """Return the root that a path is below, after following all links; None without one. Raises NoSource."""
    if not path.is_absolute():
        return None
    real = real_path(path)
    return next((root for root in roots if real.is_relative_to(real_path(root))), None)


def _above(path: Path, root: Path) -> tuple[ServerEntry, ...]:
    """Return the path from the root to a folder; only the root if a link leads to it."""
    if not path.is_relative_to(root):
        return (ServerEntry(printable(str(root)), str(root)),)
    between = [parent for parent in reversed(path.parents) if parent.is_relative_to(root)]
    return tuple(ServerEntry(printable(str(p) if p == root else p.name), str(p)) for p in between)
