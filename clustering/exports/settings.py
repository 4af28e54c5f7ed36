"""Export settings of a collection: rights, holder, addresses, and the settings of single formats.

Each setting has its own texts, so that the form, the command, and the documentation agree. A format declares its own in
a class of `OwnSettings` in its folder; `stored_settings.py` reads and stores all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar

EVERY_FORMAT = "Every format"
ADDRESSES = "Addresses and viewers"
TABLES = "Tables"
RECORDS = "Records and packages"
SYSTEMS = "Systems they go to"
PARTS = (EVERY_FORMAT, ADDRESSES, TABLES, RECORDS, SYSTEMS)
"""The headings of the form, in order."""


class WrongSettings(ValueError):
    """A setting that no export could use. The message is a full sentence that names it; `name` is the setting.

    `text` is the sentence with %(marks)s for `values`, so that it can be translated.
    """

    def __init__(self, text: str, name: str = "", **values: str) -> None:
        super().__init__(text % values if values else text)
        self.text, self.name, self.values = text, name, values


@dataclass(frozen=True, slots=True)
class Option:
    """One setting with its texts."""

    name: str
    default: str | bool
    part: str
    label: str
    help: str
    choices: Mapping[str, str] | None = None
    is_address: bool = False


def option(
    part: str,
    label: str,
    help: str,
    *,
    default: str | bool = "",
    choices: Mapping[str, str] | None = None,
    is_address: bool = False,
) -> Any:
    """Return a field of a settings class; its name is the setting's name everywhere."""
    metadata = {"part": part, "label": label, "help": help, "choices": choices, "is_address": is_address}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """The settings of one format. Their names begin with the format's."""

    def check(self) -> None:
        """Raise WrongSettings for a combination that no export could use."""


Own = TypeVar("Own", bound=OwnSettings)


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Settings of all formats. Every default works."""

    rights: str = option(
        EVERY_FORMAT,
        "Rights",
        "Address of a rights statement or license, e.g. https://rightsstatements.org/vocab/InC/1.0/.",
    )
    publisher: str = option(
        EVERY_FORMAT, "Holder", "The institution that holds the originals, as it should appear in records."
    )
    untitled: str = option(
        EVERY_FORMAT,
        "Title of untitled documents",
        "{kind} is the type or “document,” {pages} is “page 12” or “pages 12–14” in scan order, and {number} is the "
        "document number.",
        default="Untitled {kind}, {pages}",
    )
    use_drafts: bool = option(
        EVERY_FORMAT,
        "Use drafts",
        "If no title, type, or date was entered, the export uses the draft and marks it as not checked.",
        default=False,
    )
    comments: bool = option(
        EVERY_FORMAT,
        "Comments",
        "Tables and JSON include people’s comments on each document, with their usernames.",
        default=False,
    )
    base_url: str = option(
        ADDRESSES,
        "Address of this site",
        "The address that others use, e.g. https://desk.example.org. Manifest and image addresses begin with it. Leave "
        "blank to use the address of this installation.",
        is_address=True,
    )
    image_service: str = option(
        ADDRESSES,
        "IIIF image service",
        "Address that contains {pid} or {identifier}, e.g. https://repository.library.brown.edu/iiif/image/{pid}. "
        "Images are loaded from there. Leave blank to load them from this site.",
        is_address=True,
    )
    image_service_version: str = option(
        ADDRESSES,
        "Image service version",
        "The version given in the service’s info.json.",
        default="2",
        choices={"2": "IIIF Image API 2", "3": "IIIF Image API 3"},
    )
    published: bool = option(
        ADDRESSES, "Published", "Anyone can view confirmed documents over IIIF without signing in.", default=False
    )
    own: Mapping[type[OwnSettings], OwnSettings] = field(default_factory=dict)
    """Settings of single formats; a format without an entry has its defaults."""

    def of(self, kind: type[Own]) -> Own:
        """Return the settings of a format."""
        own = self.own.get(kind)
        return own if isinstance(own, kind) else kind()

    def check(self) -> None:
        """Raise WrongSettings for values that no export could use."""
        if self.image_service and not re.search(r"\{(pid|identifier)\}", self.image_service):
            raise WrongSettings(
                "The export setting image_service contains neither {pid} nor {identifier}, so every page would show "
                "the same scan. Add one of them.",
                "image_service",
            )
        if not self.untitled.strip() or not re.fullmatch(r"(?:[^{}]|\{kind\}|\{pages\}|\{number\})*", self.untitled):
            raise WrongSettings(
                "The export setting untitled can contain {kind}, {pages}, and {number}, but no other braces.",
                "untitled",
            )


def options_of(kind: type[ExportSettings | OwnSettings]) -> list[Option]:
    """Return the settings that a class holds, in order."""
    return [Option(name=one.name, default=_default(one), **one.metadata) for one in fields(kind) if one.metadata]


def _default(one: Field[Any]) -> str | bool:
    assert isinstance(one.default, str | bool)  # `option` sets it
    return one.default
