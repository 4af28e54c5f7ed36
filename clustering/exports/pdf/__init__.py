"""PDF: one searchable file per document."""

from __future__ import annotations

from clustering.exports.format import ZIP, ExportFormat, Purpose
from clustering.exports.pdf.writer import write_pdf

FORMATS = (
    ExportFormat(
        name="pdf",
        label="Searchable PDF, one per document",
        description="The original scans, with the recognized text for searching and copying.",
        purpose=Purpose.READING,
        place=2,
        media_type=ZIP,
        suffix="-pdf.zip",
        files=write_pdf,
        names_kinds=False,
        holds_scans=True,
    ),
)
