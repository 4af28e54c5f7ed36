"""JSON: one object, or one line per document."""

from __future__ import annotations

from clustering.exports.format import ExportFormat, Purpose
from clustering.exports.json_files.writer import write_json, write_json_lines

FORMATS = (
    ExportFormat(
        name="json",
        label="JSON, one entry per document",
        description="For programs. Lists each document with its pages in reading order.",
        purpose=Purpose.TABLES,
        place=5,
        media_type="application/json",
        suffix=".json",
        write=write_json,
        as_entered=True,
    ),
    ExportFormat(
        name="jsonl",
        label="JSON Lines, one line per document",
        description="For programs that read one document at a time.",
        purpose=Purpose.TABLES,
        place=6,
        media_type="application/x-ndjson",
        suffix=".jsonl",
        write=write_json_lines,
        as_entered=True,
    ),
)
