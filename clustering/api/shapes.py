"""What requests and answers are made of: the two base classes, and numbers that mean the same everywhere."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MOST = 2**31 - 1
"""Of positions, numbers and ids that anybody has; the database refuses larger ones with an error of its own."""
MOST_NAMED = 20_000
"""More pages or groups than this in one act are a mistake, or an attack."""


_BINARY = {"schema": {"type": "string", "format": "binary"}}


def file_told(description: str, media_type: str) -> dict[str, Any]:
    """What the document says of an answer that is a file.

    Generators of clients make bytes of an octet-stream, and leave an answer of any other type out.
    """
    return {"description": description, "content": {"application/octet-stream": _BINARY, media_type: _BINARY}}


class Answer(BaseModel):
    """Something that is told."""

    model_config = ConfigDict(frozen=True)


class Order(BaseModel):
    """Something that is asked for, in a body: of exactly the types that are documented, with nothing besides."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Slug = Annotated[
    str, Path(pattern="^[-a-zA-Z0-9_]+$", max_length=80, description="Short name of the collection, as in the desk.")
]
AtPosition = Annotated[int, Path(ge=1, le=MOST, description="Place in scan order, from 1.")]
ById = Annotated[int, Path(ge=1, le=MOST)]


def _whole(value: object) -> object:
    """JSON knows one kind of numbers: 3.0 is as whole as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
Count = Annotated[int, Field(ge=0, le=MOST), WHOLE]
Position = Annotated[int, Field(ge=1, le=MOST), WHOLE]
"""A page's place in scan order, from 1: how acts name pages. It changes only where pages are inserted."""
Id = Annotated[int, Field(ge=1, le=MOST), WHOLE]
Positions = Annotated[list[Position], Field(min_length=1, max_length=MOST_NAMED)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_NAMED)]


def _as_map(schema: dict[str, Any]) -> None:
    """Say it with `additionalProperties`, which client generators know; of `patternProperties` they make no fields."""
    ((pattern, value),) = schema.pop("patternProperties").items()
    schema |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}


Versions = Annotated[
    dict[Annotated[str, StringConstraints(pattern="^[1-9][0-9]{0,9}$")], Count],
    Field(max_length=MOST_NAMED, json_schema_extra=_as_map),
]
ActId = Annotated[UUID, Field(strict=False)]
