"""Tropy: JSON-LD that its import of items takes."""

from __future__ import annotations

from clustering.exports.format import Addresses, ExportFormat, Purpose
from clustering.exports.tropy.settings import TropySettings
from clustering.exports.tropy.writer import write_tropy

FORMATS = (
    ExportFormat(
        name="tropy",
        label="Tropy",
        description="JSON-LD that Tropy imports: an item a document, what was read as notes.",
        purpose=Purpose.READING,
        place=1,
        media_type="application/ld+json",
        suffix="-tropy.json",
        files=write_tropy,
        addresses=Addresses.FOLLOWED,
        states_rights=True,
        settings=TropySettings,
    ),
)
