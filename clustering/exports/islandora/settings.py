"""What Islandora Workbench has to be told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, WrongSettings, option

FACTS = (
    "identifier", "genre", "date", "language", "description", "rights", "extent", "note", "creators", "subjects",
    "people", "places", "summary", "box", "local",
)  # fmt: skip
"""What is known of a document and has a field of an Islandora to go into."""


@dataclass(frozen=True, slots=True)
class IslandoraSettings(OwnSettings):
    """Where Islandora is, and what its fields and terms are called."""

    islandora_host: str = option(
        SYSTEMS, "Islandora: address", "Of your Islandora.", default="https://islandora.example.org", is_address=True
    )
    islandora_model: str = option(
        SYSTEMS, "Islandora: model of a document", "Term id or URI of Paged Content.", default="28"
    )
    islandora_page_model: str = option(SYSTEMS, "Islandora: model of a page", "Term id or URI of Page.", default="29")
    islandora_collection: str = option(SYSTEMS, "Islandora: collection", "Node id that documents become members of.")
    islandora_fields: str = option(
        SYSTEMS,
        "Islandora: fields",
        "Which of your fields takes what, e.g. genre=field_genre; leave out what you have no field for. “none”: only "
        "titles go in.",
        default="identifier=field_local_identifier genre=field_genre date=field_edtf_date_created "
        "language=field_language description=field_description rights=field_rights extent=field_extent note=field_note",
    )

    def columns(self) -> dict[str, str]:
        """Return the fields by what goes into them. Raises WrongSettings."""
        told = [pair.partition("=") for pair in self.islandora_fields.split() if self.islandora_fields != "none"]
        for fact, _, name in told:
            if fact not in FACTS or not re.fullmatch(r"[a-z0-9_]+", name):
                raise WrongSettings(
                    "The export setting islandora_fields has %(pair)s in it. Write pairs such as genre=field_genre; "
                    "what can go in is %(facts)s.",
                    "islandora_fields",
                    pair=f"{fact}={name}",
                    facts=", ".join(FACTS),
                )
        columns = {fact: name for fact, _, name in told}
        if len(set(columns.values())) < len(told):
            raise WrongSettings(
                "The export setting islandora_fields names something twice. Give each a field of its own.",
                "islandora_fields",
            )
        return columns

    def check(self) -> None:
        """Raise WrongSettings."""
        self.columns()
