"""A folder of scans as a source: which files are pages, in which order, and what their names mean.

File names on disk are bytes. Here they are `str` with surrogates for bytes that aren't UTF-8 (Python's
`surrogateescape`), which can be opened; `ScanFile.name` has those bytes escaped, for people and tables.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from stat import S_ISDIR

from clustering.magic import suffix_of
from clustering.sentences import failure, say
from clustering.sources.contract import Listing as Listing
from clustering.sources.contract import NoSource as NoSource
from clustering.sources.contract import ScanFile as ScanFile
from clustering.sources.contract import Skipped as Skipped
from clustering.sources.contract import why_first

IMAGE_SUFFIXES = frozenset(
    {
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".tif",
        ".tiff",
        ".jp2",
        ".j2k",
        ".jpx",
        ".jpf",
        ".j2c",
        ".jpc",
        ".webp",
        ".bmp",
        ".dib",
        ".gif",
        ".heic",
        ".heif",
        ".hif",
        ".avif",
        ".pbm",
        ".pgm",
        ".ppm",
        ".pnm",
    }
)
"""Suffixes that are tried as scans; only opening the file shows whether it is one."""
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
PACKED = (*ARCHIVES, ".pdf")
"""Suffixes of files with packed scans."""
_NEVER_UNPACKED = frozenset({".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".sit", ".cab", ".iso"})

MOST_SHOWN = 200
"""Characters of a path shown in a sentence."""
_SYSTEM_FILES = frozenset(
    {
        "thumbs.db", "desktop.ini", ".ds_store", ".localized", ".directory", ".picasa.ini", "__macosx", ".trashes",
        "$recycle.bin", "recycler", "#recycle", "@recycle", "network trash folder",
        "@eadir", ".@__thumb", "#snapshot", "system volume information", "lost+found",
    }
)  # fmt: skip
"""What systems and network disks put beside scans. Their bins and thumbnails hold images that are no pages."""
_ABOUT_SCANS = frozenset(
    {
        ".csv",
        ".tsv",
        ".xlsx",
        ".ods",
        ".txt",
        ".md",
        ".xml",
        ".json",
        ".html",
        ".htm",
        ".md5",
        ".sha1",
        ".sha256",
        ".log",
    }
)
"""Endings of files that often accompany scans and describe them."""
HIDDEN = say("Hidden and system files are left out.")
_RAW = frozenset(
    {".3fr", ".arw", ".cr2", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".nef", ".nrw", ".orf", ".pef", ".rw2"}
)
"""Endings of cameras' raw files. They begin as a TIFF, but the image that a TIFF's reader sees is a tiny preview."""
_BDR_NAME = re.compile(r"(?P<identifier>.+)__(?P<prefix>[a-z]+)_(?P<number>[a-z0-9]+)")
"""`HH018977_0001__bdr_gbzad5mb`: identifier, then the repository's pid with `_` for `:`."""


