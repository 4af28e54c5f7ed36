"""What tables have to be told."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import TABLES, OwnSettings, option


@dataclass(frozen=True, slots=True)
class TablesSettings(OwnSettings):
    """Of both tables for people."""

    csv_bom: bool = option(
        TABLES,
        "Byte order mark in CSV",
        "For older Excel, which otherwise takes UTF-8 for something else.",
        default=False,
    )
