"""Islandora Workbench: a table in which each document is followed by its pages, and a configuration."""

from __future__ import annotations

from clustering.exports.format import ZIP, ExportFormat, Purpose
from clustering.exports.islandora.rules import RULES
from clustering.exports.islandora.settings import IslandoraSettings
from clustering.exports.islandora.writer import write_islandora

FORMATS = (
    ExportFormat(
        name="islandora",
        label="Islandora Workbench",
        description="A table in which each document is followed by its pages, and a configuration.",
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
