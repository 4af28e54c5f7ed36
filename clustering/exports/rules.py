"""What must be so for each target, told from records and settings: each rule with its words and its remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clustering.engine.edtf import is_edtf
from clustering.exports.archivesspace.writer import EXTENT_TYPES, RESOURCE
from clustering.exports.contract import GroupRecord, Material
from clustering.exports.dates import plain_date
from clustering.exports.delimited import FORMULA_STARTS
from clustering.exports.iiif.writer import rights_uri
from clustering.exports.naming import clean, genre_uri, one_line, service_url, title_of
from clustering.exports.omeka_s.writer import for_php
from clustering.exports.settings import ExportSettings

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""error: refused there, or wrong. warning: it goes in, and somebody will miss something. note: good to know."""

ALL = frozenset(
    {
        "csv", "groups", "xlsx", "comparison", "json", "jsonl", "pages", "mods", "mets", "iiif", "bdr", "islandora",
        "omeka-s", "archivesspace", "contentdm", "tropy", "pdf", "bagit",
    }
)  # fmt: skip
DESCRIBED = ALL - {"pages", "comparison"}
XML = frozenset({"mods", "mets", "bdr", "bagit"})
ADDRESSED = frozenset({"mets", "iiif", "omeka-s", "archivesspace", "tropy", "bagit"})
SCANS = frozenset({"contentdm", "pdf", "bagit"})
_LONGEST_DRUPAL_TITLE = 255
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_575


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked at in each document."""

    code: str
    level: Level
    targets: frozenset[str]
    unit: str
    """document, page, record …, of which `broken` counts."""
    broken: Callable[[Material, GroupRecord], int]
    message: str
    """A sentence with {n} and {one|many}."""
    remedy: str
    checks: str
    """Half a sentence: what is so where the rule is kept."""

    def said(self, count: int) -> str:
        """The message for so many."""
        counted = self.message.replace("{n}", f"{count:,}")
        return re.sub(r"\{([^{}|]*)\|([^{}|]*)\}", lambda match: match[1 if count == 1 else 2], counted)


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is looked at once."""

    code: str
    level: Level
    targets: frozenset[str]
    broken: Callable[[Material, int, int], bool]
    """From the material, the number of groups and that of pages."""
    message: str
    remedy: str


def _pages(found: Callable[[Material, GroupRecord, int], bool]) -> Callable[[Material, GroupRecord], int]:
    return lambda material, group: sum(found(material, group, at) for at in range(len(group.pages)))


def _texts(group: GroupRecord) -> tuple[str, ...]:
    return group.title, group.note, group.kind, group.date


def _formulas(material: Material, group: GroupRecord) -> int:
    return int(
        any(one_line(text).startswith(FORMULA_STARTS) for text in (title_of(group, material.settings), group.note))
    )


