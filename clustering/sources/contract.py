"""What every source of scans shares: its records, how a reader works, and its errors.

A reader first lists its pages by name, without their content, then copies one after the other to this machine.
`registry.py` maps sources to readers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from clustering.sentences import say

MOST_LETTERS = 200
"""Longest identifier, pid, or label."""
_DIGITS = 8
Tick = Callable[[], None]
"""Called regularly during long work; may raise to stop it."""


class NoSource(ValueError):
    """This can't be a source. The message is a full sentence with the remedy."""


class CannotFetch(ValueError):
    """One page isn't available; the others continue. The message is a full sentence with the remedy."""


class ServerGone(CannotFetch):
    """The page isn't available because its server doesn't answer; the next one will hardly do better."""


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One file that becomes a page, or several if it holds several images."""

    path: Path
    """Where it is, or will be once fetched."""
    name: str
    """Relative to the source, with `/` between folders, printable whatever the bytes on disk, and unique."""
    identifier: str
    pid: str = ""
    label: str = ""
    """What the source calls the page: a printed number, "front cover"."""
    address: str = ""
    """Where it is fetched from; empty for a file on this machine."""
    frame: int = 0
    """Which image of the file, from 1; 0 for the file as it is."""
    is_escaped: bool = False
    """Whether the source's name has bytes or characters that `name` shows escaped."""

    def __post_init__(self) -> None:
        """Shorten an identifier that is too long to store; a hash of it keeps it unique."""
        if len(self.identifier) > MOST_LETTERS:
            digest = hashlib.sha256(self.identifier.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]
            object.__setattr__(self, "identifier", f"{self.identifier[: MOST_LETTERS - _DIGITS - 1]}~{digest}")

    @property
    def is_shortened(self) -> bool:
        """Whether the identifier was too long."""
        return len(self.identifier) == MOST_LETTERS and self.identifier[-_DIGITS - 1] == "~"


@dataclass(frozen=True, slots=True)
class Skipped:
    """One file that is skipped, and why, as a full sentence."""

    name: str
    reason: str


def why_first(skipped: Sequence[Skipped]) -> str:
    """Return why the first of them is skipped, to follow a sentence that everything is; empty for none."""
    return say(" %(name)s: %(reason)s", name=skipped[0].name, reason=skipped[0].reason) if skipped else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source holds."""

    files: tuple[ScanFile, ...]
    """In scan order."""
    skipped: tuple[Skipped, ...]
    title: str = ""
    """What the source calls itself."""
    is_natural: bool = True
    """Whether the scan order is that of the names; if not, it is the source's own."""
    notes: tuple[str, ...] = ()
    """What a person should know about how it was read, as full sentences."""


class SourceReader(Protocol):
    """One source, as a job reads it. A reader keeps all its state on disk, since another process may continue."""

    def look(self) -> Listing | None:
        """Return what is known within seconds, for a person who is waiting. Raises NoSource.

        None, or a listing without files, means that only `listing` can tell.
        """
        ...

    def prepare(self, has_time: Callable[[], bool]) -> bool:
        """Fetch what the listing needs while time remains; True if something is still missing. Raises NoSource."""
        ...

    def listing(self) -> Listing:
        """Return the whole listing. Raises NoSource."""
        ...

    def taken(self, name: str) -> list[tuple[str, str]] | None:
        """Return the (identifier, SHA-256) that this name gave before, or None if it has to be fetched to know."""
        ...

    def fetch(self, file: ScanFile) -> Path:
        """Return where the file is on this machine, fetching it if needed. Raises CannotFetch, OSError."""
        ...

    def release(self, file: ScanFile, parts: list[tuple[str, str]]) -> None:
        """Delete the local copy: its content is in the store as these (identifier, SHA-256), or was refused (none)."""
        ...

    def close(self) -> None:
        """Everything is imported: delete what was kept to continue."""
        ...


@dataclass(frozen=True, slots=True)
class Size:
    """How large images are requested if the source can choose; neither means full size."""

    percent: int | None = None
    """Percent of the full size, 1 to 100."""
    pixels: int | None = None
    """Pixels of the long edge; a smaller image comes as it is."""

    @property
    def params(self) -> dict[str, Any]:
        """Return it as a job stores it."""
        given = {"percent": self.percent, "size": self.pixels}
        return {name: value for name, value in given.items() if value is not None}
