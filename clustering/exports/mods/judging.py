"""Validate MODS records with their schema, if installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clustering.exports.contract import GroupRecord, Material
from clustering.exports.format import Judge, Rule, none_broken
from clustering.exports.mods import writer
from clustering.exports.mods.settings import ModsSettings
from clustering.exports.schemas import mods_schema


class ModsJudge(Judge):
    """Makes the record of each document and validates it."""

    rule = Rule(
        code="mods-schema",
        level="error",
        broken=none_broken,
        message="{n} MODS {record does|records do} not match {its|their} schema.",
        remedy="Check the title, date, and note of these documents for unusual characters. If there are none, report "
        "this message.",
        checks="every MODS record matches its schema",
    )

    def __init__(self, schema: Any) -> None:
        self.schema = schema

    def problem(self, material: Material, group: GroupRecord) -> str:
        """Return the schema's message, or empty."""
        record = writer.mods_record(material, group)
        return "" if self.schema.validate(record) else str(self.schema.error_log[0].message)


def mods_judge(material: Material, folder: Path | None) -> ModsJudge | None:
    """Return the judge; None if the schema of the chosen version isn't installed."""
    schema = mods_schema(material.settings.of(ModsSettings).mods_version, folder)
    return None if schema is None else ModsJudge(schema)
