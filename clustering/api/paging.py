"""Long lists, in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field

from clustering.api.shapes import MOST, ResponseBody

MOST_AT_ONCE = 1000
AT_ONCE = 100

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)
Item = TypeVar("Item")


class Sheet(ResponseBody, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next: str | None = Field(description="Address of the next part; null at the end.")


class Window(BaseModel):
    """Which part of a list. Parts begin after an item, not at a page number, so nothing is missed while others work."""

    model_config = ConfigDict(frozen=True)

    after: int = Field(0, ge=0, le=MOST, description="Start after this one. `next` in a response has it filled in.")
    limit: int = Field(AT_ONCE, ge=1, le=MOST_AT_ONCE, description="The most to return.")


class Rows(Protocol[Row_co]):
    """A sequence or a query."""

    def __getitem__(self, part: slice, /) -> Iterable[Row_co]:
        """Return a part."""


def part_of(
    request: HttpRequest,
    rows: Rows[Row],
    window: Window,
    *,
    position_of: Callable[[Row], int],
    respond: Callable[[Sequence[Row]], list[Item]],
) -> Sheet[Item]:
    """Return the first `window.limit` of the rows, which begin after `window.after`, with the address of the rest.

    `position_of` returns the value of `after` that continues behind a row.
    """
    part = list(rows[: window.limit + 1])
    shown = part[: window.limit]
    following = None
    if len(part) > len(shown):
        query = request.GET.copy()
        query["after"] = str(position_of(shown[-1]))
        query["limit"] = str(window.limit)
        following = f"{request.path}?{query.urlencode()}"
    return Sheet(items=respond(shown), next=following)
