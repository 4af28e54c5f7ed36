"""Tropy: JSON-LD for its item import."""

from __future__ import annotations

from clustering.exports.format import Addresses, ExportFormat, Purpose
from clustering.exports.tropy.settings import TropySettings
from clustering.exports.tropy.writer import write_tropy

FORMATS = (
    ExportFormat(
        name="tropy",
        label="Tropy",
        description="JSON-LD with one item per document and the recognized text as notes.",
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
