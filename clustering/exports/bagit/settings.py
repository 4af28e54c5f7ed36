"""What a bag has to be told."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import RECORDS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class BagitSettings(OwnSettings):
    """Whether the scans are in it."""

    bag_fetch: bool = option(
        RECORDS,
        "Bag without scans",
        "BagIt names the scans' addresses in fetch.txt instead of holding copies.",
        default=False,
    )
