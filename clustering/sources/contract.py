"""What every source of scans shares: the records of what it lists, how it is read, and how it says no.

A reader lists its pages first, by name and without their content, then brings one after the other to this machine.
`registry.py` says which reader belongs to which source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from clustering.sentences import say

MOST_LETTERS = 200
"""Of an identifier, a pid, a label."""
_DIGITS = 8
Tick = Callable[[], None]
"""Called now and then while something takes long; may raise to stop."""


class NoSource(ValueError):
    """This cannot be a source. The message is a full sentence with the remedy."""


class CannotFetch(ValueError):
    """One page cannot be had; the others go on. The message is a full sentence with the remedy."""


class ServerGone(CannotFetch):
    """The page cannot be had since its server does not answer; the next one will hardly fare better."""


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One file that should become a page, or several where it holds several images."""

    path: Path
    """Where it lies; of what is fetched, the place it will lie at."""
    name: str
    """Relative to the source, with `/` between sub-folders, printable whatever the bytes on disk are; unique in it."""
    identifier: str
    pid: str = ""
    label: str = ""
    """What the source calls the page: a printed number, "front cover"."""
    address: str = ""
    """Where it is fetched from; empty for a file on this machine."""
    frame: int = 0
    """Which image of the file, from 1; 0 for the file as it is."""
    is_escaped: bool = False
    """Whether the name at the source has bytes or characters that `name` can show only escaped."""

    def __post_init__(self) -> None:
        """Shorten an identifier that is too long to be kept; the digits of its digest tell it from others."""
        if len(self.identifier) > MOST_LETTERS:
            digest = hashlib.sha256(self.identifier.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]
            object.__setattr__(self, "identifier", f"{self.identifier[: MOST_LETTERS - _DIGITS - 1]}~{digest}")

    @property
    def is_shortened(self) -> bool:
        """Whether the identifier was too long to be kept."""
        return len(self.identifier) == MOST_LETTERS and self.identifier[-_DIGITS - 1] == "~"


@dataclass(frozen=True, slots=True)
class Skipped:
    """One file that is not taken, and why, as a full sentence."""

    name: str
    reason: str


def why_first(skipped: Sequence[Skipped]) -> str:
    """Return why the first of them is not taken, to stand behind a sentence that nothing is; empty for none."""
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
    """Whether scan order is that of the names; else it is the source's own."""
    notes: tuple[str, ...] = ()
    """What a person should know about how it was read, as full sentences."""


class SourceReader(Protocol):
    """One source, as a job reads it. All that a reader keeps, it keeps on disk: another process may go on."""

    def look(self) -> Listing | None:
        """Return what can be told within seconds, for a person who waits.

        None, or a listing without files, means that only `listing` tells. Raises NoSource.
        """
        ...

    def prepare(self, has_time: Callable[[], bool]) -> bool:
        """Ask for what the listing needs, while there is time; True while something is missing. Raises NoSource."""
        ...

    def listing(self) -> Listing:
        """Return what there is. Raises NoSource."""
        ...

    def taken(self, name: str) -> list[tuple[str, str]] | None:
        """Return (identifier, SHA-256) of what this name gave before, or None where it has to be fetched to know."""
        ...

    def fetch(self, file: ScanFile) -> Path:
        """Return where the file lies on this machine, fetched now if need be. Raises CannotFetch, OSError."""
        ...

    def release(self, file: ScanFile, parts: list[tuple[str, str]]) -> None:
        """Its content is in the store as these (identifier, SHA-256), or none where it was refused: forget the copy."""
        ...

    def close(self) -> None:
        """All is in: throw away what was kept for going on."""
        ...


@dataclass(frozen=True, slots=True)
class Size:
    """How large images are asked for where the source can choose; neither means full size."""

    percent: int | None = None
    """Of the full size, 1 to 100."""
    pixels: int | None = None
    """Of the long edge; a smaller image comes as it is."""

    @property
    def params(self) -> dict[str, Any]:
        """As a job keeps it."""
        given = {"percent": self.percent, "size": self.pixels}
        return {name: value for name, value in given.items() if value is not None}
