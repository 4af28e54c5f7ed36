"""Base classes and parameters of requests and responses."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path
from pydantic import BaseModel, ConfigDict

from clustering.actions.base import MOST, MOST_NAMED, WHOLE, RequestBody

__all__ = ["MOST", "MOST_NAMED", "WHOLE", "AtPosition", "ById", "RequestBody", "ResponseBody", "Slug", "file_response"]

_BINARY = {"schema": {"type": "string", "format": "binary"}}


def file_response(description: str, media_type: str) -> dict[str, Any]:
    """Return the OpenAPI description of a response that is a file.

    Client generators return an octet-stream as bytes and ignore other media types.
    """
    return {"description": description, "content": {"application/octet-stream": _BINARY, media_type: _BINARY}}


class ResponseBody(BaseModel):
    """The base of all response bodies."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


Slug = Annotated[str, Path(pattern="^[-a-zA-Z0-9_]+$", max_length=80, description="Short name of the collection.")]
AtPosition = Annotated[int, Path(ge=1, le=MOST, description="Place in scan order, from 1.")]
ById = Annotated[int, Path(ge=1, le=MOST)]
