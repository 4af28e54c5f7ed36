"""Conditions that name thousands of rows in one array."""

from __future__ import annotations

from typing import Any

from django.db import connection
from pytest_django import DjangoAssertNumQueries

from clustering.actions import merge_groups, undo_edit
from clustering.models import Edit, Page, User
from clustering.wording import Among, Overlaps, array_of
from tests.conftest import MakeCollection


def test_among_finds_what_in_finds(make_collection: MakeCollection) -> None:
    collection = make_collection(pages=6)
    some = list(collection.pages.order_by("position").values_list("pk", flat=True))[1:4]
    assert set(Page.objects.filter(Among("pk", some))) == set(Page.objects.filter(pk__in=some))
    assert set(Page.objects.exclude(Among("pk", some))) == set(Page.objects.exclude(pk__in=some))


def test_of_no_ids_nothing_is_asked(
    make_collection: MakeCollection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_collection(pages=2)
    with django_assert_num_queries(0):
        assert not Page.objects.filter(Among("pk", [])).exists()
    assert Page.objects.exclude(Among("pk", [])).count() == 2


def test_among_follows_references_to_other_tables(make_collection: MakeCollection) -> None:
    first, second = make_collection("one", pages=2), make_collection("two", pages=3)
    pages = Page.objects.filter(Among("collection", [second.pk]))
    assert pages.count() == 3
    assert not pages.filter(Among("collection__pk", [first.pk])).exists()


def test_overlaps_finds_what_overlap_finds(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(pages=2)
    for sequence, groups in enumerate(([1, 2], [2, 3], [4], []), start=1):
        Edit.objects.create(
            collection=collection, sequence=sequence, actor=alice, verb="split", before=[], after=[], groups=groups
        )
    wanted = Edit.objects.filter(groups__overlap=[3, 2, 9]).values_list("sequence", flat=True)
    sequences = Edit.objects.filter(Overlaps("groups", [3, 2, 9])).values_list("sequence", flat=True)
    assert sorted(sequences) == sorted(wanted) == [1, 2]


def test_an_act_on_many_documents_sends_lists_whole(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[2] * 200)
    asked: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        merge_groups(list(collection.groups.all()), actor=alice)
        undo_edit(collection, actor=alice)
    assert collection.groups.count() == 200
    listed = "%s, " * 100
    assert not [sql for sql in asked if listed in sql and "FILTER" not in sql]


def test_an_array_keeps_what_is_missing() -> None:
    assert array_of([1, None, 2.5]) == "{1, NULL, 2.5}"
