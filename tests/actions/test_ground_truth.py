"""What a new run is told to obey."""

from __future__ import annotations

from pytest_django import DjangoAssertNumQueries

from clustering.actions import answer_seam, confirm_groups, flag_group, move_pages, reorder_pages
from clustering.engine.records import Constraints
from clustering.models import Collection, User
from clustering.selectors.ground_truth import constraints_for
from tests.actions.conftest import GroupOf, PageAt
from tests.conftest import MakeCollection


def stream(collection: Collection) -> list[int]:
    return list(collection.pages.in_scan_order().values_list("pk", flat=True))


def test_nothing_is_said_of_an_untouched_desk(make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[2, 1])
    assert constraints_for(collection, stream(collection)) == Constraints()


def test_confirmed_groups_are_fixed_and_edited_ones_held_in_reading_order(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 2, 2, 1])
    confirm_groups([group_of(collection, 2)], actor=alice)
    flag_group(group_of(collection, 4), actor=alice)
    move_pages([page_at(collection, 6)], to=group_of(collection, 1), actor=alice)
    order = [page_at(collection, position).pk for position in (6, 1, 2)]
    reorder_pages(group_of(collection, 1), order=order, actor=alice)
    constraints = constraints_for(collection, stream(collection))
    assert constraints.fixed == ((2, 3),)
    assert constraints.held == ((5, 0, 1), (4,), (6,))


def test_answers_count_at_their_seams_and_the_expected_number_goes_along(
    make_collection: MakeCollection, page_at: PageAt, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    collection = make_collection(groups=[3, 3])
    answer_seam(page_at(collection, 2), verdict="same", actor=alice)
    answer_seam(page_at(collection, 3), verdict="different", actor=alice)
    answer_seam(page_at(collection, 4), right=page_at(collection, 6), verdict="same", actor=alice)
    collection.expected_documents = 2
    pages = stream(collection)
    with django_assert_num_queries(2):
        constraints = constraints_for(collection, pages)
    assert constraints == Constraints(same=frozenset({1}), apart=frozenset({2}), count=2)


def test_indices_are_places_in_the_stream_that_was_handed_in(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 2])
    confirm_groups([group_of(collection, 2)], actor=alice)
    answer_seam(page_at(collection, 1), verdict="same", actor=alice)
    without_the_first = stream(collection)[1:]
    constraints = constraints_for(collection, without_the_first)
    assert constraints == Constraints(fixed=((1, 2),))
