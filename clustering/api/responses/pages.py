"""Responses about pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.urls import reverse
from pydantic import Field

from clustering import models
from clustering.api.shapes import ResponseBody
from clustering.engine.correcting import State
from clustering.models.correction import corrections_of

Role = Literal["", "target", "empty", "other"]


class Page(ResponseBody):
    """One scanned image."""

    position: int = Field(
        description="Place in scan order, from 1; identifies the page. Changes only if pages are inserted."
    )
    identifier: str
    pid: str = Field(description="Repository ID, e.g. bdr:gbzad5mb.")
    label: str = Field(description="Label in its source, e.g. 12v; empty if there is none.")
    filename: str
    sha256: str
    size_bytes: int
    media_type: str
    width: int
    height: int
    role: Role = Field(description="Empty for a page of a document; otherwise its mark.")
    group: int | None = Field(description="ID of its group.")
    group_order: int | None = Field(description="Place in that group, from 1.")
    restricted: bool = Field(description="Viewers don’t see it, and exports leave it out.")
    restricted_reason: str
    restricted_until: date | None = Field(description="Last day of the restriction; null until it is lifted.")
    text: str | None = Field(description="Its text; null if it was not read or not requested.")
    image: str = Field(description="Address of the original; ?size=1280 or 320 for smaller ones.")


class Line(ResponseBody):
    """One line of print, in pixels of the upright image."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


class Reading(ResponseBody):
    """The OCR text of a page, after rotating it upright."""

    text: str
    lines: list[Line]
    width: int = Field(description="Width of the upright image that the lines refer to; it may be enlarged.")
    height: int
    rotation: int = Field(description="Degrees clockwise by which the image is rotated to be upright.")
    confidence: float
    language: str = Field(description="Language of the text, as ISO 639-1 code; empty if unknown.")
    ocr_language: str = Field(description="OCR language, as Tesseract codes.")
    engine: str


class WholePage(Page):
    """A page with all its details."""

    reading: Reading | None
    paper: dict[str, Any] | None = Field(description="Physical measurements from the image.")


class LineOfText(ResponseBody):
    """One line as it reads now, in pixels of the upright image."""

    id: str = Field(description="Names the line in `POST …/acts/text`.")
    text: str = Field(description="Empty if a person deleted the line.")
    original: str = Field(description="What was read; empty if a person added the line.")
    left: float
    top: float
    right: float
    bottom: float
    state: State = Field(
        description="`earlier`: a correction of a line that the newest reading no longer has. It is kept, but is not "
        "part of the text."
    )


class PageText(ResponseBody):
    """The text of a page, with corrections."""

    position: int
    text: str
    lines: list[LineOfText]
    width: int = Field(description="Width of the upright image that the lines refer to; it may be enlarged.")
    height: int
    checked: datetime | None = Field(description="When a person marked the text as checked.")
    checked_by: str | None


def text_response(page: models.Page) -> PageText:
    """Return the text of a page, which must have a reading."""
    reading = page.reading
    laid = reading.laid(corrections_of([page.pk]).get(page.pk, []))
    return PageText(
        position=page.position,
        text=reading.text,
        lines=[LineOfText.model_validate(line) for line in laid],
        width=reading.width,
        height=reading.height,
        checked=reading.checked,
        checked_by=reading.checked_by.get_username() if reading.checked_by else None,
    )


def page_response(page: models.Page, *, slug: str, text: bool = False) -> Page:
    """Return a page. With `text`, its reading must be loaded."""
    return Page(**_facts(page, slug), text=_text(page) if text else None)


def whole_page_response(page: models.Page, *, slug: str) -> WholePage:
    """Return a page with its reading, which must be loaded."""
    reading: models.Reading | None = getattr(page, "reading", None)
    return WholePage(
        **_facts(page, slug),
        text=_text(page),
        reading=_reading(reading) if reading is not None else None,
        paper=page.paper,
    )


def _facts(page: models.Page, slug: str) -> dict[str, Any]:
    names = (
        "position", "identifier", "pid", "label", "filename", "sha256", "size_bytes", "media_type", "width", "height",
    )  # fmt: skip
    return {
        **{name: getattr(page, name) for name in names},
        "role": page.role,
        "restricted": page.is_restricted,
        "restricted_reason": page.restricted_reason,
        "restricted_until": page.restricted_until,
        "group": page.group_id,
        "group_order": page.group_order,
        "image": reverse("api-v1:get_image", kwargs={"slug": slug, "position": page.position}),
    }


def _text(page: models.Page) -> str | None:
    reading: models.Reading | None = getattr(page, "reading", None)
    return reading.text if reading is not None else None


def _reading(row: models.Reading) -> Reading:
    names = ("text", "left", "top", "right", "bottom", "confidence")
    return Reading(
        text=row.text,
        lines=[Line(**dict(zip(names, line, strict=True))) for line in row.lines],
        width=row.width,
        height=row.height,
        rotation=row.rotation,
        confidence=row.confidence,
        language=row.language,
        ocr_language=row.ocr_language,
        engine=row.engine,
    )
