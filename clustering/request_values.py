"""Numbers and ids in addresses, forms, and bodies; None for anything else.

Python reads digits of any script and refuses more than 4300 of them; the database has numbers of 64 bits. Everything
that comes from outside and is meant to be a number is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, RawPostDataException

from clustering.sentences import say
from clustering.sources.plain_json import read_json

_MOST_DIGITS = 18
"""A number with at most this many digits fits into 64 bits."""


def whole_number(written: object) -> int | None:
    """Zero or more, from a text of digits or a number of JSON."""
    if isinstance(written, bool) or not isinstance(written, int | str):
        return None
    text = str(written) if isinstance(written, str) or 0 <= written < 10**_MOST_DIGITS else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def whole_numbers(written: Iterable[str]) -> list[int]:
    """Those that are numbers, in their order."""
    return [number for text in written if (number := whole_number(text)) is not None]


def versions_of(pairs: Iterable[str]) -> dict[int, int]:
    """Versions by group, from hidden fields "12:3"."""
    read = ((whole_number(group), whole_number(version)) for group, _, version in (p.partition(":") for p in pairs))
    return {group: version for group, version in read if group is not None and version is not None}


def act_id(written: str) -> UUID | None:
    """Return the id under which an act is done once."""
    try:
        return UUID(written)
    except ValueError:
        return None


def json_of(request: HttpRequest) -> Any:
    """Return the JSON in a request's body. Raises ValueError if it isn't JSON."""
    try:
        return read_json(request.body)
    except RawPostDataException as error:
        raise ValueError(say("it was sent as a form")) from error


def is_storable(text: str) -> bool:
    """Whether the database can keep it: no NUL, and no half of a pair that is one sign in UTF-16."""
    return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)
