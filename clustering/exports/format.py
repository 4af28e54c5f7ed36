"""What a format is: how it writes, what holds for it, what has to be so before it is written, what it must be told.

Each format declares all of this in the folder that has its writer and its guide; `registry.py` finds the folders.
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
"""error: refused there, or wrong. warning: it goes in, and somebody will miss something. note: good to know."""


class Purpose(StrEnum):
    """What a format is for: the headings under which formats are offered, in this order."""

    TABLES = "Tables and data"
    RECORDS = "Library records and viewers"
    REPOSITORIES = "Repositories and catalogs"
    READING = "Reading and preservation"


class Addresses(StrEnum):
    """What becomes of the addresses of this desk in an export."""

    NONE = "none"
    NAMED = "named"
    """They are in it, and it is of use without them."""
    FOLLOWED = "followed"
    """Somebody's system or viewer opens them."""


def _for_all(chosen: ExportFormat) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One thing that is looked at in each document."""

    code: str
    level: Level
    broken: Callable[[Material, GroupRecord], int]
    """How many documents, pages or records of the group break it."""
    message: str
    """A sentence with {n} and {one|many}."""
    remedy: str
    checks: str
    """Half a sentence: what is so where the rule is kept."""
    applies: Callable[[ExportFormat], bool] = _for_all
    blocks: bool = False
    """Whether no file can be made where it is broken."""

    def message_of(self, count: int) -> str:
        """Return the message for so many."""
        counted = self.message.replace("{n}", f"{count:,}")
        return re.sub(r"\{([^{}|]*)\|([^{}|]*)\}", lambda match: match[1 if count == 1 else 2], counted)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CollectionRule:
    """One thing that is looked at once."""

    code: str
    level: Level
    broken: Callable[[Material, int, int], bool]
    """From the material, the number of groups and that of pages."""
    message: str
    remedy: str
    applies: Callable[[ExportFormat], bool] = _for_all
    blocks: bool = False


class Judge(ABC):
    """Makes what goes out and asks whether it is sound."""

    rule: Rule
    """What it reports; `broken` is not asked."""

    @abstractmethod
    def problem(self, material: Material, group: GroupRecord) -> str:
        """Return what is wrong, or empty."""


MakeJudge = Callable[[Material, Path | None], Judge | None]
"""From the material and a folder with schemas; None where there is nothing to judge by."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WholeJudge:
    """Judges a file as a whole, which has to be held in memory for that."""

    rule: Rule
    most_pages: int
    problem: Callable[[Material, Path | None], str | None]
    """What is wrong, or empty; None where there is nothing to judge by."""


def none_broken(material: Material, group: GroupRecord) -> int:
    """For rules that a judge breaks."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """One way to write groups down: as one text (`write`), or as files, of which the first may stand alone."""

    name: str
    label: str
    description: str
    """One sentence."""
    purpose: Purpose
    place: int
    """Among those of its purpose: the smallest number is offered first."""
    media_type: str
    suffix: str
    """Of the one file, or ".zip" where there are several that belong together."""
    write: Write | None = None
    files: Files | None = None

    describes: bool = True
    """Whether it says what documents are: title, kind, date."""
    names_kinds: bool = True
    """Whether the kind of a document has a place in it."""
    of_documents: bool = True
    """Whether it holds documents and nothing else, so that without any it is empty."""
    as_entered: bool = False
    """Whether texts go out letter by letter as they were typed, control characters included."""
    only_edtf: bool = False
    """Whether a date that is not EDTF is wrong there."""
    holds_scans: bool = False
    """Whether the scans themselves are in it, so that its size is theirs."""
    holds_pictures: bool = False
    """Whether pictures are drawn into it, which takes as long as scans do."""
    shows_images: bool = False
    """Whether what it leads to shows each page's image."""
    addresses: Addresses = Addresses.NONE
    states_rights: bool = False
    states_holder: bool = False

    settings: type[OwnSettings] | None = None
    """What it has to be told that no other format asks."""
    rules: tuple[Rule | CollectionRule, ...] = ()
    """What must be so for it alone."""
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
