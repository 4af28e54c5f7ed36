"""What a document is in MODS follows from its type: pictures, maps, and scores are not text."""

from __future__ import annotations

import pytest

from clustering.engine.description import Details
from clustering.engine.vocabularies import genres
from clustering.exports.mods.resource_types import resource_type
from tests.exports.conftest import MakeMaterial, group_record
from tests.exports.test_targets import parsed, written

GENRES = {term.label: term.uri for term in genres()}


@pytest.mark.parametrize(
    ("kind", "uri", "resource"),
    [
        ("photograph", GENRES["photographs"], "still image"),
        ("map", GENRES["maps (documents)"], "cartographic"),
        ("score", GENRES["scores"], "notated music"),
        ("leaflet", GENRES["pamphlets"], "text"),
        ("photograph", "https://terms.example.org/300046300", "text"),
        ("", "", "text"),
    ],
)
def test_a_record_says_what_its_document_is(kind: str, uri: str, resource: str, make_material: MakeMaterial) -> None:
    material = make_material([group_record(1, [1], kind=kind, details=Details(kind_uri=uri))])
    record = parsed(written(material, "mods")["mods/afl-cio-1.xml"])
    assert record.findtext(".//{*}typeOfResource") == resource


def test_genres_that_are_no_text_are_known() -> None:
    pictured = {
        "photograph",
        "drawing",
        "print",
        "poster",
        "portrait",
        "sketch",
        "cartoon",
        "map",
        "score",
        "recording",
    }
    missed = [label for label in GENRES if any(word in label.split(" (")[0] for word in pictured)]
    texts = {label for label in missed if resource_type(GENRES[label]) == "text"}
    assert texts == {"printed ephemera"}
