"""What Brown's repository has to be told."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class BdrSettings(OwnSettings):
    """Where pages stay."""

    bdr_collection: str = option(
        SYSTEMS,
        "Brown: keep pages in",
        "Pid of the folder, e.g. bdr:9r3a8c4a, whose isPartOf each page keeps beside its new parent; empty: the new "
        "parent takes its place.",
    )
