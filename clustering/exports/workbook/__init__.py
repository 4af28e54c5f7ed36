"""Excel: sheets of documents and pages, and runs compared page by page."""

from __future__ import annotations

from clustering.exports.format import XLSX, ExportFormat, Purpose
from clustering.exports.workbook.rules import LONG_CELL, MANY_ROWS
from clustering.exports.workbook.writer import write_comparison, write_xlsx

FORMATS = (
    ExportFormat(
        name="xlsx",
        label="Excel, documents and pages",
        description="One sheet of documents and one sheet of pages.",
        purpose=Purpose.TABLES,
        place=3,
        media_type=XLSX,
        suffix=".xlsx",
        files=write_xlsx,
        states_rights=True,
        rules=(LONG_CELL, MANY_ROWS),
    ),
    ExportFormat(
        name="comparison",
        label="Excel, proposals compared",
        description="Each page with its thumbnail, and its document in each proposal and in review.",
        purpose=Purpose.TABLES,
        place=4,
        media_type=XLSX,
        suffix="-comparison.xlsx",
        files=write_comparison,
        describes=False,
        of_documents=False,
        holds_pictures=True,
        rules=(MANY_ROWS,),
    ),
)