def printable(name: str) -> str:
    """Return the name with control characters and bytes that aren't UTF-8 escaped: `caf\xe9.jpg`."""
    try:
        text = os.fsencode(name).decode("utf-8", errors="backslashreplace")
    except UnicodeEncodeError:  # a surrogate that no file system gave, as JSON may contain
        text = name.encode("utf-8", errors="backslashreplace").decode("utf-8")
    return "".join(
        char if char == " " or char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


def check_spelling(text: str) -> None:
    """Raise NoSource for a text that can't be a name anywhere: with NUL, or with an unpaired surrogate."""
    try:
        fine = b"\x00" not in os.fsencode(text)
    except UnicodeEncodeError:
        fine = False
    if not fine:
        raise NoSource(
            say("It contains a character that file names and addresses can’t have. Type it instead of pasting it.")
        )


def found_at(path: Path) -> os.stat_result | None:
    """Return what is at a path, None if nothing is.

    Raises NoSource if that can't be determined: the name is too long for the disk, a link points back to itself, or a
    folder above isn't accessible.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _cannot_be_looked_at(path, failure(error)) from error


def is_folder(path: Path) -> bool:
    """Return whether a folder is at a path. Raises NoSource like `found_at`."""
    status = found_at(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def real_path(path: Path) -> Path:
    """Return where a path leads after all links. Raises NoSource like `found_at`."""
    try:
        return path.resolve()
    except OSError as error:
        raise _cannot_be_looked_at(path, failure(error)) from error
    except RuntimeError as error:  # Python before 3.13 for circular links
        raise _cannot_be_looked_at(path, say("a link points back to itself")) from error


def _cannot_be_looked_at(path: Path, reason: str) -> NoSource:
    shown = printable(str(path))
    cut = shown if len(shown) <= MOST_SHOWN else f"{shown[:MOST_SHOWN]}…"
    return NoSource(say("%(cut)s can’t be read (%(reason)s). Check the path and its spelling.", cut=cut, reason=reason))


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """Return a sort key that puts 2 before 10, folder by folder, and a folder's own files before its subfolders'.

    Case is ignored; names that differ only in case or leading zeros are sorted by their text.
    """
    parts = name.split("/")
    keys = []
    for depth, part in enumerate(parts):
        folded = unicodedata.normalize("NFC", part).casefold()
        pieces = re.split(r"(\d+)", re.sub(r"\.[a-z0-9]{1,4}$", "", folded) if depth == len(parts) - 1 else folded)
        chunks = tuple(
            (1, int(piece), "") if index % 2 else (2, 0, piece) for index, piece in enumerate(pieces) if piece
        )
        is_folder = depth < len(parts) - 1
        keys.append(((int(is_folder), 0, ""), *chunks, (0, 0, ""), (0, 0, part)))
    return tuple(keys)


def names_of(name: str) -> tuple[str, str]:
    """Return (identifier, pid) of a file name; the pid is empty if the name has none."""
    stem = name.rsplit("/", 1)[-1]
    stem = stem[: stem.rindex(".")] if "." in stem[1:] else stem
    match = _BDR_NAME.fullmatch(stem)
    if match:
        return match["identifier"], f"{match['prefix']}:{match['number']}"
    return stem, ""


def ways_of_reading(names: Collection[str]) -> tuple[list[str], ...]:
    """Return what a table may mean by names of pages: identifiers, files in their folders, or files alone."""
    tidy = [name.replace("\\", "/") for name in names]
    alone = [names_of(name)[0] for name in tidy]
    beside = [
        f"{folder}{slash}{one}"
        for one, (folder, slash, _) in zip(alone, (n.rpartition("/") for n in tidy), strict=True)
    ]
    return list(names), beside, alone


def alike_in_folders(files: Iterable[ScanFile]) -> frozenset[str]:
    """Return the identifiers that files in several folders share: `box 1/001.jpg` and `box 2/001.jpg`."""
    folders: dict[str, set[str]] = {}
    for file in files:
        folders.setdefault(file.identifier, set()).add(file.name.rpartition("/")[0])
    return frozenset(identifier for identifier, names in folders.items() if len(names) > 1)


def told_apart(file: ScanFile, kept: Mapping[str, str]) -> ScanFile:
    """Put the folder into such a file's identifier, unless it was stored under the short one (`kept`)."""
    folder = file.name.rpartition("/")[0]
    if not folder or kept.get(file.name) == file.identifier:
        return file
    return replace(file, identifier=f"{folder}/{file.identifier}")


def list_folder(folder: str | Path) -> Listing:
    """Return the scans below a folder in natural order, and what was skipped.

    Reads names, and the first bytes of files whose names have no known extension. Raises NoSource if the folder is
    missing, not a folder, not readable, or without any image file.
    """
    root = Path(folder)
    shown = printable(str(root))
    status = found_at(root)
    if status is None:
        raise NoSource(say("There is no folder %(shown)s. Check the path and its spelling.", shown=shown))
    if not S_ISDIR(status.st_mode):
        raise NoSource(_why_no_folder(root.suffix.lower(), shown))
    files: list[ScanFile] = []
    skipped: list[Skipped] = []
    for relative, is_file in _walk(root, skipped):
        name = printable(relative)
        reason = _reason_to_skip(root / relative, name) if is_file else say("It is neither a file nor a link to one.")
        if reason:
            skipped.append(Skipped(name, reason))
        else:
            identifier, pid = names_of(name)
            files.append(ScanFile(root / relative, name, identifier, pid, is_escaped=name != relative))
    if not files:
        raise NoSource(
            say(
                "The folder %(folder)s contains no images (other files: %(others)s). Name a folder with scans (JPEG, "
                "TIFF, PNG, JPEG 2000, HEIC).",
                folder=shown,
                others=len(skipped),
            )
            + why_first(most_telling(skipped))
            if skipped
            else say(
                "The folder %(folder)s is empty. Name a folder with scans (JPEG, TIFF, PNG, JPEG 2000, HEIC).",
                folder=shown,
            )
        )
    files.sort(key=lambda file: natural_key(file.name))
    skipped.sort(key=lambda skip: natural_key(skip.name))
    return Listing(tuple(files), tuple(skipped))


def _why_no_folder(suffix: str, shown: str) -> str:
    """Return what to do about a file of this suffix, which isn't a source."""
    if suffix in _NEVER_UNPACKED:
        return say("hhreview can’t unpack %(shown)s. Unpack it, then import the folder.", shown=shown)
    if suffix == ".json":
        return say(
            "%(shown)s is a file. If it is a IIIF manifest, enter its address, which it has under “id” or “@id”.",
            shown=shown,
        )
    return say("%(shown)s is not a folder, ZIP, TAR, or PDF. Name the folder that contains the scans.", shown=shown)


def _walk(root: Path, skipped: list[Skipped]) -> Iterator[tuple[str, bool]]:
    """Yield what is below root and no folder, relative to it, and whether it is a file or a link to one.

    Hidden folders are skipped, links to folders are not followed. However deep folders are nested, none is too deep.
    """
    waiting = [""]
    while waiting:
        below = waiting.pop()
        for entry in _entries(root, below, skipped):
            relative = f"{below}/{entry.name}" if below else entry.name
            if not entry.is_dir(follow_symlinks=False):
                yield relative, leads_to_file(entry)
            elif is_hidden(entry.name):
                skipped.append(Skipped(printable(relative), HIDDEN))
            else:
                waiting.append(relative)


def _entries(root: Path, below: str, skipped: list[Skipped]) -> list[os.DirEntry[str]]:
    """Return what a folder holds. Raises NoSource if the root can't be read; a subfolder is skipped."""
    try:
        with os.scandir(root / below) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if not below:
            raise NoSource(
                say(
                    "The folder %(root)s can’t be read (%(reason)s). Give the account that runs hhreview access to it.",
                    root=printable(str(root)),
                    reason=failure(error),
                )
            ) from error
        skipped.append(
            Skipped(printable(below), say("The subfolder can’t be read (%(reason)s).", reason=failure(error)))
        )
        return []


def leads_to_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file or a link to one; a circular link leads to none, and a pipe or device is none."""
    try:
        return entry.is_file()
    except OSError:
        return False


def _reason_to_skip(path: Path, name: str) -> str:
    """Return why a file can't be a scan, or an empty string. Only files whose names don't say that are opened."""
    last = name.rsplit("/", 1)[-1]
    reason = reason_to_skip_name(last)
    if not reason or is_hidden(last) or PurePosixPath(last).suffix.lower() in _ABOUT_SCANS | _RAW:
        return reason
    begins = begins_as(path)
    if begins and not may_be_unnamed(last):
        return say(
            "It is an image, whatever its name says. If it is a page, give its name the extension %(suffix)s.",
            suffix=begins,
        )
    return "" if begins else reason


def begins_as(path: Path) -> str:
    """Return the suffix of the kind of image that a file is by its first bytes; empty if none, or not readable.

    Bitmaps and PNM aren't recognized: their two letters may begin a text.
    """
    try:
        with path.open("rb") as file:
            suffix = suffix_of(file.read(16))
    except OSError:
        return ""  # importing it will report what is wrong
    return "" if suffix in {".bmp", ".pnm"} else suffix


def may_be_unnamed(name: str) -> bool:
    """Whether a file of this name may be an image that nobody gave an extension, as on old Macs."""
    return not PurePosixPath(name).suffix


def most_telling(skipped: Iterable[Skipped]) -> list[Skipped]:
    """Return those skipped that say why there is nothing to import: scans by their names first, nothing hidden."""
    others = [skip for skip in skipped if skip.reason != HIDDEN]
    return sorted(others, key=lambda skip: PurePosixPath(skip.name).suffix.lower() not in IMAGE_SUFFIXES)


def reason_to_skip_name(name: str) -> str:
    """Return why a file of this name, without folders, can't be a scan, or an empty string."""
    if is_hidden(name):
        return HIDDEN
    if name.lower().endswith(PACKED):
        return say("It is an archive or a PDF. Import it separately.")
    suffix = PurePosixPath(name).suffix.lower()
    if not suffix:
        return say("It has no file extension, and it is not an image. If it is a scan, save it as JPEG, PNG, or TIFF.")
    if suffix in _ABOUT_SCANS:
        return say("It is a table or text, not a scan.")
    if suffix not in IMAGE_SUFFIXES:
        return say("hhreview doesn’t import files of this kind. If it is a scan, save it as JPEG, PNG, or TIFF.")
    return ""


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or made by an operating system."""
    return name.startswith(".") or name.lower() in _SYSTEM_FILES


def is_of_a_system(name: str) -> bool:
    """Whether an operating system put this file or folder there, so that skipping it needs no message."""
    return name.lower() in _SYSTEM_FILES or name.startswith("._")
