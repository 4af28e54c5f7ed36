"""The template of descriptions: by collection and type, typed, and what the browser makes of it."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from clustering.engine.description import FIELDS
from clustering.engine.description_template import USUAL, FieldRule, template_of
from clustering.models import Group, User
from tests.conftest import MakeCollection

PLACE = "/c/afl/settings/description/"


def form(**changed: str) -> dict[str, str]:
    """Every control as it is at first, but for these."""
    fields = {f"{field.name}-use": USUAL[field.name].use for field in FIELDS}
    fields |= {f"{field.name}-default": "" for field in FIELDS}
    fields |= {f"{field.name}-repeatable": "on" for field in FIELDS if field.holds == "terms"}
    return {name: value for name, value in {**fields, **changed}.items() if value != "off"}


def signed(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_is_kept_for_all_types_and_for_one(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection("afl")
    client = signed(sam)
    assert client.get(PLACE).status_code == 200
    asked = form(**{"box-use": "hidden", "rights-default": "In copyright", "creators-repeatable": "off"})
    assert client.post(PLACE, asked, follow=True).status_code == 200
    letters = {**asked, "creators-use": "required", "box-use": "shown"}
    client.post(f"{PLACE}?kind=letter", letters)
    collection.refresh_from_db()
    assert collection.read_settings().description == {
        "": {
            "box": {"use": "hidden", "default": "", "repeatable": True},
            "creators": {"use": "shown", "default": "", "repeatable": False},
            "rights": {"use": "shown", "default": "In copyright", "repeatable": True},
        },
        "letter": {
            "box": {"use": "shown", "default": "", "repeatable": True},
            "creators": {"use": "required", "default": "", "repeatable": False},
        },
    }
    page = client.get("/c/afl/").content.decode()
    match = re.search(r'id="desk-config" type="application/json">(.*?)</script>', page)
    assert match is not None
    templates = json.loads(match[1])["description"]["templates"]
    assert templates["letter"]["creators"] == {"use": "required", "default": "", "repeatable": False}
    assert templates["letter"]["rights"]["default"] == templates[""]["rights"]["default"] == "In copyright"
    client.post(f"{PLACE}?kind=letter", asked)
    collection.refresh_from_db()
    assert list(collection.read_settings().description) == [""]


def test_it_offers_the_types_that_people_entered_each_once(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection("afl", groups=[1, 1, 1])
    for group, kind in zip(collection.groups.order_by("number"), ("last will", "Letter", ""), strict=True):
        Group.objects.filter(pk=group.pk).update(kind=kind)
    kinds = signed(sam).get(PLACE).context["kinds"]
    assert "last will" in kinds
    assert [kind for kind in kinds if kind.casefold() == "letter"] == ["letter"]


def test_it_refuses_what_is_no_use_and_people_who_are_not_staff(
    make_collection: MakeCollection, sam: User, alice: User
) -> None:
    collection = make_collection("afl")
    assert signed(sam).post(PLACE, form(**{"title-use": "sometimes"})).status_code == 422
    refused = signed(sam).post(PLACE, form(**{"date-default": "sometime", "language-default": "no such language"}))
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["date-default", "language-default"]
    assert signed(alice).get(PLACE).status_code in {403, 404}
    collection.refresh_from_db()
    assert "description" not in collection.settings
    fine = form(**{"date-default": "c. 1964", "language-default": "Spanish", "people-default": "Chavez, Cesar; Huerta"})
    assert signed(sam).post(PLACE, fine).status_code == 302


@pytest.mark.parametrize(
    "kept", [None, 3, [], {"": 3}, {"": {"title": 3}}, {"": {"title": {"use": "x", "default": 3}}}]
)
def test_anything_that_cannot_be_meant_counts_as_not_set(kept: object) -> None:
    assert template_of(kept) == USUAL
    assert template_of({"": {"title": {"use": "hidden"}}}, "letter")["title"] == FieldRule("hidden")
