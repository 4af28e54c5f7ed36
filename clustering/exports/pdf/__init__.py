"""PDF: a searchable one for each document."""

from __future__ import annotations

from clustering.exports.format import ZIP, ExportFormat, Purpose
from clustering.exports.pdf.writer import write_pdf

FORMATS = (
    ExportFormat(
        name="pdf",
        label="PDF, searchable",
        description="A PDF a document: the scans as they are, with what was read as text that can be searched.",
        purpose=Purpose.READING,
        place=2,
        media_type=ZIP,
        suffix="-pdf.zip",
        files=write_pdf,
        names_kinds=False,
        holds_scans=True,
    ),
)
