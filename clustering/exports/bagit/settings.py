"""Settings of BagIt."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import RECORDS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class BagitSettings(OwnSettings):
    """Whether it contains the scans."""

    bag_fetch: bool = option(
        RECORDS,
        "Bag without scans",
        "The bag lists the scans’ addresses in fetch.txt instead of containing the scans.",
        default=False,
    )
