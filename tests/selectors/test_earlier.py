"""What restoring would change is found by reading, and is what restoring then does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clustering.actions.answer import answer_seams
from clustering.actions.confirm import confirm_groups
from clustering.actions.merge import merge_groups
from clustering.actions.restore import restore_collection
from clustering.journal.errors import Refused
from clustering.journal.preview import preview
from clustering.models import Answer, Collection, Edit, User
from clustering.selectors.before_after import FACTS_SHOWN, SHIFTS_SHOWN, STACKS_SHOWN, BeforeAfter, compare
from clustering.selectors.earlier import compare_with_earlier
from tests.actions.acting import Archivist
from tests.conftest import MakeCollection

ACTS = 60


def by_acting(collection: Collection, to: Edit, actor: User) -> BeforeAfter | None:
    """What people see change by doing it and taking it back; None where it is refused, or nothing is to be seen."""
    try:
        changes = preview(lambda: restore_collection(collection, to=to, actor=actor))
    except Refused:
        return None
    compared = compare(collection, changes.before, changes.after)
    facts = [fact for fact in compared.facts if fact.before != fact.after]  # else only who gave the answer
    seen = replace(compared, facts=facts, fact_count=len(facts), renewed=0)
    return None if seen.is_empty else seen


def by_reading(collection: Collection, to: Edit) -> BeforeAfter | None:
    try:
        return compare_with_earlier(collection, to)
    except Refused:
        return None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reading_foretells_what_restoring_does(
    make_collection: MakeCollection, alice: User, bob: User, seed: int
) -> None:
    collection = make_collection(groups=[3, 1, 4, 2, 5, 1, 2])
    archivist = Archivist(collection, [alice, bob], seed=seed)
    for _ in range(ACTS):
        archivist.act()
    collection.refresh_from_db()
    some = 0
    for to in collection.edits.order_by("sequence"):
        done, read = by_acting(collection, to, alice), by_reading(collection, to)
        assert read == done, to.sequence
        some += done is not None
    assert some > ACTS / 2


def test_it_locks_and_writes_nothing(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1, 1])
    first = confirm_groups([collection.groups.all()[0]], actor=alice)
    confirm_groups([collection.groups.all()[1]], actor=alice)
    with CaptureQueriesContext(connection) as asked:
        assert compare_with_earlier(collection, first).changed == 1
    words = {query["sql"].lstrip().split(" ", 1)[0] for query in asked.captured_queries}
    assert words <= {"SELECT", "DECLARE"}, words
    assert not [query for query in asked.captured_queries if "FOR UPDATE" in query["sql"]]


def test_of_very_many_documents_the_first_are_shown_and_all_are_counted(
    make_collection: MakeCollection, alice: User, client: Client
) -> None:
    count = max(SHIFTS_SHOWN, STACKS_SHOWN) + 10
    collection = make_collection(groups=[1] * count)
    everything = list(collection.groups.order_by("first_position"))
    first = confirm_groups(everything, actor=alice)
    merge_groups(everything, actor=alice)
    collection.refresh_from_db()
    compared = compare_with_earlier(collection, first)
    (shift,) = compared.shifts
    assert [(len(shift.before), shift.more_before), (len(shift.after), shift.more_after)] == [
        (1, 0),
        (STACKS_SHOWN, count - STACKS_SHOWN),
    ]
    assert [stack.pages[0].page.position for stack in shift.after] == list(range(1, STACKS_SHOWN + 1))
    assert (compared.came, compared.changed) == (count - 1, 1)
    client.force_login(alice)
    shown = client.get(f"/c/{collection.slug}/history/2/").content.decode()
    assert f"{count - STACKS_SHOWN} more documents not shown." in shown


def test_of_very_many_answers_the_first_are_shown_and_all_are_counted(
    make_collection: MakeCollection, alice: User
) -> None:
    collection = make_collection(groups=[1] * (FACTS_SHOWN + 21))
    first = confirm_groups([collection.groups.all()[0]], actor=alice)
    pages = list(collection.pages.order_by("position"))
    for start in range(0, FACTS_SHOWN + 20, 100):
        some = pages[start : start + 100]
        lefts = [page for page in some if page.position < len(pages)]
        answer_seams(lefts, verdict=Answer.Verdict.DIFFERENT, actor=alice)
    collection.refresh_from_db()
    compared = compare_with_earlier(collection, first)
    assert (len(compared.facts), compared.fact_count, compared.facts_hidden) == (FACTS_SHOWN, FACTS_SHOWN + 20, 20)
