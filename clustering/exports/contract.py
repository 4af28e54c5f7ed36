"""What every writer gets and returns: collections, groups, and pages as frozen records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clustering.engine.description import Details
from clustering.exports.settings import ExportSettings

NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class CollectionRecord:
    """The collection that is exported."""

    slug: str
    title: str
    identifier: str


@dataclass(frozen=True, slots=True)
class ExportedPage:
    """One page at its place in its group."""

    identifier: str
    pid: str
    filename: str
    position: int
    """Position in scan order, from 1."""
    sequence: int
    """Place in the group, from 1 without gaps."""
    sha256: str
    media_type: str
    width: int
    height: int
    rotation: int
    """Degrees clockwise by which to rotate the image upright."""
    role: str = ""
    """Empty for a page of a document, else target, empty, or other."""
    size_bytes: int = 0
    """Size of the original; 0 if unknown."""
    label: str = ""
    """The source's name for it, a printed number or "cover"; empty if it has none."""
    text_corrected: bool = False
    """Whether a person corrected lines of its text."""


@dataclass(frozen=True, slots=True)
class CommentRecord:
    """A comment on a document."""

    page: str
    """Identifier of the page that it belongs to."""
    author: str
    """Username; empty if the account is gone."""
    created: str
    """ISO 8601 in UTC."""
    resolved: bool
    text: str


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """One document with its pages in reading order."""

    number: int
    """Never used again within the collection."""
    state: str
    """proposed, confirmed, or changed."""
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
    """Number of the run that proposed it, if any."""
    method: str
    confidence: float | None
    draft_title: str
    """The drafted title, for use if nobody entered one; never mixed with `title`."""
    draft_kind: str
    draft_date: str
    pages: tuple[ExportedPage, ...]
    accepted_drafts: tuple[str, ...] = ()
    """Those of title, kind, and date that were drafted and accepted by confirming, without a change."""
    unchecked_drafts: tuple[str, ...] = ()
    """Those of them that hold drafts nobody accepted, because the settings ask for drafts in place of nothing."""
    details: Details = NO_DETAILS
    """All other names, headings, and texts."""
    copy_of: int | None = None
    """Number of the document that it duplicates, by a person's decision."""
    pages_left_out: int = 0
    """How many of its pages are restricted, and so not among `pages`."""
    comments: tuple[CommentRecord, ...] | None = None
    """Comments on its pages, oldest first; None unless the settings ask for them."""

    @property
    def is_machine_proposed(self) -> bool:
        """Whether no person ever confirmed it."""
        return self.state != "confirmed"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text on a page, in pixels of the upright page."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """A page, and its group in every arrangement."""

    page: ExportedPage
    confirmed: int | None
    """Number of its confirmed group."""
    desk: int | None
    runs: tuple[int | None, ...]
    """For each compared run, the number of its group there."""
    thumbnail: Path | None


@dataclass(frozen=True, slots=True)
class ComparedRuns:
    """All pages in scan order, with their groups in each run."""

    runs: tuple[str, ...]
    pages: Iterable[ComparedPage]


@dataclass(frozen=True, slots=True)
class Included:
    """What an export includes besides confirmed documents."""

    everything: bool = False
    """Whether to include unconfirmed documents, marked as such."""
    drafts: bool = False
    """Whether to use drafts if nothing was entered, marked as not checked."""
    restricted: bool = False
    """Whether to include restricted pages; only for people who manage the collection."""


CONFIRMED = Included()


@dataclass(frozen=True, slots=True)
class Material:
    """What a writer of files may use. `groups` can be iterated repeatedly; each time queries the database again."""

    collection: CollectionRecord
    groups: Iterable[GroupRecord]
    settings: ExportSettings
    image: Callable[[ExportedPage], Path]
    """Returns the path of the original, fetching it first if it is elsewhere."""
    lines: Callable[[ExportedPage], Sequence[TextLine]]
    """Returns the text of a page; empty without any."""
    compare: Callable[[], ComparedRuns]
    has_image: Callable[[ExportedPage], bool] = lambda page: True
    """Whether the original is in the store; doesn't fetch it."""
    everything: bool = False
    """Whether proposed and changed groups are included."""


class TooLong(ValueError):
    """More than the target can hold. The message says what to use instead."""


Write = Callable[[Material], Iterator[str]]
"""Yields the file piece by piece; the same records give the same text."""

File = tuple[str, Iterable[bytes]]
"""A path with / below the export's folder, and its content in pieces."""
Files = Callable[[Material], Iterator[File]]
"""Yields files one after the other; each must be consumed before the next."""
