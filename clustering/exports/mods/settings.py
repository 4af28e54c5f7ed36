"""Settings of MODS, in every format that contains a record."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import RECORDS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class ModsSettings(OwnSettings):
    """Of every record, also inside METS and packages."""

    mods_version: str = option(
        RECORDS,
        "MODS version",
        "The version that records declare and are checked against.",
        default="3.7",
        choices={"3.7": "MODS 3.7", "3.8": "MODS 3.8"},
    )
