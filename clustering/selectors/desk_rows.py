"""What the desk in the browser is told: groups and pages in short rows, because there may be 50,000 of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, get_type_hints

from annotated_types import Len
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Left
from typing_extensions import TypedDict

from clustering.engine.titles import title_of
from clustering.journal.wording import percent
from clustering.models import Collection, Group, Page

_LINE_LETTERS = 90
_TEXT_LETTERS = 400
"""The first line that says something lies within these."""


Span = Annotated[list[int], Len(2, 2)]
"""[first position, last position]: pages that follow each other both in scan order and in reading order."""


def spans_of(pages: QuerySet[Page]) -> dict[int, list[Span]]:
    """Of each group (by id) its pages in reading order, consecutive ones folded; pages in none must be left out.

    One query.
    """
    spans: dict[int, list[Span]] = {}
    for group, position in pages.order_by("group_id", "group_order").values_list("group_id", "position"):
        found = spans.get(group)
        if found is None:
            spans[group] = [[position, position]]
        elif found[-1][1] == position - 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return spans


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
    note: str
    copy_of: int
    """Number of the group that this one repeats; 0: none."""
    accepted: list[str]
    """Fields that hold a draft of the machine, accepted by confirming."""
    untitled: str
    """What it is called where it has neither a title nor a draft."""
    language: str
    details: dict[str, Any]
    """All else that is said of it (`engine.description.Details`)."""


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


class Packed(TypedDict):
    """Many rows of one kind: what their values are called, once, and the values of each."""

    columns: list[str]
    rows: list[list[Any]]


def packed(kind: type, rows: Iterable[Mapping[str, Any]]) -> Packed:
    """These rows, of the type `kind`, in short."""
    columns = list(get_type_hints(kind))
    return {"columns": columns, "rows": [[row[column] for column in columns] for row in rows]}


def group_rows(collection: Collection, ids: Iterable[int] | None = None) -> list[GroupRow]:
    """All groups (or those asked for) by first page. Two queries."""
    wanted = Group.objects.filter(collection=collection)
    placed = Page.objects.filter(collection=collection, group__isnull=False)
    if ids is not None:
        some = list(ids)
        wanted, placed = wanted.filter(pk__in=some), placed.filter(group__in=some)
    spans = spans_of(placed)
    return [
        _group_row(row, spans.get(row["pk"], []))
        for row in wanted.order_by("first_position").values(*_FIELDS, **_DRAFTS)
    ]


_FIELDS = (
    "pk", "number", "state", "flagged", "title", "kind", "date", "confidence", "version", "flag_note", "edited", "note",
    "copy_of", "accepted_drafts", "language", "details",
)  # fmt: skip
_DRAFTS = {
    f"draft_{name}": KeyTextTransform("value", KeyTextTransform(name, "draft")) for name in ("title", "kind", "date")
}


def _group_row(row: Mapping[str, Any], spans: list[Span]) -> GroupRow:
    title, draft = row["title"], row["draft_title"] or ""
    return {
        "id": row["pk"],
        "number": row["number"],
        "state": row["state"],
        "flagged": row["flagged"],
        "title": title,
        "draft_title": draft,
        "kind": row["kind"],
        "date": row["date"],
        "confidence": None if row["confidence"] is None else percent(row["confidence"]),
        "version": row["version"],
        "spans": spans,
        "draft_kind": row["draft_kind"] or "",
        "flag_note": row["flag_note"],
        "edited": row["edited"],
        "draft_date": row["draft_date"] or "",
        "note": row["note"],
        "copy_of": row["copy_of"] or 0,
        "accepted": row["accepted_drafts"],
        "untitled": "" if title or draft else _called(row["kind"], spans),
        "language": row["language"],
        "details": row["details"],
    }


def _called(kind: str, spans: Iterable[Span]) -> str:
    return title_of("", kind=kind, positions=(at for low, high in spans for at in range(low, high + 1)))


def page_rows(collection: Collection, *, at: Sequence[int]) -> list[PageRow]:
    """Pages at these positions, a range of them or single ones. One query."""
    rows = (
        Page.objects.filter(collection=collection, **_positions(at))
        .annotate(start=Left("reading__text", _TEXT_LETTERS))
        .order_by("position")
        .values_list("position", "pk", "identifier", "sha256", "width", "height", "role", "start", "reading__rotation")
    )
    return [
        {
            "position": position,
            "id": pk,
            "identifier": name,
            "digest": sha[:16],
            "width": width,
            "height": height,
            "role": role,
            "line": first_line(text or ""),
            "rotation": turn or 0,
        }
        for position, pk, name, sha, width, height, role, text, turn in rows
    ]


def _positions(at: Sequence[int]) -> dict[str, Any]:
    if isinstance(at, range):
        return {"position__gte": at.start, "position__lt": at.stop}
    return {"position__in": list(at)}


def first_line(text: str) -> str:
    """The first line that says something: three letters at least, and more letters than other signs."""
    for line in text.splitlines():
        letters = sum(sign.isalpha() for sign in line)
        if letters >= 3 and 2 * letters > len("".join(line.split())):
            return " ".join(line.split())[:_LINE_LETTERS]
    return ""


def confidence_words(percent: float | None) -> str:
    """A confidence in the words the desk uses; the browser has the same steps from LEVELS."""
    if percent is None:
        return ""
    return next(word for floor, word in LEVELS if percent >= floor)


LEVELS: tuple[tuple[int, str], ...] = ((95, "High"), (80, "Medium"), (0, "Low"))
"""From how many percent on a confidence is called what."""