_AT_THE_DESK = "Enter it at the desk"
ABOUT_GROUPS: tuple[Rule, ...] = (
    Rule(
        "no-pages", "error", ALL, "document", lambda material, group: int(not group.pages),
        "{n} {document has|documents have} no pages.", "Report this: it should never be so.",
        "every document has pages",
    ),
    Rule(
        "scan-gone", "error", SCANS, "page", _pages(lambda m, g, at: not _there(m, g, at)),
        "The {scan of one page is|scans of {n} pages are} not in the media store.",
        "Import the folder again: pages that are known keep their place, and only the files come back.",
        "every scan is in the media store",
    ),
    Rule(
        "no-pid", "error", frozenset({"bdr"}), "page", _pages(lambda m, g, at: not g.pages[at].pid),
        "{n} {page has|pages have} no repository id (pid), so the repository cannot find {it|them}.",
        "Import them under names that end in __bdr_<id>, or from the repository itself.",
        "every page has its repository id",
    ),
    Rule(
        "no-edtf", "error", XML, "document", lambda m, g: int(bool(g.date) and not is_edtf(g.date)),
        "The date of {one document is|{n} documents are} not EDTF, and goes out without saying that it is.",
        "Write 1959, 1959-03 or 1964~ at the desk.", "every date is EDTF",
    ),
    Rule(
        "no-edtf", "warning", DESCRIBED - XML, "document", lambda m, g: int(bool(g.date) and not is_edtf(g.date)),
        "The date of {one document is|{n} documents are} not EDTF.", "Write 1959, 1959-03 or 1964~ at the desk.",
        "every date is EDTF",
    ),
    Rule(
        "long-title", "error", frozenset({"islandora"}), "document",
        lambda m, g: int(len(title_of(g, m.settings)) > _LONGEST_DRUPAL_TITLE - len(", page 0000")),
        f"{{n}} {{title is|titles are}} longer than the {_LONGEST_DRUPAL_TITLE} letters that Drupal takes.",
        "Shorten at the desk; the rest can stand in the note.",
        "every title is short enough for Drupal",
    ),
    Rule(
        "long-cell", "warning", frozenset({"xlsx"}), "document",
        lambda m, g: int(any(len(text) > _LONGEST_CELL for text in _texts(g))),
        f"{{n}} {{note is|notes are}} longer than the {_LONGEST_CELL:,} letters that a cell holds, and will be cut.",
        "Use CSV, which holds any length.", "everything fits into its cell",
    ),
    Rule(
        "no-title", "warning", DESCRIBED, "document", lambda m, g: int(not one_line(g.title)),
        "{n} {document has|documents have} no title and will be called by kind and pages.",
        f"{_AT_THE_DESK}, under “Title, kind and date”. Or leave it: “Untitled flyer, pages 12-14” is a name too.",
        "every document has a title",
    ),
    Rule(
        "no-term", "note", DESCRIBED - {"pdf"}, "document", lambda m, g: int(bool(g.kind) and not genre_uri(g)),
        "The kind of {one document|{n} documents} has no term in the Art & Architecture Thesaurus.",
        "It goes out as a word. Choose another kind at the desk where one fits.",
        "every kind that is given has its term in the Art & Architecture Thesaurus",
    ),
    Rule(
        "control", "note", DESCRIBED - {"csv", "groups", "json", "jsonl"}, "document",
        lambda m, g: int(any(clean(text) != text for text in _texts(g))),
        "{n} {document has|documents have} control characters in title or note; they are left out.",
        "Nothing has to be done. To be rid of them, type the text anew at the desk.",
        "no text has control characters",
    ),
    Rule(
        "bar", "note", frozenset({"omeka-s"}), "document",
        lambda m, g: int("|" in g.title or "|" in g.note),
        "{n} {document has|documents have} a vertical bar in title or note, which divides cells there; it becomes "
        "a slash.",
        "Nothing has to be done.", "no text has the bar that divides cells",
    ),
    Rule(
        "backslash", "note", frozenset({"omeka-s"}), "document",
        lambda m, g: int(any(for_php(text) != one_line(text) for text in _texts(g))),
        "{n} {document has|documents have} a backslash before a quotation mark or at the end of a text, which would "
        "swallow the rest of the file there; it is doubled.",
        "Nothing has to be done.", "no text has a backslash that Omeka's reader would misread",
    ),
    Rule(
        "formula", "warning", frozenset({"archivesspace"}), "document", _formulas,
        "{n} {document has|documents have} a title or note that a spreadsheet program would take for a formula.",
        "Upload the file as it is. To edit it first, open it with all columns imported as text.",
        "no text looks like a formula",
    ),
    Rule(
        "formula", "note", frozenset({"omeka-s", "islandora", "contentdm"}), "document", _formulas,
        "{n} {document has|documents have} a title or note that a spreadsheet program would take for a formula.",
        "Upload the file as it is. To edit it first, open it with all columns imported as text.",
        "no text looks like a formula",
    ),
    Rule(
        "plain-date", "note", frozenset({"contentdm"}), "document",
        lambda m, g: int(plain_date(g.date) != g.date),
        "The date of {one document|{n} documents} is more than a date field of CONTENTdm holds.",
        "Map Date to the date field, where 1970~ becomes 1970, and Date EDTF to a text field that keeps it whole.",
        "every date is one that a date field of CONTENTdm takes",
    ),
    Rule(
        "no-service", "warning", frozenset({"iiif", "omeka-s"}), "page",
        _pages(lambda m, g, at: bool(m.settings.image_service) and not service_url(m, g.pages[at])),
        "{n} {page has|pages have} no pid, so the image service cannot show {it|them}; this desk does.",
        "Give the pages pids by importing them anew, or put {identifier} into the service's address.",
        "every page has an address at the image service",
    ),
    Rule(
        "turned", "warning", frozenset({"omeka-s"}), "page",
        _pages(lambda m, g, at: m.settings.omeka_media == "info" and bool(g.pages[at].rotation)),
        "{n} {page lies|pages lie} the wrong way, and info.json shows {it|them} so.",
        "Choose addresses of images or the manifest in the export settings: both show pages upright.",
        "every page stands upright",
    ),
    Rule(
        "turned", "note", frozenset({"iiif"}), "page",
        _pages(lambda m, g, at: bool(g.pages[at].rotation and service_url(m, g.pages[at]))),
        "{n} {page was|pages were} scanned the wrong way. Viewers show {it|them} upright, but whole, without tiles.",
        "Nothing has to be done.", "every page that is shown by tiles was scanned upright",
    ),
    Rule(
        "scan-gone", "error", frozenset({"islandora"}), "page",
        _pages(lambda m, g, at: bool(g.pages[at].rotation) and not _there(m, g, at)),
        "The {scan of one page|scans of {n} pages} that must be turned {is|are} not in the media store.",
        "Import the folder again: pages that are known keep their place, and only the files come back.",
        "every scan that must be turned is in the media store",
    ),
)  # fmt: skip


