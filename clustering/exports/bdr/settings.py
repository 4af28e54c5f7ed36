"""Settings of Brown's repository."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class BdrSettings(OwnSettings):
    """Where pages stay."""

    bdr_collection: str = option(
        SYSTEMS,
        "Brown: keep pages in folder",
        "Pid of a folder, e.g. bdr:9r3a8c4a, that each page stays part of in addition to its new parent. Leave blank "
        "to make pages part of the new parent only.",
    )
