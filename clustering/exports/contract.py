"""What every writer takes: collections, groups and pages as frozen records, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clustering.engine.description import Details
from clustering.exports.settings import ExportSettings

NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class CollectionRecord:
    """The collection that an export is of."""

    slug: str
    title: str
    identifier: str


@dataclass(frozen=True, slots=True)
class ExportedPage:
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
    size_bytes: int = 0
    """Of the original; 0 where it is not known."""
    label: str = ""
    """What its source calls it, a printed number or "cover"; empty where it says nothing."""
    text_corrected: bool = False
    """Whether a person corrected lines of what was read on it."""


@dataclass(frozen=True, slots=True)
class CommentRecord:
    """What somebody wrote about a document."""

    page: str
    """Identifier of the page that it is kept with."""
    author: str
    """Username, empty where the account is gone."""
    created: str
    """ISO 8601 in UTC."""
    resolved: bool
    text: str


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
    pages: tuple[ExportedPage, ...]
    accepted_drafts: tuple[str, ...] = ()
    """Of title, kind and date those that a machine drafted and a person accepted by confirming, without a change."""
    unchecked_drafts: tuple[str, ...] = ()
    """Of them those that hold a draft that nobody accepted, because the settings ask for drafts where nothing is."""
    details: Details = NO_DETAILS
    """Names, headings and texts beside these."""
    copy_of: int | None = None
    """Number of the document that it duplicates, as a person said."""
    comments: tuple[CommentRecord, ...] | None = None
    """On its pages, oldest first; None where the settings ask for none."""

    @property
    def is_machine_proposed(self) -> bool:
        """Whether no person ever confirmed it."""
        return self.state != "confirmed"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of print on a page, in pixels of the upright page."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """A page as every arrangement places it."""

    page: ExportedPage
    confirmed: int | None
    """Number of its confirmed group."""
    desk: int | None
    runs: tuple[int | None, ...]
    """For each run compared the number of its group there."""
    thumbnail: Path | None


@dataclass(frozen=True, slots=True)
class ComparedRuns:
    """All pages in scan order beside what each run says of them."""

    runs: tuple[str, ...]
    pages: Iterable[ComparedPage]


@dataclass(frozen=True, slots=True)
class Material:
    """What a writer of files may ask for. `groups` may be gone through again; each time asks the database again."""

    collection: CollectionRecord
    groups: Iterable[GroupRecord]
    settings: ExportSettings
    image: Callable[[ExportedPage], Path]
    """Where the original lies. Brings it there first where it lies elsewhere."""
    lines: Callable[[ExportedPage], Sequence[TextLine]]
    """What was read on a page; empty where nothing was."""
    compare: Callable[[], ComparedRuns]
    has_image: Callable[[ExportedPage], bool] = lambda page: True
    """Whether the original is in the store, without bringing it."""
    everything: bool = False
    """Whether proposed and changed groups are among them."""


class TooLong(ValueError):
    """More than the target holds. The message says what to use instead."""


Write = Callable[[Material], Iterator[str]]
"""Yields the file piece by piece; the same records give the same text."""

File = tuple[str, Iterable[bytes]]
"""A path with / below the export's folder, and its content piece by piece."""
Files = Callable[[Material], Iterator[File]]
"""Yields files one after the other; each must be taken in before the next is asked for."""
