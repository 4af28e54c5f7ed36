"""What Tropy has to be told."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class TropySettings(OwnSettings):
    """How its items look."""

    tropy_template: str = option(
        SYSTEMS,
        "Tropy: template",
        "URI of the item template.",
        default="https://tropy.org/v1/templates/generic",
        is_address=True,
    )
