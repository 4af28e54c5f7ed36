"""What an export has to be told of a collection: rights, publisher, addresses, term ids of the system it goes to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


class WrongSettings(ValueError):
    """A setting that no export could use. The message is a full sentence that names it."""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """All have a default that works; `Collection.settings["export"]` holds those that differ."""

    rights: str = ""
    """Address of a rights statement, e.g. https://rightsstatements.org/vocab/InC/1.0/."""
    publisher: str = ""
    """Who holds the originals."""
    base_url: str = "http://127.0.0.1:8000"
    """Where this desk answers; addresses of manifests and images begin with it."""
    image_service: str = ""
    """Address of a IIIF image service with {pid} or {identifier} in it; pages then show from there."""
    published: bool = False
    """Whether confirmed groups may be seen over IIIF without signing in."""
    islandora_model: str = "28"
    """Term of a paged document in Islandora."""
    islandora_page_model: str = "29"
    islandora_collection: str = ""
    """Node of the collection in Islandora."""
    archivesspace_ead: str = ""
    """EAD id of the finding aid."""
    archivesspace_object: str = ""
    """Reference id of the archival object that the digital objects belong to."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> ExportSettings:
        """Read what is stored. Raises WrongSettings."""
        known = {field.name: field.type for field in fields(cls)}
        for name, value in (stored or {}).items():
            if name not in known:
                raise WrongSettings(f"There is no export setting {name!r}. Known are {', '.join(known)}.")
            wanted = bool if known[name] == "bool" else str
            if not isinstance(value, wanted):
                kind = "true or false" if wanted is bool else "a text"
                raise WrongSettings(f"The export setting {name} is {value!r}. Write {kind}.")
        made = cls(**(stored or {}))
        for name in ("base_url", "image_service"):
            address = getattr(made, name)
            if address and not re.match(r"https?://[^\s/]+", address):
                raise WrongSettings(
                    f"The export setting {name} is {address!r}. Write an address with http:// or https://."
                )
        return made
