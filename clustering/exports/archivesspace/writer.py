"""ArchivesSpace's bulk import template for digital objects, whose columns its importer identifies by their codes.

https://docs.archivesspace.org (bulk import of digital objects). The importer compares the first row, so it must not
change; the second one is for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from clustering.engine.description import Details
from clustering.engine.edtf import is_edtf, is_in_order
from clustering.exports.archivesspace.settings import ArchivesSpaceSettings
from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.dates import plain_date
from clustering.exports.delimited import Paragraphs, csv_pieces, pages_csv
from clustering.exports.naming import (
    extent_of,
    genre_uri,
    is_person,
    local_id,
    manifest_url,
    origin,
    ranges,
    title_of,
    vocabulary_of,
)

FIRST_CELL = "ArchivesSpace digital object import field codes (please don't edit this row)"
CODES = (
    FIRST_CELL,
    *[
        "collection_id",
        "ead",
        "ref_id",
        "res_uri",
        "ao_ref_id",
        "ao_uri",
        "digital_object_id",
        "digital_object_title",
        "digital_object_publish",
        "level",
        "digital_object_type",
        "restrictions",
        "dates_label",
        "begin",
        "end",
        "date_type",
        "expression",
        "date_certainty",
        "dates_label_2",
        "begin_2",
        "end_2",
        "date_type_2",
        "expression_2",
        "date_certainty_2",
        "rep_file_uri",
        "rep_use_statement",
        "rep_xlink_actuate_attribute",
        "rep_xlink_show_attribute",
        "rep_file_format",
        "rep_file_format_version",
        "rep_file_size",
        "rep_checksum",
        "rep_checksum_method",
        "rep_caption",
        "nonrep_file_uri",
        "nonrep_publish",
        "nonrep_use_statement",
        "nonrep_xlink_actuate_attribute",
        "nonrep_xlink_show_attribute",
        "nonrep_file_format",
        "nonrep_file_format_version",
        "nonrep_file_size",
        "nonrep_checksum",
        "nonrep_checksum_method",
        "nonrep_caption",
        "note_type",
        "note_label",
        "note_publish",
        "note_content",
        "note_type_2",
        "note_label_2",
        "note_publish_2",
        "note_content_2",
        "people_agent_record_id_1",
        "people_agent_header_1",
        "people_agent_role_1",
        "people_agent_relator_1",
        "people_agent_record_id_2",
        "people_agent_header_2",
        "people_agent_role_2",
        "people_agent_relator_2",
        "people_agent_record_id_3",
        "people_agent_header_3",
        "people_agent_role_3",
        "people_agent_relator_3",
        "people_agent_record_id_4",
        "people_agent_header_4",
        "people_agent_role_4",
        "people_agent_relator_4",
        "people_agent_record_id_5",
        "people_agent_header_5",
        "people_agent_role_5",
        "people_agent_relator_5",
        "families_agent_record_id_1",
        "families_agent_header_1",
        "families_agent_role_1",
        "families_agent_relator_1",
        "families_agent_record_id_2",
        "families_agent_header_2",
        "families_agent_role_2",
        "families_agent_relator_2",
        "corporate_entities_agent_record_id_1",
        "corporate_entities_agent_header_1",
        "corporate_entities_agent_role_1",
        "corporate_entities_agent_relator_1",
        "corporate_entities_agent_record_id_2",
        "corporate_entities_agent_header_2",
        "corporate_entities_agent_role_2",
        "corporate_entities_agent_relator_2",
        "corporate_entities_agent_record_id_3",
        "corporate_entities_agent_header_3",
        "corporate_entities_agent_role_3",
        "corporate_entities_agent_relator_3",
        "subject_1_record_id",
        "subject_1_term",
        "subject_1_type",
        "subject_1_source",
        "subject_2_record_id",
        "subject_2_term",
        "subject_2_type",
        "subject_2_source",
        "portion",
        "number",
        "extent_type",
        "container_summary",
        "physical_details",
        "dimensions",
        "portion_2",
        "number_2",
        "extent_type_2",
        "container_summary_2",
        "physical_details_2",
        "dimensions_2",
    ],
)
TEMPLATE = f"{','.join(CODES)}\r\n{','.join(code.replace('_', ' ') for code in CODES)}\r\n".encode()
"""Both header rows."""
CERTAINTY = {"~": "approximate", "?": "questionable", "%": "questionable"}
EXTENT_TYPES = frozenset(
    {
        "cassettes", "cubic_feet", "gigabytes", "leaves", "linear_feet", "megabytes", "photographic_prints",
        "photographic_slides", "reels", "sheets", "terabytes", "volumes",
    }
)  # fmt: skip
"""The controlled list "Extent Type" of every ArchivesSpace. It lacks "pages", which a repository may add."""
RESOURCE = re.compile(r"/repositories/\d+/resources/\d+")
SUBJECT_SOURCES = frozenset({"aat", "lcsh", "tgn"})
"""The vocabularies of terms here that are in the controlled list "Subject Source" of every ArchivesSpace."""
_TAG = re.compile(r"</?[a-zA-Z]+>")
"""If a note contains one of these, the importer treats it as XML and refuses the row if that isn't well-formed."""


