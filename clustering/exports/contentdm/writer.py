"""CONTENTdm, directory structure: one folder per document with its table, its scans, and its text."""

from __future__ import annotations

from collections.abc import Iterator

from clustering.engine.description import labels
from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.dates import plain_date
from clustering.exports.delimited import joined, pages_csv
from clustering.exports.drafts import corrected
from clustering.exports.naming import (
    file_stem,
    image_name,
    label_of,
    local_id,
    one_line,
    origin,
    rights_of,
    subjects_of,
    title_of,
)
from clustering.exports.packing import upright_pieces

CONTENTDM_COLUMNS = (
    "Title", "Identifier", "Type", "Date", "Date EDTF", "Language", "Description", "Rights", "Provenance",
    "Creator", "Subject", "Place", "Summary", "Box", "Local Identifier", "File Name",
)  # fmt: skip


def write_contentdm(material: Material) -> Iterator[File]:
    """Yield each object's folder: a tab-delimited text of the same name, scans/, and transcripts/."""
    for group in material.groups:
        name = file_stem(local_id(material.collection, group))
        yield f"contentdm/{name}/{name}.txt", [_contentdm_table(material, group)]
        for page in group.pages:
            yield f"contentdm/{name}/scans/{image_name(page)}", upright_pieces(material.image(page), page.rotation)
            text = "\n".join(line.text for line in material.lines(page))
            yield f"contentdm/{name}/transcripts/{page.sequence:04}.txt", [text.encode(errors="replace")]
    yield pages_csv(material)


def _contentdm_table(material: Material, group: GroupRecord) -> bytes:
    """Return tab-separated lines without quotes and without a final line break: a blank line would be another item."""

    def row(*cells: str) -> str:
        return "\t".join(one_line(cell) for cell in cells)

    details = group.details
    rows = [
        row(*CONTENTDM_COLUMNS),
        row(
            title_of(group, material.settings), local_id(material.collection, group), group.kind,
            plain_date(group.date), group.date, group.language, group.note,
            rights_of(material, group), origin(group) + corrected(group), joined(labels(details.creators)),
            joined(labels(subjects_of(group))), joined(labels(details.places)), details.summary, details.box,
            details.identifier, "",
        ),
    ]  # fmt: skip
    for page in group.pages:
        called = label_of(page, otherwise=f"Page {page.sequence}")
        rows.append(row(called, page.identifier, *[""] * (len(CONTENTDM_COLUMNS) - 3), image_name(page)))
    return "\r\n".join(rows).encode()
