"""What an export format declares: its writer, its properties, its rules, and its settings.

Each format declares all of this in the folder with its writer and its guide; `registry.py` finds the folders.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from clustering.exports.contract import CollectionRecord, Files, GroupRecord, Material, Write
from clustering.exports.settings import OwnSettings

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
XML = "application/xml"
CSV = "text/csv; charset=utf-8"

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""error: it is rejected there, or wrong. warning: it is accepted, but something is missing. note: good to know."""


class Purpose(StrEnum):
    """What a format is for: the headings in the list of formats, in this order."""

    TABLES = "Tables and data"
    RECORDS = "Library records and viewers"
    REPOSITORIES = "Repositories and catalogs"
    READING = "Reading and preservation"


class Addresses(StrEnum):
    """How an export uses addresses of this site."""

    NONE = "none"
    NAMED = "named"
    """It contains them, and is useful without them."""
    FOLLOWED = "followed"
    """Another system or a viewer opens them."""


def _for_all(chosen: ExportFormat) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One thing that is checked in each document."""

    code: str
    level: Level
    broken: Callable[[Material, GroupRecord], int]
    """Returns how many documents, pages, or records of the group break it."""
    message: str
    """A sentence with {n} and {one|many}."""
    remedy: str
    checks: str
    """Half a sentence: what is true if the rule is kept."""
    applies: Callable[[ExportFormat], bool] = _for_all
    blocks: bool = False
    """Whether no file can be written if it is broken."""

    def message_of(self, count: int) -> str:
        """Return the message for this count."""
        counted = self.message.replace("{n}", f"{count:,}")
        return re.sub(r"\{([^{}|]*)\|([^{}|]*)\}", lambda match: match[1 if count == 1 else 2], counted)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CollectionRule:
    """One thing that is checked once per export."""

    code: str
    level: Level
    broken: Callable[[Material, int, int], bool]
    """Takes the material, the number of groups, and the number of pages."""
    message: str
    remedy: str
    applies: Callable[[ExportFormat], bool] = _for_all
    blocks: bool = False


class Judge(ABC):
    """Makes the record of each document and validates it."""

    rule: Rule
    """What it reports. Its `broken` is not called."""

    @abstractmethod
    def problem(self, material: Material, group: GroupRecord) -> str:
        """Return what is wrong, or empty."""


MakeJudge = Callable[[Material, Path | None], Judge | None]
"""Takes the material and a folder with schemas. Returns None if there is nothing to validate with."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WholeJudge:
    """Validates a whole file, which has to be in memory for that."""

    rule: Rule
    most_pages: int
    problem: Callable[[Material, Path | None], str | None]
    """Returns what is wrong, or an empty string; None if there is nothing to validate with."""


def none_broken(material: Material, group: GroupRecord) -> int:
    """Return 0: for rules that a judge reports."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """One way to write groups: as one text (`write`), or as files, of which the first may be used alone."""

    name: str
    label: str
    description: str
    """One sentence."""
    purpose: Purpose
    place: int
    """Its order among formats of the same purpose, the smallest first."""
    media_type: str
    suffix: str
    """Of the one file, or ".zip" for several files that belong together."""
    write: Write | None = None
    files: Files | None = None

    describes: bool = True
    """Whether it has titles, kinds, and dates."""
    names_kinds: bool = True
    """Whether it has the kind of a document."""
    of_documents: bool = True
    """Whether it has nothing but documents, so that it is empty without any."""
    as_entered: bool = False
    """Whether it has texts exactly as they were typed, including control characters."""
    only_edtf: bool = False
    """Whether dates have to be EDTF."""
    holds_scans: bool = False
    """Whether it contains the scans themselves, and is as large as they are."""
    holds_pictures: bool = False
    """Whether it contains drawn pictures, which take as long as scans."""
    shows_images: bool = False
    """Whether the system that it is for shows each page's image."""
    addresses: Addresses = Addresses.NONE
    states_rights: bool = False
    states_holder: bool = False

    settings: type[OwnSettings] | None = None
    """Settings that only this format has."""
    rules: tuple[Rule | CollectionRule, ...] = ()
    """Rules that only this format has."""
    judges: tuple[MakeJudge, ...] = ()
    whole: WholeJudge | None = None

    @property
    def is_zip(self) -> bool:
        """Whether it is several files that belong together."""
        return self.suffix.endswith(".zip")

    @property
    def is_heavy(self) -> bool:
        """Whether writing it takes the time of reading scans."""
        return self.holds_scans or self.holds_pictures

    def filename(self, collection: CollectionRecord) -> str:
        """Return the name under which it is offered for download."""
        return f"{collection.slug}{self.suffix}"
