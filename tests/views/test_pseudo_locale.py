"""Every page in a language made of marks: what stands in no marks, no catalog knows."""

from __future__ import annotations

import re

import pytest

from clustering.models import User
from tests.pseudo import CODE, bare, marked
from tests.views.conftest import Signed
from tests.views.test_every_door import DESK, STAFF, named, real  # noqa: F401

pytestmark = pytest.mark.django_db

DATA = re.compile(
    r"hhreview|\bafl\w*\b|\b(?:alice|bob|carol|sam|victor|charlie)\b|\bHH\d+\w*|\btorn\b|Something\."
    r"|testserver/\S+|THE FARM WORKERS ASK \d|\ba\.jpg\b"
    r"|\b(?:eng|deu|minilm|seams|family|efficientnet-lite0@\d+)\b|\{\w+\}"
    r"|\b(?:Alt|Ctrl|Esc|px|UTC)\b",
    re.I,
)
"""What is the same in every language: names, what the collection says of itself, and keys."""
DJANGOS = {"Search"}
"""Words on the picture in the search form of the admin, which Django's own template does not translate."""


def test_every_page_is_in_the_catalog(real: dict[str, str], sam: User, signed: Signed) -> None:  # noqa: F811
    here = signed(sam)
    found: dict[str, list[str]] = {}
    with marked():
        for door in [*DESK, *STAFF]:
            if door.route.startswith("api/"):
                continue
            answer = here.get(door.there(named(door, real)), headers={"Accept-Language": CODE})
            if "html" in answer.headers.get("Content-Type", "") and not answer.streaming:
                for text in bare(answer.content.decode(), DATA):
                    if not (door.route.startswith("admin/") and text in DJANGOS):
                        found.setdefault(text, []).append(door.route)
    assert found == {}


def test_a_bare_text_is_found() -> None:
    page = '<p title="⟦Yes⟧">⟦Read <b>all of⟧ ⟦it⟧</b> 3 pages</p><code>x = y</code><input placeholder="Find">'
    assert bare(page, DATA) == ["3 pages", "Find"]