def _there(material: Material, group: GroupRecord, at: int) -> bool:
    return material.image(group.pages[at]).is_file()


_LOCAL = re.compile(r"https?://(?:127\.|localhost|\[::1\])")
_DEFAULT = ExportSettings()
ABOUT_COLLECTION: tuple[Setting, ...] = (
    Setting(
        "empty", "warning", ALL - {"comparison"}, lambda m, groups, pages: groups == 0 and not m.everything,
        "It is empty: there are no confirmed groups yet.",
        "Confirm some at the desk, or take the proposals as well.",
    ),
    Setting(
        "none-at-all", "warning", ALL - {"comparison"}, lambda m, groups, pages: groups == 0 and m.everything,
        "It is empty: there are no groups at all.", "Propose some first.",
    ),
    Setting(
        "proposals", "note", ALL - {"comparison"}, lambda m, groups, pages: m.everything and groups > 0,
        "Documents that nobody confirmed are in it, marked as proposed by machine wherever the target allows it.",
        "Take the confirmed ones only for a repository that is to keep them.",
    ),
    Setting(
        "many-rows", "error", frozenset({"xlsx", "comparison"}), lambda m, groups, pages: pages > _MOST_ROWS,
        f"A sheet holds {_MOST_ROWS:,} rows, and there are more pages.", "Use CSV, which holds any number.",
    ),
    Setting(
        "local-address", "error", ADDRESSED - {"bagit", "mets"},
        lambda m, groups, pages: bool(_LOCAL.match(m.settings.base_url)) and groups > 0,
        "The address of this desk is set to this very machine, so nobody else can follow the addresses in the export.",
        "Set “Address of this desk” in the export settings to the address that others use.",
    ),
    Setting(
        "local-address", "warning", frozenset({"mets", "bagit"}),
        lambda m, groups, pages: bool(_LOCAL.match(m.settings.base_url)) and groups > 0,
        "The address of this desk is set to this very machine, so nobody else can follow the addresses in the export.",
        "Set “Address of this desk” in the export settings to the address that others use.",
    ),
    Setting(
        "not-published", "warning", frozenset({"iiif", "omeka-s", "archivesspace", "tropy"}),
        lambda m, groups, pages: not m.settings.published and groups > 0,
        "The addresses in it open only for people who are signed in at this desk.",
        "Tick “Published” in the export settings once everybody may see what is confirmed.",
    ),
    Setting(
        "no-image-service", "note", frozenset({"iiif", "omeka-s"}),
        lambda m, groups, pages: not m.settings.image_service and groups > 0,
        "No image service is set: viewers load each scan whole from this desk, and cannot zoom in by tiles.",
        "If the scans are in a repository with IIIF images, name its address in the export settings.",
    ),
    Setting(
        "no-info", "warning", frozenset({"omeka-s"}),
        lambda m, groups, pages: m.settings.omeka_media == "info" and not m.settings.image_service,
        "Omeka S is to load info.json, but no image service is set; addresses of images go out instead.",
        "Name the image service, or choose another kind of media.",
    ),
    Setting(
        "no-rights", "note",
        DESCRIBED - {"csv", "json", "jsonl", "xlsx", "pdf", "bdr", "archivesspace"},
        lambda m, groups, pages: not m.settings.rights,
        "No rights are stated.", "Write the address of a rights statement in the export settings.",
    ),
    Setting(
        "rights-no-uri", "warning", frozenset({"iiif"}),
        lambda m, groups, pages: bool(m.settings.rights) and not rights_uri(m),
        "The rights are no address of Creative Commons or RightsStatements.org, the only ones that IIIF takes; they go "
        "among the metadata.",
        "Write such an address in the export settings if one fits.",
    ),
    Setting(
        "no-holder", "note", frozenset({"mods", "mets", "bagit", "iiif"}),
        lambda m, groups, pages: not m.settings.publisher,
        "Who holds the originals is not stated.", "Write it under “Holder” in the export settings.",
    ),
    Setting(
        "islandora-host", "warning", frozenset({"islandora"}),
        lambda m, groups, pages: m.settings.islandora_host == _DEFAULT.islandora_host,
        "The configuration names an Islandora that is only an example.",
        "Set its address in the export settings, or in workbench.yml.",
    ),
    Setting(
        "islandora-collection", "warning", frozenset({"islandora"}),
        lambda m, groups, pages: not m.settings.islandora_collection,
        "Documents become members of no collection.",
        "Set the node id of the collection in the export settings, or fill field_member_of in.",
    ),
    Setting(
        "archivesspace-place", "error", frozenset({"archivesspace"}),
        lambda m, groups, pages: not (m.settings.archivesspace_ead or m.settings.archivesspace_resource),
        "Neither the EAD id nor the resource is set, and the importer takes no row without one.",
        "Set one of them in the export settings, or fill the column ead or res_uri in.",
    ),
    Setting(
        "archivesspace-object", "error", frozenset({"archivesspace"}),
        lambda m, groups, pages: not m.settings.archivesspace_object,
        "The archival object that the digital objects belong to is not set, and the importer takes no row without it.",
        "Set it in the export settings, or fill the column ao_ref_id in for each row.",
    ),
    Setting(
        "archivesspace-resource", "error", frozenset({"archivesspace"}),
        lambda m, groups, pages: bool(
            m.settings.archivesspace_resource and not RESOURCE.fullmatch(m.settings.archivesspace_resource)
        ),
        "The resource is not written the way the importer compares it, so it refuses every row.",
        "Write its URI, such as /repositories/2/resources/12, in the export settings.",
    ),
    Setting(
        "archivesspace-extent", "warning", frozenset({"archivesspace"}),
        lambda m, groups, pages: m.settings.archivesspace_extent not in EXTENT_TYPES,
        "The extent type is not in ArchivesSpace's own list, and the importer drops an extent whose type it does not "
        "know.",
        "Add the type to the controlled value list Extent Type there first, or choose leaves in the export settings.",
    ),
)  # fmt: skip
