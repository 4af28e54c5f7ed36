"""Responses about groups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, cast

from django.db.models import QuerySet
from pydantic import Field

from clustering import models
from clustering.api.shapes import ResponseBody
from clustering.engine.description import details_from
from clustering.selectors.desk_rows import spans_of
from clustering.selectors.hidden_drafts import leave_out_hidden_drafts
from clustering.wording import title_of

State = Literal["proposed", "confirmed", "changed"]


class Draft(ResponseBody):
    """What hhreview read for a field, kept apart from what people enter."""

    value: str
    confidence: float | None = Field(description="From 0 to 1.")
    evidence: str = Field(description="Where it was read.")


class Drafts(ResponseBody):
    """Drafts by field; null if nothing was read."""

    title: Draft | None
    kind: Draft | None
    date: Draft | None
    language: Draft | None


class Term(ResponseBody):
    """A name or heading."""

    label: str
    uri: str = Field("", description="Its address in a vocabulary, if it has one.")


class Details(ResponseBody):
    """Further description of a document."""

    creators: list[Term] = Field(default_factory=list)
    subjects: list[Term] = Field(default_factory=list)
    people: list[Term] = Field(default_factory=list)
    places: list[Term] = Field(default_factory=list)
    summary: str = ""
    rights: str = ""
    box: str = Field("", description="Box and folder.")
    identifier: str = ""
    kind_uri: str = Field("", description="Address of the kind in a vocabulary, if it was chosen from one.")


class Group(ResponseBody):
    """A document: its pages in reading order, and its description."""

    id: int = Field(description="Identifies the group in acts and in `versions`.")
    number: int = Field(description="The document number that people see. It is never used again in this collection.")
    version: int = Field(description="Goes up with every change. Acts name the version they are based on.")
    state: State
    edited: bool = Field(description="A person changed it, so no proposal will.")
    flagged: bool
    flag_note: str
    title: str
    shown_title: str = Field(description="The name that people see: the title, or its draft, or its pages.")
    kind: str
    date: str = Field(description="EDTF, e.g. 1959-03 or 1964~.")
    language: str
    note: str
    details: Details
    drafts: Drafts
    accepted_drafts: list[str] = Field(
        description="Which of title, kind, and date are drafts that a person accepted by confirming."
    )
    confidence: float | None = Field(description="Probability that exactly these pages are one document.")
    page_count: int
    first_position: int
    spans: list[tuple[int, int]] = Field(
        description="Pages in reading order, as ranges of positions: [[31, 36], [112, 112]]."
    )
    run: int | None = Field(description="ID of the run that proposed it.")
    split_from: int | None = Field(description="Number of the document it was split from.")
    copy_of: int | None = Field(description="Number of the document that it duplicates.")
    confirmed_by: str | None
    confirmed_at: datetime | None


def group_responses(rows: Iterable[models.Group], hidden: QuerySet[models.Page] | None = None) -> list[Group]:
    """Return groups with the pages that aren't `hidden`. `confirmed_by` must be loaded. At most three queries."""
    groups = list(rows)
    if not groups:
        return []
    pages = models.Page.objects.filter(group__in=[group.pk for group in groups])
    if hidden is not None:
        leave_out_hidden_drafts(groups, hidden)
        pages = pages.exclude(pk__in=hidden)
    spans = spans_of(pages)
    return [_group_response(group, spans.get(group.pk, [])) for group in groups]


def groups_of(ids: Iterable[int], collection: models.Collection) -> list[Group]:
    """Return those of the groups that exist, in scan order. At most three queries."""
    rows = models.Group.objects.filter(collection=collection, pk__in=list(ids)).select_related("confirmed_by")
    return group_responses(rows.order_by("first_position"))


def _group_response(group: models.Group, spans: list[list[int]]) -> Group:
    drafts = {name: _draft(group.draft.get(name)) for name in ("title", "kind", "date", "language")}
    return Group(
        id=group.pk,
        number=group.number,
        version=group.version,
        state=cast(State, group.state),
        edited=group.edited,
        flagged=group.flagged,
        flag_note=group.flag_note,
        title=group.title,
        shown_title=title_of(
            group.title,
            group.drafted("title"),
            kind=group.kind,
            positions=(at for first, last in spans for at in range(first, last + 1)),
        ),
        kind=group.kind,
        date=group.date,
        language=group.language,
        note=group.note,
        details=Details(**details_from(group.details).to_json()),
        drafts=Drafts(**drafts),
        accepted_drafts=group.accepted_drafts,
        confidence=group.confidence,
        page_count=sum(last - first + 1 for first, last in spans),
        first_position=min((first for first, _ in spans), default=group.first_position),
        spans=[(first, last) for first, last in spans],
        run=group.run_id,
        split_from=group.split_from,
        copy_of=group.copy_of,
        confirmed_by=group.confirmed_by.get_username() if group.confirmed_by else None,
        confirmed_at=group.confirmed_at,
    )


def _draft(stored: dict[str, Any] | None) -> Draft | None:
    if not stored:
        return None
    return Draft(
        value=str(stored.get("value", "")), confidence=stored.get("confidence"), evidence=stored.get("evidence", "")
    )
