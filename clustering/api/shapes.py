"""What requests and answers are made of: the two base classes, and numbers that mean the same everywhere."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path
from pydantic import BaseModel, ConfigDict

from clustering.actions.base import MOST, MOST_NAMED, WHOLE, Order

__all__ = ["MOST", "MOST_NAMED", "WHOLE", "Answer", "AtPosition", "ById", "Order", "Slug", "file_response"]

_BINARY = {"schema": {"type": "string", "format": "binary"}}


def file_response(description: str, media_type: str) -> dict[str, Any]:
    """Return what the document says of an answer that is a file.

    Generators of clients make bytes of an octet-stream, and leave an answer of any other type out.
    """
    return {"description": description, "content": {"application/octet-stream": _BINARY, media_type: _BINARY}}


class Answer(BaseModel):
    """The base of all response bodies."""

    model_config = ConfigDict(frozen=True)


Slug = Annotated[str, Path(pattern="^[-a-zA-Z0-9_]+$", max_length=80, description="Short name of the collection.")]
AtPosition = Annotated[int, Path(ge=1, le=MOST, description="Place in scan order, from 1.")]
ById = Annotated[int, Path(ge=1, le=MOST)]
