"""What every writer takes: collections, groups and pages as frozen records, and what every writer is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CollectionRecord:
    """The collection that an export is of."""

    slug: str
    title: str
    identifier: str


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One page in its place in its group."""

    identifier: str
    pid: str
    filename: str
    position: int
    """Scan order in the collection, from 1."""
    sequence: int
    """Place in the group, from 1 without gaps."""
    sha256: str
    media_type: str
    width: int
    height: int
    rotation: int
    """Degrees clockwise by which the image must be turned to stand upright."""
    role: str = ""
    """Empty for a page of a document, else target, empty or other."""


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """One document with its pages in reading order."""

    number: int
    """Stable within the collection, never used again."""
    state: str
    """proposed, confirmed or changed."""
    title: str
    kind: str
    date: str
    """EDTF."""
    language: str
    note: str
    confirmed_by: str
    confirmed_at: str
    """ISO 8601 in UTC, or empty."""
    split_from: int | None
    run: int | None
    """Number of the run that proposed it, where one did."""
    method: str
    confidence: float | None
    draft_title: str
    """What the machine read, for where nobody entered a title; never mixed with `title`."""
    draft_kind: str
    draft_date: str
    pages: tuple[PageRecord, ...]

    @property
    def is_machine_proposed(self) -> bool:
        """Whether no person ever confirmed it."""
        return self.state != "confirmed"


Write = Callable[[CollectionRecord, Iterable[GroupRecord]], Iterator[str]]
"""Yields the file piece by piece; the same records give the same text."""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One way to write groups down."""

    name: str
    label: str
    description: str
    """One sentence."""
    media_type: str
    suffix: str
    write: Write

    def filename(self, collection: CollectionRecord) -> str:
        """Return the name under which it is offered for download."""
        return f"{collection.slug}{self.suffix}"
