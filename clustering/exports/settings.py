"""What an export has to be told of a collection: rights, publisher, addresses, term ids of the system it goes to.

Each field carries its words, so that the form at the desk, the command and the documentation say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

_MOST_LETTERS = 500


class WrongSettings(ValueError):
    """A setting that no export could use. The message is a full sentence that names it; `name` is the setting."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


def _unless(part: str, label: str, help: str) -> Any:
    return field(default=False, metadata={"part": part, "label": label, "help": help, "choices": None})


def _said(default: str, part: str, label: str, help: str, *, choices: Mapping[str, str] | None = None) -> Any:
    return field(default=default, metadata={"part": part, "label": label, "help": help, "choices": choices})


_ALL = "Every target"
_ADDRESSES = "Addresses and viewers"
_TABLES = "Tables"
_RECORDS = "Records and packages"
_SYSTEMS = "Systems they go to"


ISLANDORA_FACTS = ("identifier", "genre", "date", "language", "description", "rights", "extent", "note")


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """All have a default that works; `Collection.settings["export"]` holds those that differ."""

    rights: str = _said(
        "",
        _ALL,
        "Rights",
        "Address of a rights statement or licence, e.g. https://rightsstatements.org/vocab/InC/1.0/.",
    )
    publisher: str = _said("", _ALL, "Holder", "Who holds the originals, as it should stand in records.")
    untitled: str = _said(
        "Untitled {kind}, {pages}",
        _ALL,
        "Title where nobody gave one",
        "{kind} is the kind or “document”, {pages} is “page 12” or “pages 12-14” in scan order, {number} the "
        "document's number.",
    )
    base_url: str = _said(
        "http://127.0.0.1:8000",
        _ADDRESSES,
        "Address of this desk",
        "As the world sees it, e.g. https://desk.example.org; addresses of manifests and images begin with it.",
    )
    image_service: str = _said(
        "",
        _ADDRESSES,
        "IIIF image service",
        "Address with {pid} or {identifier} in it, e.g. https://repository.library.brown.edu/iiif/image/{pid}. Pages "
        "then show from there; empty: from this desk.",
    )
    image_service_version: str = _said(
        "2",
        _ADDRESSES,
        "Version of that service",
        "What its info.json says.",
        choices={"2": "IIIF Image API 2", "3": "IIIF Image API 3"},
    )
    published: bool = _unless(_ADDRESSES, "Published", "Confirmed documents may be seen over IIIF without signing in.")
    csv_bom: bool = _unless(
        _TABLES, "Byte order mark in CSV", "For older Excel, which otherwise takes UTF-8 for something else."
    )
    mods_version: str = _said(
        "3.7",
        _RECORDS,
        "MODS version",
        "What each record says it is, and what it is checked against.",
        choices={"3.7": "MODS 3.7", "3.8": "MODS 3.8"},
    )
    bag_fetch: bool = _unless(
        _RECORDS,
        "Bag without scans",
        "BagIt names the scans' addresses in fetch.txt instead of holding copies.",
    )
    bdr_collection: str = _said(
        "",
        _SYSTEMS,
        "Brown: keep pages in",
        "Pid of the folder, e.g. bdr:9r3a8c4a, whose isPartOf each page keeps beside its new parent; empty: the new "
        "parent takes its place.",
    )
    islandora_host: str = _said("https://islandora.example.org", _SYSTEMS, "Islandora: address", "Of your Islandora.")
    islandora_model: str = _said("28", _SYSTEMS, "Islandora: model of a document", "Term id or URI of Paged Content.")
    islandora_page_model: str = _said("29", _SYSTEMS, "Islandora: model of a page", "Term id or URI of Page.")
    islandora_collection: str = _said(
        "", _SYSTEMS, "Islandora: collection", "Node id that documents become members of."
    )
    islandora_fields: str = _said(
        "identifier=field_local_identifier genre=field_genre date=field_edtf_date_created language=field_language "
        "description=field_description rights=field_rights extent=field_extent note=field_note",
        _SYSTEMS,
        "Islandora: fields",
        "Which of your fields takes what, e.g. genre=field_genre; leave out what you have no field for. “none”: only "
        "titles go in.",
    )
    omeka_media: str = _said(
        "images",
        _SYSTEMS,
        "Omeka S: media",
        "What the column media_url holds.",
        choices={
            "images": "Addresses of images, one a page (media source: URL)",
            "info": "Addresses of info.json, one a page (media source: IIIF image)",
            "manifest": "The address of the manifest (media source: IIIF presentation)",
        },
    )
    archivesspace_ead: str = _said("", _SYSTEMS, "ArchivesSpace: EAD id", "Of the finding aid.")
    archivesspace_resource: str = _said(
        "", _SYSTEMS, "ArchivesSpace: resource", "Its URI, e.g. /repositories/2/resources/12, in place of the EAD id."
    )
    archivesspace_object: str = _said(
        "", _SYSTEMS, "ArchivesSpace: archival object", "Its reference ID or URI; the digital objects are linked to it."
    )
    archivesspace_extent: str = _said(
        "leaves",
        _SYSTEMS,
        "ArchivesSpace: extent type",
        "A value of your controlled list Extent Type. “pages” is only there if somebody added it.",
    )
    tropy_template: str = _said(
        "https://tropy.org/v1/templates/generic", _SYSTEMS, "Tropy: template", "URI of the template of items."
    )

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> ExportSettings:
        """Read what is stored. Raises WrongSettings."""
        known = {one.name: one for one in fields(cls)}
        for name, value in (stored or {}).items():
            if name not in known:
                raise WrongSettings(f"There is no export setting {name!r}. Known are {', '.join(known)}.", name)
            wanted = bool if known[name].type == "bool" else str
            if not isinstance(value, wanted):
                kind = "true or false" if wanted is bool else "a text"
                raise WrongSettings(f"The export setting {name} is {value!r}. Write {kind}.", name)
            choices = known[name].metadata["choices"]
            if choices and value not in choices:
                raise WrongSettings(
                    f"The export setting {name} is {value!r}. Choose one of {', '.join(choices)}.", name
                )
        made = cls(**(stored or {}))
        made._check()
        return made

    def changed(self, told: Mapping[str, str]) -> ExportSettings:
        """These settings with some told anew in words, e.g. {"csv_bom": "true"}. Raises WrongSettings."""
        stored: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        for name, text in told.items():
            is_bool = isinstance(stored.get(name), bool)
            stored[name] = {"true": True, "false": False}.get(text.lower(), text) if is_bool else text
        return ExportSettings.from_json(stored)

    def to_json(self) -> dict[str, Any]:
        """What differs from the defaults."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}

    def islandora_columns(self) -> dict[str, str]:
        """Fields of an Islandora by what goes into them. Raises WrongSettings."""
        told = [pair.partition("=") for pair in self.islandora_fields.split() if self.islandora_fields != "none"]
        for fact, _, field_name in told:
            if fact not in ISLANDORA_FACTS or not re.fullmatch(r"[a-z0-9_]+", field_name):
                raise WrongSettings(
                    f"The export setting islandora_fields has {fact}={field_name} in it. Write pairs such as "
                    f"genre=field_genre; what can go in is {', '.join(ISLANDORA_FACTS)}.",
                    "islandora_fields",
                )
        columns = {fact: field_name for fact, _, field_name in told}
        if len(set(columns.values())) < len(told):
            raise WrongSettings(
                "The export setting islandora_fields names something twice. Give each a field of its own.",
                "islandora_fields",
            )
        return columns

    def _check(self) -> None:
        self.islandora_columns()
        for name in ("base_url", "image_service", "islandora_host", "tropy_template"):
            address = getattr(self, name)
            if address and not re.fullmatch(r"https?://[^\s/]+\S*", address):
                raise WrongSettings(
                    f"The export setting {name} is {address!r}. Write an address with http:// or https://.", name
                )
        if self.image_service and not re.search(r"\{(pid|identifier)\}", self.image_service):
            raise WrongSettings(
                "The export setting image_service has neither {pid} nor {identifier} in it, so every page would show "
                "the same scan. Put one in.",
                "image_service",
            )
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, str) and (len(value) > _MOST_LETTERS or "\n" in value):
                raise WrongSettings(
                    f"The export setting {one.name} must be one line of {_MOST_LETTERS} letters at most.", one.name
                )
        if not self.untitled.strip() or not re.fullmatch(r"(?:[^{}]|\{kind\}|\{pages\}|\{number\})*", self.untitled):
            raise WrongSettings(
                "The export setting untitled may hold {kind}, {pages} and {number}, and no other braces.", "untitled"
            )
