"""CSV: one row per page, or one row per group."""

from __future__ import annotations

from collections.abc import Iterator

from clustering.engine.description import as_text
from clustering.exports.contract import ExportedPage, GroupRecord, Material
from clustering.exports.delimited import guarded_table
from clustering.exports.naming import (
    extent_of,
    genre_uri,
    local_id,
    manifest_url,
    one_line,
    origin,
    ranges,
    rights_of,
    title_of,
)
from clustering.exports.tables.settings import TablesSettings

COLUMNS = (
    "identifier",
    "position",
    "group",
    "group_order",
    "state",
    "pid",
    "filename",
    "title",
    "kind",
    "kind_uri",
    "date",
    "language",
    "note",
    "page_count",
    "role",
    "machine_proposed",
    "confidence",
    "confirmed_by",
    "confirmed_at",
    "split_from",
    "run",
    "method",
    "draft_title",
    "draft_kind",
    "draft_date",
    "sha256",
    "width",
    "height",
    "rotation",
    "page_label",
    "accepted_drafts",
    "unchecked_drafts",
    "creators",
    "subjects",
    "people",
    "places",
    "summary",
    "rights",
    "box",
    "local_identifier",
    "copy_of",
    "pages_left_out",
)
GROUP_COLUMNS = (
    "dcterms:identifier", "dcterms:title", "dcterms:type", "dcterms:date", "dcterms:language", "dcterms:description",
    "dcterms:extent", "dcterms:isPartOf", "dcterms:source", "dcterms:hasPart", "dcterms:rights", "dcterms:publisher",
    "dcterms:provenance", "group", "kind", "state", "machine_proposed", "confirmed_by", "confirmed_at", "split_from",
    "scan_order", "manifest", "accepted_drafts", "unchecked_drafts",
    "dcterms:creator", "dcterms:subject", "people", "dcterms:spatial", "dcterms:abstract", "box", "local_identifier",
    "copy_of",
)  # fmt: skip
_DETAILS = ("creators", "subjects", "people", "places", "summary", "rights", "box", "identifier")
PARTS = "|"
"""Separates the identifiers of a group's pages."""


def write_pages(material: Material) -> Iterator[str]:
    """Yield the full table: one row per page, with the description of its group."""
    rows = ((*page_row(group, page), *remarks(group)) for group in material.groups for page in group.pages)
    return guarded_table((*COLUMNS, *also(material)), rows, bom=material.settings.of(TablesSettings).csv_bom)


def write_groups(material: Material) -> Iterator[str]:
    """Yield one row per group, with columns named as in Dublin Core where it has them."""
    rows = ((*group_row(material, group), *remarks(group)) for group in material.groups)
    return guarded_table((*GROUP_COLUMNS, *also(material)), rows, bom=material.settings.of(TablesSettings).csv_bom)


def also(material: Material) -> tuple[str, ...]:
    """Return the header of the last column, if the settings ask for it."""
    return ("comments",) if material.settings.comments else ()


def remarks(group: GroupRecord) -> tuple[str, ...]:
    """Return the comments on a group as one cell, one per line; no cell unless the settings ask for it."""
    if group.comments is None:
        return ()
    return ("\n".join(f"{one.created[:10]} {one.author}: {one_line(one.text)}" for one in group.comments),)


def group_row(material: Material, group: GroupRecord) -> tuple[object, ...]:
    """Return the row of one group, one value per column of GROUP_COLUMNS."""
    names = [page.identifier for page in group.pages]
    return (
        local_id(material.collection, group),
        title_of(group, material.settings),
        genre_uri(group) or group.kind,
        group.date,
        group.language,
        group.note,
        extent_of(group),
        one_line(material.collection.title),
        f"{names[0]} – {names[-1]}" if len(names) > 1 else "".join(names),
        PARTS.join(names),
        rights_of(material, group),
        material.settings.publisher,
        origin(group),
        group.number,
        group.kind,
        group.state,
        int(group.is_machine_proposed),
        group.confirmed_by,
        group.confirmed_at,
        group.split_from,
        ranges(sorted(page.position for page in group.pages), "-"),
        "" if group.is_machine_proposed else manifest_url(material, group),
        " ".join(group.accepted_drafts),
        " ".join(group.unchecked_drafts),
        *(as_text(name, group.details) for name in _DETAILS if name != "rights"),
        group.copy_of,
    )


def page_row(group: GroupRecord, page: ExportedPage) -> tuple[object, ...]:
    """Return the row of one page, one value per column."""
    return (
        page.identifier,
        page.position,
        group.number,
        page.sequence,
        group.state,
        page.pid,
        page.filename,
        group.title,
        group.kind,
        genre_uri(group),
        group.date,
        group.language,
        group.note,
        len(group.pages),
        page.role,
        int(group.is_machine_proposed),
        None if group.confidence is None else round(group.confidence, 4),
        group.confirmed_by,
        group.confirmed_at,
        group.split_from,
        group.run,
        group.method,
        group.draft_title,
        group.draft_kind,
        group.draft_date,
        page.sha256,
        page.width,
        page.height,
        page.rotation,
        page.label,
        " ".join(group.accepted_drafts),
        " ".join(group.unchecked_drafts),
        *(as_text(name, group.details) for name in _DETAILS),
        group.copy_of,
        group.pages_left_out,
    )
