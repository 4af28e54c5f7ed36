"""Settings of Tropy."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class TropySettings(OwnSettings):
    """The template of its items."""

    tropy_template: str = option(
        SYSTEMS,
        "Tropy: template",
        "URI of the item template.",
        default="https://tropy.org/v1/templates/generic",
        is_address=True,
    )
