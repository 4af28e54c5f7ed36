"""Every page in a language made of marks: what stands in no marks, no catalog knows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.utils.html import escape

from clustering.models import User
from tests.pseudo import CODE, bare, marked
from tests.views.conftest import Signed
from tests.views.door_cases import ACTS, FORMS
from tests.views.test_every_door import DESK, STAFF, aimed, filled, named, real  # noqa: F401
from tests.views.typed_cases import CASES

pytestmark = pytest.mark.django_db

DATA = re.compile(
    r"hhreview|\bafl\w*\b|\b(?:alice|bob|carol|sam|victor|charlie)\b|\bHH\d+\w*|\btorn\b|Something\."
    r"|testserver/\S+|THE FARM WORKERS ASK \d|\ba\.jpg\b"
    r"|\b(?:eng|deu|minilm|seams|family|efficientnet-lite0@\d+)\b|\{\w+\}"
    r"|\b(?:Alt|Ctrl|Esc|px|UTC)\b|\bDeutsch\b",
    re.I,
)
"""What is the same in every language: names, what the collection says of itself, and keys; and what a language is
called, which is Unicode's list and no catalog."""
TYPED = re.compile(
    rf"{DATA.pattern}|base_url|not an address|/\?status=review|Control\+w|[\w.]*\brole: Input should.*", re.I
)
"""What the forms held that are sent here, and what pydantic says of a value that no button sends."""
DJANGOS = {"Search"}
"""Words on the picture in the search form of the admin, which Django's own template does not translate."""


def test_every_page_is_in_the_catalog(real: dict[str, str], sam: User, signed: Signed) -> None:  # noqa: F811
    here = signed(sam)
    bare_texts: dict[str, list[str]] = {}
    with marked():
        for door in [*DESK, *STAFF]:
            if door.route.startswith("api/"):
                continue
            answer = here.get(door.there(named(door, real)), headers={"Accept-Language": CODE})
            if "html" in answer.headers.get("Content-Type", "") and not answer.streaming:
                for text in bare(answer.content.decode(), DATA):
                    if not (door.route.startswith("admin/") and text in DJANGOS):
                        bare_texts.setdefault(text, []).append(door.route)
    assert bare_texts == {}


def told_by(answer: Any) -> str:
    """Return what an answer says: its page, what the next one will say, or the JSON that the desk shows."""
    messages = [str(message) for message in get_messages(answer.wsgi_request)]
    kind = answer.headers.get("Content-Type", "")
    if "json" in kind and isinstance(data := answer.json(), dict):
        messages += [text for name in ("message", "detail", "look") if isinstance(text := data.get(name), str)]
    page = answer.content.decode() if "html" in kind and not answer.streaming else ""
    return page + "".join(f"<p>{escape(text)}</p>" for text in messages)


def test_every_answer_to_a_form_and_to_an_act_is_in_the_catalog(
    real: dict[str, str],  # noqa: F811
    sam: User,
    signed: Signed,
) -> None:
    """Of forms sent empty, wrong, and whole."""
    here, german = signed(sam), {"Accept-Language": CODE}
    bare_texts: dict[str, list[str]] = {}

    def look(what: str, answer: Any) -> None:
        for text in bare(told_by(answer), TYPED):
            bare_texts.setdefault(text, []).append(what)

    def whole(form: dict[str, str]) -> dict[str, str]:
        keys = {"{collection}": real["object_id"], "{user}": real["person"]}
        for room, key in keys.items():
            form = {name.replace(room, key): value.replace(room, key) for name, value in form.items()}
        return {filled(name, real): filled(value, real) for name, value in form.items()}

    with marked():
        for case in CASES.values():
            if not case.page.startswith("/admin/"):
                page = next(iter(whole({case.page: ""})))
                look(page, here.post(page, whole(case.typed | case.wrong | case.press), headers=german))
        for door in DESK:
            if door.route.startswith("api/") or door.route.endswith("/files/") or door.name == "logout":
                continue  # of files programs tell programs
            forms = [form for form in FORMS.get(door.name, []) if form.get("where") != "address"]
            for form in [{}, *forms]:
                look(door.route, here.post(door.there(named(door, real)), whole(form), headers=german))
        for verb, acts in ACTS.items():
            for act in acts:
                order = {name: aimed(value, int(real["group"])) for name, value in act.items()}
                address = f"/api/v1/collections/afl/acts/{verb}"
                look(verb, here.post(address, order, content_type="application/json", headers=german))
    assert bare_texts == {}


def test_a_bare_text_is_found() -> None:
    page = '<p title="⟦Yes⟧">⟦Read <b>all of⟧ ⟦it⟧</b> 3 pages</p><code>x = y</code><input placeholder="Find">'
    assert bare(page, DATA) == ["3 pages", "Find"]
