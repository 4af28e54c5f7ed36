"""CSV: one row per page, one row per document, and the page lists alone."""

from __future__ import annotations

from clustering.exports.delimited import write_arrangement
from clustering.exports.format import CSV, ExportFormat, Purpose
from clustering.exports.tables.settings import TablesSettings
from clustering.exports.tables.writer import write_groups, write_pages

FORMATS = (
    ExportFormat(
        name="csv",
        label="CSV, one row per page",
        description="For spreadsheets. Lists each page with its document and the document’s description.",
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
        label="CSV, one row per document",
        description="For catalogs. Lists title, type, date, extent, and pages in Dublin Core columns.",
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
        description="Only which page belongs to which document, so that any system can rebuild the documents.",
        purpose=Purpose.TABLES,
        place=7,
        media_type=CSV,
        suffix="-pages.csv",
        write=write_arrangement,
        describes=False,
    ),
)
