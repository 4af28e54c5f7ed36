"""Scans uploaded by a browser: which names are allowed, and the listing of a folder of uploaded files.

Names come from outside: they are checked as if from an attacker, and never lead out of their folder.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from clustering.sentences import say
from clustering.sources.folder import (
    IMAGE_SUFFIXES,
    PACKED,
    Listing,
    NoSource,
    ScanFile,
    Skipped,
    list_folder,
    may_be_unnamed,
    natural_key,
    printable,
    reason_to_skip_name,
)
from clustering.sources.unpacking import holds_packed, is_packed

MOST_LETTERS = 400
"""Longest name with its folders: what a page's row can hold, with room for the name of an archive before it."""
MOST_BYTES_A_PART = 240
"""File systems allow 255; some are kept for the prefix that a name has while it is written."""


class BadName(ValueError):
    """The file can't be uploaded under this name. The message is a full sentence with the remedy."""


def checked_name(name: str) -> str:
    """Return the name with its folders, `/` between them. Raises BadName.

    Of a file without an extension, only its content will say what it is. A name that begins with `/`, or contains `..`
    or control characters, is refused, not repaired: no browser sends one.
    """
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")[:80]
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise BadName(
            say("The name %(shown)s is not UTF-8. Rename the file, then choose it again.", shown=shown)
        ) from None
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in name or any(map(_is_control, name)):
        raise BadName(
            say(
                "The name %(shown)s can’t be used as a file name here. Rename the file, then choose it again.",
                shown=repr(shown),
            )
        )
    if len(name) > MOST_LETTERS or any(len(part.encode()) > MOST_BYTES_A_PART for part in parts):
        raise BadName(
            say("The name %(shown)s… is too long. Shorten it or its folders, then choose it again.", shown=shown)
        )
    last = parts[-1].lower()
    may_be_scan = PurePosixPath(last).suffix in IMAGE_SUFFIXES or last.endswith(PACKED) or may_be_unnamed(last)
    if last.startswith(".") or not may_be_scan:
        raise BadName(
            say("%(shown)s does not have the name of a scan. Choose images, or a ZIP, TAR, or PDF.", shown=shown)
        )
    return name


def _is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc"


def list_uploaded(root: Path, open_packed: Callable[[Path, str], Listing]) -> Listing:
    """List what is below `root`: images, and the content of packed files, whose name comes before the names in them.

    If there is only one packed file, it is the source, and names in it stay as they are. `open_packed(path, name)`
    lists the content of one. Raises NoSource.
    """
    uploaded = [path for path in root.rglob("*") if path.is_file()]
    packed = [path for path in uploaded if is_packed(path) or (may_be_unnamed(path.name) and holds_packed(path))]
    packed.sort(key=lambda path: natural_key(path.relative_to(root).as_posix()))
    names = [path.relative_to(root).as_posix() for path in packed]
    if len(packed) == len(uploaded) == 1:
        return open_packed(packed[0], names[0])
    files, skipped = _beside(root, uploaded, set(packed))
    notes: list[str] = []
    for path, name in zip(packed, names, strict=True):
        try:
            listing = open_packed(path, name)
            _join(listing, f"{name}/", files, skipped)
            notes += listing.notes
        except NoSource as error:
            skipped.append(Skipped(name, str(error)))
    if not files:
        reason = skipped[0].reason if skipped else say("There are no files.")
        raise NoSource(say("No scans could be imported. %(reason)s", reason=reason))
    files.sort(key=lambda file: natural_key(file.name))
    return Listing(tuple(files), tuple(skipped), notes=tuple(notes))


def _beside(root: Path, uploaded: list[Path], packed: set[Path]) -> tuple[list[ScanFile], list[Skipped]]:
    """Return the scans that are not in packed files, and the files that are neither."""
    others = [path.relative_to(root).as_posix() for path in uploaded if path not in packed]
    try:
        listing = list_folder(root) if others else Listing((), ())
    except NoSource:  # none of them is a scan
        return [], [Skipped(printable(name), reason_to_skip_name(PurePosixPath(name).name)) for name in others]
    shown = set(map(printable, others))
    return list(listing.files), [skip for skip in listing.skipped if skip.name in shown]


def _join(listing: Listing, prefix: str, files: list[ScanFile], skipped: list[Skipped]) -> None:
    files += [replace(file, name=prefix + file.name) for file in listing.files]
    skipped += [Skipped(prefix + skip.name, skip.reason) for skip in listing.skipped]