def write_archivesspace(material: Material) -> Iterator[File]:
    """Yield the bulk template of digital objects: its two header rows, then one row per group."""

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            cells = _row(material, group)
            yield [cells.get(code, "") for code in CODES]

    def lines() -> Iterator[bytes]:
        pieces = csv_pieces(CODES, rows())
        yield TEMPLATE
        yield next(pieces).split(b"\r\n", 1)[1]
        yield from pieces

    yield "archivesspace.csv", lines()
    yield pages_csv(material)


def _row(material: Material, group: GroupRecord) -> dict[str, object]:
    options = material.settings.of(ArchivesSpaceSettings)
    cells: dict[str, object] = {
        "ead": "" if options.archivesspace_resource else options.archivesspace_ead,
        "res_uri": options.archivesspace_resource,
        "ao_uri" if options.archivesspace_object.startswith("/") else "ao_ref_id": options.archivesspace_object,
        "digital_object_id": local_id(material.collection, group),
        "digital_object_title": title_of(group, material.settings),
        "digital_object_publish": "FALSE" if group.is_machine_proposed else "TRUE",
        "digital_object_type": "text",
        "rep_file_uri": manifest_url(material, group),
        "rep_caption": _caption(group),
        "portion": "whole",
        "number": len(group.pages),
        "extent_type": options.archivesspace_extent,
        "physical_details": extent_of(group),
        "note_type": "processinfo",
        "note_content": _note(origin(group)),
    }
    notes = [text for text in (group.details.summary, group.note) if text]
    if notes:
        kind = "summary" if group.details.summary else "note"
        cells |= {"note_type_2": kind, "note_content_2": _note("\n\n".join(notes))}
    if group.kind and group.kind != "other":
        source = "aat" if vocabulary_of(genre_uri(group)) == "aat" else "local"
        cells |= {"subject_1_term": group.kind, "subject_1_type": "genre_form", "subject_1_source": source}
    if group.details.box:
        cells["container_summary"] = group.details.box
    return cells | _agents(group.details) | _subject(group.details) | _dates(group.date)


def _caption(group: GroupRecord) -> str:
    places = sorted(page.position for page in group.pages)
    return f"{'Page' if len(places) == 1 else 'Pages'} {ranges(places)}"


def has_more(group: GroupRecord) -> bool:
    """Whether something was entered that has no column in the template, apart from the language, which never has
    one."""
    details = group.details
    names = len(details.creators) + len(details.people)
    held = sum("_agent_header_" in column for column in _agents(details))
    several = len(details.subjects) + len(details.places) > 1
    return several or names > held or bool(details.rights or details.identifier)


def _agents(details: Details) -> dict[str, object]:
    """Return creators and people, as far as the template has columns: names with a comma as people, others as corporate
    entities."""
    cells: dict[str, object] = {}
    free = {"people": iter(range(1, 6)), "corporate_entities": iter(range(1, 4))}
    terms = [(term, "creator") for term in details.creators] + [(term, "subject") for term in details.people]
    for term, role in terms:
        kind = "people" if is_person(term.label) else "corporate_entities"
        column = next(free[kind], None)
        if column is not None:
            cells |= {f"{kind}_agent_header_{column}": term.label, f"{kind}_agent_role_{column}": role}
    return cells


def _subject(details: Details) -> dict[str, object]:
    """Return the first subject, or else the first place: besides the type, the template has one column for subjects."""
    terms = [(term, "topical") for term in details.subjects] + [(term, "geographic") for term in details.places]
    if not terms:
        return {}
    term, kind = terms[0]
    vocabulary = vocabulary_of(term.uri)
    source = vocabulary if vocabulary in SUBJECT_SOURCES else "local"
    return {"subject_2_term": term.label, "subject_2_type": kind, "subject_2_source": source}


def _note(text: str) -> str:
    return Paragraphs(escape(text) if _TAG.search(text) else text)


def _dates(date: str) -> dict[str, object]:
    """Return EDTF as ArchivesSpace stores it: begin and end in ISO 8601, the whole as expression, certainty
    separately."""
    if not date:
        return {}
    cells: dict[str, object] = {"dates_label": "creation", "date_type": "single", "expression": date}
    if not (is_edtf(date) and is_in_order(date)):
        return cells
    first, _, last = date.partition("/")
    cells["begin"] = _iso(first)
    if "/" in date:
        cells |= {"date_type": "inclusive", "end": _iso(last)}
    elif re.fullmatch(r"\d{4}-\d{4}", years := plain_date(date)):  # a decade or a century
        cells |= {"date_type": "inclusive", "begin": years[:4], "end": years[5:]}
    marks = [CERTAINTY[mark] for mark in re.findall("[~?%]", date)]
    if marks:
        cells["date_certainty"] = marks[0]
    return cells


def _iso(part: str) -> str:
    """Return 1959-03-12, 1959-03, or 1959, as far as it is known; empty for a decade or an open end."""
    match = re.match(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?(?![\dX])", part)
    return "-".join(filter(None, match.groups())) if match else ""
