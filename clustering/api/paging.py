"""Long answers in sheets: what comes after a place, so many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field

from clustering.api.shapes import MOST, Answer

MOST_AT_ONCE = 1000
AT_ONCE = 100

Row = TypeVar("Row")
Told = TypeVar("Told")


class Sheet(Answer, Generic[Told]):
    """A part of a list."""

    items: list[Told]
    next: str | None = Field(description="Address of the next part; null at the end.")


class Window(BaseModel):
    """Which part of a list. Parts are found by place, not by page number, so nothing is missed while others work."""

    model_config = ConfigDict(frozen=True)

    after: int = Field(0, ge=0, le=MOST, description="Start after this one. `next` in a response has it filled in.")
    limit: int = Field(AT_ONCE, ge=1, le=MOST_AT_ONCE, description="The most to return.")


def sheet_of(
    request: HttpRequest,
    rows: Sequence[Row],
    *,
    limit: int,
    position_of: Callable[[Row], int],
    tell: Callable[[Sequence[Row]], list[Told]],
) -> Sheet[Told]:
    """Return a sheet of up to `limit` rows; `rows` has one more if more follow. `position_of`: what `after` means."""
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        query = request.GET.copy()
        query["after"] = str(position_of(shown[-1]))
        query["limit"] = str(limit)
        following = f"{request.path}?{query.urlencode()}"
    return Sheet(items=tell(shown), next=following)
