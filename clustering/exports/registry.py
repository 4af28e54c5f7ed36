"""All formats, by name: the command and the download on the page offer the same."""

from __future__ import annotations

from clustering.exports import json_lines, tables
from clustering.exports.contract import ExportFormat

FORMATS: dict[str, ExportFormat] = {
    known.name: known
    for known in (
        ExportFormat(
            "csv",
            "CSV, a row a page",
            "Opens in any spreadsheet: each page with its group and what is known of it.",
            "text/csv; charset=utf-8",
            ".csv",
            tables.write_pages,
        ),
        ExportFormat(
            "json",
            "JSON, an entry a group",
            "For programs: each group with its pages in reading order.",
            "application/json",
            ".json",
            json_lines.write_json,
        ),
        ExportFormat(
            "jsonl",
            "JSON Lines, a line a group",
            "For programs that read as they go.",
            "application/x-ndjson",
            ".jsonl",
            json_lines.write_json_lines,
        ),
        ExportFormat(
            "pages",
            "pages.csv",
            "The bare arrangement, from which any system can rebuild the groups.",
            "text/csv; charset=utf-8",
            "-pages.csv",
            tables.write_arrangement,
        ),
    )
}
"""In the order in which they are offered."""
