"""The database itself refuses what must never be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Field, Model

from clustering.models import Collection, Edit, Embedding, Group, Page, SavedFilter, Team, User
from clustering.models.embedding import write_vectors
from clustering.models.user import BY_NAME
from clustering.selectors.collection_list import ids_of
from tests.conftest import MakeCollection


def test_it_refuses_two_pages_at_one_position(make_collection: MakeCollection) -> None:
    collection = make_collection(pages=2)
    with pytest.raises(IntegrityError, match="page_position_is_unique"):
        Page.objects.filter(collection=collection, position=2).update(position=1)


def test_it_refuses_two_pages_at_one_place_in_a_group(make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[3])
    with pytest.raises(IntegrityError, match="page_group_order_is_unique"), transaction.atomic():
        Page.objects.filter(collection=collection, position=2).update(group_order=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_it_refuses_a_page_in_a_group_of_another_collection(make_collection: MakeCollection) -> None:
    make_collection("one", groups=[1])
    other = make_collection("two", groups=[1])
    stranger = Group.objects.get(collection=other)
    with pytest.raises(IntegrityError, match="page_group_is_of_its_collection"), transaction.atomic():
        Page.objects.filter(collection__slug="one").update(group=stranger, group_order=2)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_it_refuses_an_order_without_a_group(make_collection: MakeCollection) -> None:
    make_collection(pages=1)
    with pytest.raises(IntegrityError, match="page_has_group_and_order_or_neither"):
        Page.objects.update(group_order=1)


def test_it_deletes_a_collection_with_all_that_hangs_on_it(make_collection: MakeCollection) -> None:
    make_collection(groups=[2, 1])
    Collection.objects.all().delete()
    assert not Page.objects.exists()
    assert not Group.objects.exists()


NAMES = ["(AFL)", "007", "Ärger 2", "arger 10", "No. 9", "no. 110", "No. 1004", "Straße 1", "Strasse 2", "Zoo"]


def test_lists_are_in_the_order_in_which_people_look_for_names(alice: User) -> None:
    for place, name in enumerate(reversed(NAMES)):
        Collection.objects.create(slug=f"c{place}", title=name)
        Team.objects.create(name=name)
        SavedFilter.objects.create(owner=alice, name=name, address="?")
        User.objects.create(username=f"u{place}", first_name=name)
    assert ids_of(Collection.objects.all()) == list(Collection.objects.values_list("pk", flat=True))
    people = User.objects.exclude(pk=alice.pk).order_by(*BY_NAME).values_list("first_name", flat=True)
    assert [
        list(Collection.objects.values_list("title", flat=True)),
        list(Team.objects.values_list("name", flat=True)),
        list(SavedFilter.objects.values_list("name", flat=True)),
        list(people),
    ] == [NAMES] * 4


def test_nothing_names_djangos_own_user() -> None:
    """`auth.User` is swapped for ours: its manager is gone, and a foreign key to it would end in no table."""
    theirs = re.compile(r"contrib\.auth\.models import .*\bUser\b|[\"']auth\.User[\"']")
    root = Path(__file__).resolve().parents[1]
    files = [file for folder in ("clustering", "hhreview", "tests", "bench") for file in (root / folder).rglob("*.py")]
    assert len(files) > 500
    assert [str(file) for file in files if file != Path(__file__) and theirs.search(file.read_text("utf-8"))] == []


CHOOSING = [
    (model, field)
    for model in apps.get_app_config("clustering").get_models()
    for field in model._meta.get_fields()
    if isinstance(field, Field) and field.choices and (model, field.name) != (Edit, "verb")
]
"""Every field with choices. A new act is a file of its own and no migration, so its verb is the registry's to know."""


@pytest.mark.django_db
@pytest.mark.parametrize("model, field", CHOOSING, ids=[f"{model.__name__}.{field.name}" for model, field in CHOOSING])
def test_the_database_knows_the_choices_of_every_field(model: type[Model], field: Field[Any, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
            [model._meta.db_table],
        )
        about = [text for (text,) in cursor.fetchall() if re.search(rf"\b{field.column}\b[^=]*=", text)]
    known = {value for text in about for value in re.findall(r"'([^']*)'|(?<=[\[ ])(\d+)(?=[\],])", text)}
    choices = {str(value) for value, _ in field.flatchoices} | ({""} if field.blank else set())
    assert {text or number for text, number in known} == choices


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["", "  ", "\u3000"])
def test_a_collection_without_a_title_is_called_by_its_short_name(title: str) -> None:
    made = Collection.objects.create(slug="afl", title=title)
    assert Collection.objects.get().title == "afl"
    made.title = title
    made.save(update_fields=["title"])
    assert Collection.objects.get().title == "afl"


def test_vectors_are_kept_to_the_last_bit_and_the_first_of_a_page_stands(make_collection: MakeCollection) -> None:
    pages = list(make_collection(pages=3).pages.order_by("position").values_list("pk", flat=True))
    vectors = np.random.default_rng(1).normal(size=(3, 1280)).astype(np.float32)
    write_vectors(pages[:2], "lite", vectors[:2])
    write_vectors(pages, "lite", vectors[::-1])
    write_vectors(pages[:1], "other", np.asarray([[0.5, -1e-30]], np.float32))
    write_vectors([], "lite", [])
    kept = [
        np.asarray(row.vector.to_list() if hasattr(row.vector, "to_list") else row.vector, np.float32)
        for row in Embedding.objects.order_by("encoder", "page__position")
    ]
    np.testing.assert_array_equal(kept[:3], [vectors[0], vectors[1], vectors[0]])
    np.testing.assert_array_equal(kept[3], np.asarray([0.5, -1e-30], np.float32))


@pytest.mark.django_db
def test_a_vector_of_no_page_is_refused_as_django_says_it() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write_vectors([10**9], "lite", np.ones((1, 3), np.float32))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
