"""Settings of tables."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import TABLES, OwnSettings, option


@dataclass(frozen=True, slots=True)
class TablesSettings(OwnSettings):
    """Of both tables for people."""

    csv_bom: bool = option(
        TABLES,
        "Byte order mark in CSV",
        "Older versions of Excel need it to read UTF-8 correctly.",
        default=False,
    )
