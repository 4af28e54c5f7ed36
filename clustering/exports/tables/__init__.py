"""CSV: a row a page, a row a document, and the bare arrangement."""

from __future__ import annotations

from clustering.exports.delimited import write_arrangement
from clustering.exports.format import CSV, ExportFormat, Purpose
from clustering.exports.tables.settings import TablesSettings
from clustering.exports.tables.writer import write_groups, write_pages

FORMATS = (
    ExportFormat(
        name="csv",
        label="CSV, a row a page",
        description="Opens in any spreadsheet: each page with its document and what is known about it.",
        purpose=Purpose.TABLES,
        place=1,
        media_type=CSV,
        suffix=".csv",
        write=write_pages,
        as_entered=True,
        settings=TablesSettings,
    ),
    ExportFormat(
        name="groups",
        label="CSV, a row a document",
        description="A catalog as a table: title, type, date, extent, and pages under Dublin Core names.",
        purpose=Purpose.TABLES,
        place=2,
        media_type=CSV,
        suffix="-groups.csv",
        write=write_groups,
        as_entered=True,
        states_rights=True,
        settings=TablesSettings,
    ),
    ExportFormat(
        name="pages",
        label="pages.csv",
        description="The bare arrangement, from which any system can rebuild the documents.",
        purpose=Purpose.TABLES,
        place=7,
        media_type=CSV,
        suffix="-pages.csv",
        write=write_arrangement,
        describes=False,
    ),
)
