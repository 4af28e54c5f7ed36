"""Settings of Islandora Workbench."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, WrongSettings, option

FACTS = (
    "identifier", "genre", "date", "language", "description", "rights", "extent", "note", "creators", "subjects",
    "people", "places", "summary", "box", "local",
)  # fmt: skip
"""Values of a document that can go into a field of an Islandora."""
SEVERAL = ("creators", "subjects", "people", "places")
"""Those that hold several names."""
DESCRIBED = ("creators", "subjects", "people", "places", "summary", "box", "local", "description", "date", "genre")
"""Those that people entered: without a field, they are missing from the export."""


@dataclass(frozen=True, slots=True)
class IslandoraSettings(OwnSettings):
    """Address of the Islandora, and names of its fields and terms."""

    islandora_host: str = option(
        SYSTEMS,
        "Islandora: address",
        "The address of your Islandora site.",
        default="https://islandora.example.org",
        is_address=True,
    )
    islandora_model: str = option(
        SYSTEMS, "Islandora: document model", "Term ID or URI of Paged Content.", default="28"
    )
    islandora_page_model: str = option(SYSTEMS, "Islandora: page model", "Term ID or URI of Page.", default="29")
    islandora_collection: str = option(
        SYSTEMS, "Islandora: collection", "Node ID of the collection that documents are added to."
    )
    islandora_fields: str = option(
        SYSTEMS,
        "Islandora: fields",
        "Your site’s field for each value, e.g. genre=field_genre. Omit values that you have no field for. Write "
        "“none” to export only titles.",
        default="identifier=field_local_identifier genre=field_genre date=field_edtf_date_created "
        "language=field_language description=field_description rights=field_rights extent=field_extent note=field_note",
    )

    def _field_pairs(self) -> list[tuple[str, str, str]]:
        """Return each value with its field and the prefix of its names."""
        pairs = [pair.partition("=") for pair in self.islandora_fields.split() if self.islandora_fields != "none"]
        fields = [(fact, rest.partition(":")) for fact, _, rest in pairs]
        return [(fact, name, prefix) for fact, (name, _, prefix) in fields]

    def columns(self) -> dict[str, str]:
        """Return the fields by value. Raises WrongSettings."""
        pairs = self._field_pairs()
        for fact, name, prefix in pairs:
            is_sound = re.fullmatch(r"[a-z0-9_]+", name) and re.fullmatch(
                r"(?:\w+|\{agent\})(?::\w+|:\{agent\})*|", prefix
            )
            if fact not in FACTS or not is_sound or (prefix and fact not in SEVERAL):
                raise WrongSettings(
                    "The export setting islandora_fields contains %(pair)s, which is not valid. Write pairs such as "
                    "genre=field_genre. The values you can export are %(facts)s.",
                    "islandora_fields",
                    pair=f"{fact}={name}{prefix and ':'}{prefix}",
                    facts=", ".join(FACTS),
                )
        columns = {fact: name for fact, name, _ in pairs}
        if len(set(columns.values())) < len(pairs):
            raise WrongSettings(
                "The export setting islandora_fields uses a value or a field twice. Give each value its own field.",
                "islandora_fields",
            )
        return columns

    def prefixes(self) -> dict[str, str]:
        """Return the prefix of each name, such as relators:cre:person, by value."""
        return {fact: prefix for fact, _, prefix in self._field_pairs() if prefix}

    def check(self) -> None:
        """Raise WrongSettings."""
        self.columns()
