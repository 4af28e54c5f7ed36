"""Omeka S, module CSV Import: one row per item."""

from __future__ import annotations

from clustering.exports.format import ZIP, Addresses, ExportFormat, Purpose
from clustering.exports.omeka_s.rules import RULES
from clustering.exports.omeka_s.settings import OmekaSettings
from clustering.exports.omeka_s.writer import write_omeka

FORMATS = (
    ExportFormat(
        name="omeka-s",
        label="Omeka S, CSV Import",
        description="One row per document, with Dublin Core columns and the addresses of its pages.",
        purpose=Purpose.REPOSITORIES,
        place=3,
        media_type=ZIP,
        suffix="-omeka-s.zip",
        files=write_omeka,
        shows_images=True,
        addresses=Addresses.FOLLOWED,
        states_rights=True,
        settings=OmekaSettings,
        rules=RULES,
    ),
)
