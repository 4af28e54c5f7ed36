"""The data that the browser gets, field by field. The types of its scripts are made from these."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from annotated_types import Len
from typing_extensions import TypedDict

Span = Annotated[list[int], Len(2, 2)]
"""[first position, last position]: pages that follow each other both in scan order and in reading order."""


class GroupRow(TypedDict):
    """A group as the browser has it."""

    id: int
    number: int
    state: Literal["proposed", "confirmed", "changed"]
    flagged: bool
    title: str
    draft_title: str
    kind: str
    date: str
    confidence: int | None
    """Percent."""
    version: int
    spans: list[Span]
    """Stretches of positions in reading order."""
    draft_kind: str
    flag_note: str
    edited: bool
    """By a person, ever."""
    draft_date: str
    unsure: list[str]
    """Fields whose drafts are less certain than the collection requires: confirming leaves them as they are."""
    note: str
    copy_of: int
    """Number of the group that this one repeats; 0: none."""
    accepted: list[str]
    """Fields that hold a draft of the machine, accepted by confirming."""
    language: str
    details: dict[str, Any]
    """All else that is said of it (`engine.description.Details`)."""
    personal: int
    """Lines on its pages that may be personal data and nobody decided on; 0 for those who may not edit."""


Restricted = tuple[str, str | None]
"""Why a page is restricted, and the last day of it; null: until it is lifted."""


class PageRow(TypedDict):
    """A page as the browser has it."""

    position: int
    id: int
    identifier: str
    digest: str
    """Beginning of the SHA-256."""
    width: int
    height: int
    role: str
    line: str
    """First line of its text."""
    rotation: int
    """Degrees clockwise to stand upright."""
    restricted: Restricted | None
    placeholder: str
    """What it looks like blurred (`engine.placeholders`); of restricted pages, and where none was drawn: empty."""


class Packed(TypedDict):
    """Many rows of one kind: what their values are called, once, and the values of each."""

    columns: list[str]
    rows: list[list[Any]]


class RecentAct(TypedDict):
    """An act in the history."""

    who: str
    summary: str
    mine: bool


class Made(TypedDict):
    """The act that this response is about, in the history."""

    id: int
    sequence: int
    """Names it."""
    summary: str


class Changes(TypedDict):
    """What changed since a version. Applied to that version, it gives the current state."""

    version: int
    """The collection's version now."""
    reload: bool
    """So much changed that everything has to be read again; there are no rows then."""
    closed: bool
    """Whether the collection is closed."""
    groups: list[GroupRow]
    """Groups that were touched, as they stand now."""
    removed: list[int]
    """Ids of groups that are gone."""
    answered: list[int]
    """Positions of the pages in these groups after which a person answered."""
    doubts: list[tuple[int, int]]
    """Positions of the pages after which the probability of a boundary moved, and percent."""
    drafting: int
    """How many groups wait for a new draft, which comes without a new version."""
    redrafted: int
    """How often a worker changed other drafts so far, without a new version."""
    sure: list[tuple[int, int]]
    """Ids of the groups beside these places that nobody touched, and how sure each is now, in percent."""
    roles: list[tuple[int, str]]
    """Positions of pages that were marked, and as what."""
    rotations: list[tuple[int, int]]
    """Positions of pages that were rotated, and degrees clockwise that they are shown with now."""
    restricted: list[tuple[int, Restricted | None]]
    """Positions of pages that were restricted or are no longer, and why and how long they are now."""
    acts: list[RecentAct]
    """The last acts since."""
    edit: NotRequired[Made]
    """What this request did."""
    message: NotRequired[str]
    """The same in a sentence."""
    focus: NotRequired[int | None]
    """Position of the first page that it concerns."""
