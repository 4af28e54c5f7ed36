"""What comes out of a packed file: scans, numbered on disk, and a list of their names and of what was skipped.

Names in an archive may be anything: duplicates, both a file and a folder, too long for a disk, in no encoding. None of
them becomes a path here, so none can clash, overwrite a file, or lead out of the folder.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from clustering.sentences import Sentence, from_text, say, to_text
from clustering.sources.contract import Listing, NoSource, ScanFile, Skipped, why_first
from clustering.sources.folder import (
    HIDDEN,
    begins_as,
    is_hidden,
    may_be_unnamed,
    most_telling,
    names_of,
    natural_key,
    printable,
    reason_to_skip_name,
)

LIST = "list.json"
SCANS = "scans"
LIBRARY_ERRORS = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    MemoryError,
)
"""What the unpacking libraries raise for damaged content. `is_of_the_disk` separates the disk's own errors."""


def is_of_the_disk(error: BaseException) -> bool:
    """Whether an error is about the disk being written to: only the system's own errors have a number."""
    return isinstance(error, OSError) and error.errno is not None


class Contents:
    """What has come out so far. Call `take` or `leave_out` once for each entry of a packed file."""

    def __init__(self, folder: Path, shown: str) -> None:
        """`folder` is an empty folder; `shown` names the packed file in sentences."""
        self.folder = folder
        self.shown = shown
        self.files: list[tuple[str, str]] = []
        """(name on disk, name in the packed file)"""
        self.skipped: list[Skipped] = []
        self.notes: list[str] = []
        self._contents: dict[str, bytes] = {}
        (folder / SCANS).mkdir()

    def take(
        self,
        name: str,
        write: Callable[[Path], object],
        *,
        explain: Callable[[Exception], str] | None = None,
        refused: tuple[type[Exception], ...] = LIBRARY_ERRORS,
    ) -> Path | None:
        """Have an entry written to its place and return that; None if it is skipped, which is listed with the reason.

        Parameters
        ----------
        name : str
            As in the packed file, made `tidy`.
        write : callable
            Writes the entry to the path it is given.
        refused : tuple of exception types
            Those that concern this entry only; `explain` makes a sentence of one.

        Raises
        ------
        OSError
            If the disk can't be written to.
        """
        reason = _reason_to_leave_out(name)
        if reason and not _may_be_unnamed(name):
            self.leave_out(name, reason)
            return None
        suffix = PurePosixPath(name).suffix.lower()
        path = self.folder / SCANS / f"{len(self.files) + 1:06}{suffix}"
        try:
            write(path)
        except refused as error:
            if is_of_the_disk(error):
                raise
            path.unlink(missing_ok=True)
            self.leave_out(name, explain(error) if explain else _refusal(error))
            return None
        if reason and not begins_as(path):
            path.unlink()
            self.leave_out(name, reason)
            return None
        self._keep(path, name)
        return path

    def leave_out(self, name: str, reason: str) -> None:
        """Record an entry that is skipped."""
        self.skipped.append(Skipped(name, reason))

    def note(self, sentence: str) -> None:
        """Record a note about the file."""
        self.notes.append(sentence)

    def close(self, entries: int) -> None:
        """Write the list. `entries` is how many files the packed file says it has.

        Raises NoSource if some are missing.
        """
        count = len(self.files) + len(self.skipped)
        if count != entries:
            raise NoSource(
                say(
                    "%(shown)s lists %(entries)s files, but only %(found)s could be unpacked. Unpack it and "
                    "import the folder.",
                    shown=self.shown,
                    entries=entries,
                    found=count,
                )
            )
        skipped = [(skip.name, to_text(skip.reason)) for skip in self.skipped]
        told_as = {"files": self.files, "skipped": skipped, "notes": [to_text(note) for note in self.notes]}
        (self.folder / LIST).write_text(json.dumps(told_as), encoding="utf-8")

    def _keep(self, target: Path, name: str) -> None:
        """Put a written file on the list, under a unique name."""
        wanted = name.replace(":", "_")
        with target.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").digest()
        if self._contents.get(wanted) == digest:
            target.unlink()
            self.leave_out(
                name, say("%(shown)s contains it twice with the same content. It was imported once.", shown=self.shown)
            )
            return
        free, number = wanted, 1
        while free in self._contents:
            number += 1
            path = PurePosixPath(wanted)
            free = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        self._contents[free] = digest
        self.files.append((target.name, free))
        if wanted != name:
            self.note(
                say(
                    "%(name)s in %(shown)s was imported as %(free)s: not every system can store a name with a colon.",
                    name=name,
                    shown=self.shown,
                    free=free,
                )
            )
        elif free != wanted:
            self.note(
                say(
                    "%(shown)s contains another %(name)s with different content. It was imported as %(free)s.",
                    shown=self.shown,
                    name=name,
                    free=free,
                )
            )


def reason_of(error: BaseException) -> str:
    """Return a library's message about damaged content, in English, to be put in parentheses."""
    if isinstance(str(error), Sentence):
        return str(error)
    return " ".join(printable(str(error)).split()).rstrip(".")[:200] or type(error).__name__


def _refusal(error: Exception) -> str:
    return say(
        "It can’t be unpacked (%(reason)s). Pack the scans again, or unpack them and import the folder.",
        reason=reason_of(error),
    )


def read_list(folder: Path) -> Listing:
    """Return the scans of an unpacked file in natural order, and what was skipped. Raises NoSource if there are no
    scans."""
    listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    files = [ScanFile(folder / SCANS / stored, name, *names_of(name)) for stored, name in listed["files"]]
    skipped = [Skipped(name, from_text(reason)) for name, reason in listed["skipped"]]
    if not files:
        raise NoSource(say("It contains no scans that can be imported.") + why_first(most_telling(skipped)))
    files.sort(key=lambda file: natural_key(file.name))
    skipped.sort(key=lambda skip: natural_key(skip.name))
    return Listing(tuple(files), tuple(skipped), notes=tuple(from_text(note) for note in listed["notes"]))


def is_unpacked(folder: Path) -> bool:
    """Whether a packed file was completely unpacked here."""
    return (folder / LIST).is_file()


def _reason_to_leave_out(name: str) -> str:
    if not name.strip("/ "):
        return say("It has no name.")
    parts = name.split("/")
    if _points_outside(name):
        return say("Its name points outside the archive. Pack the scans again with names that begin at their folder.")
    return HIDDEN if any(map(is_hidden, parts)) else reason_to_skip_name(parts[-1])


def _points_outside(name: str) -> bool:
    parts = name.split("/")
    return name.startswith("/") or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":")


def _may_be_unnamed(name: str) -> bool:
    """Whether only its content shows whether an entry is a scan: its name is in order, but has no extension."""
    parts = name.split("/")
    if _points_outside(name) or not parts[-1].strip() or any(map(is_hidden, parts)):
        return False
    return may_be_unnamed(parts[-1])


def tidy(name: str) -> str:
    """Return a name with `/` between folders, without empty and `.` folders, and printable."""
    slashed = name.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    return printable(("/" if slashed.startswith("/") else "") + "/".join(parts))
