"""The two documents that the pages of docs/reference/exports/ show in every target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clustering.engine.description import Details, NamedTerm
from clustering.exports.contract import CollectionRecord, ComparedPage, ComparedRuns, Material
from clustering.exports.settings import ExportSettings
from tests.exports.conftest import LINES, adjusted, group_record

COLLECTION = CollectionRecord(slug="afl-cio", title="AFL-CIO ephemera", identifier="HH018977")
SETTINGS = adjusted(
    ExportSettings(),
    rights="http://rightsstatements.org/vocab/InC/1.0/",
    publisher="A University Library",
    base_url="https://desk.example.org",
    published=True,
    image_service="https://repository.library.brown.edu/iiif/image/{pid}",
    islandora_collection="112",
    islandora_host="https://islandora.example.edu",
    archivesspace_ead="HH018977",
    archivesspace_object="8f3ac0b1",
)
GROUPS = [
    group_record(
        12,
        [14, 15],
        title='Don\'t buy "scab" lettuce',
        kind="flyer",
        date="1970~",
        note="Printed on both sides.",
        details=Details(
            creators=(NamedTerm("United Farm Workers", "https://names.example.org/united-farm-workers"),),
            subjects=(NamedTerm("Boycotts"), NamedTerm("Agricultural laborers")),
            people=(NamedTerm("Chavez, Cesar"),),
            places=(NamedTerm("Salinas (Calif.)"),),
            summary="Asks shoppers not to buy lettuce picked by strikebreakers.",
            box="Box 3, folder 2",
        ),
    ),
    group_record(13, [16, 17, 19], title="", kind="letter", date="1959-03-12", split_from=12),
]


def example(scan: Path) -> Material:
    """With `scan` behind every page."""
    groups = [replace(g, pages=tuple(replace(p, size_bytes=148_213) for p in g.pages)) for g in GROUPS]
    compared = [ComparedPage(page, g.number, g.number, (g.number,), None) for g in groups for page in g.pages]
    return Material(
        COLLECTION, groups, SETTINGS, lambda page: scan, lambda page: LINES, lambda: ComparedRuns(("run 3",), compared)
    )
