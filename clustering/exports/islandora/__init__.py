"""Islandora Workbench: a table that lists each document and then its pages, and a configuration file."""

from __future__ import annotations

from clustering.exports.format import ZIP, ExportFormat, Purpose
from clustering.exports.islandora.rules import RULES
from clustering.exports.islandora.settings import IslandoraSettings
from clustering.exports.islandora.writer import write_islandora

FORMATS = (
    ExportFormat(
        name="islandora",
        label="Islandora Workbench",
        description="A table that lists each document and then its pages, and a configuration file.",
        purpose=Purpose.REPOSITORIES,
        place=2,
        media_type=ZIP,
        suffix="-islandora.zip",
        files=write_islandora,
        states_rights=True,
        settings=IslandoraSettings,
        rules=RULES,
    ),
)
