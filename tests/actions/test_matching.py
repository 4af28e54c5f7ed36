"""Everything that a filter shows, told by filter, count and version."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from pydantic import ValidationError

from clustering.actions import Refused, StaleVersion, confirm_groups, flag_group, split_group, undo_edit
from clustering.actions.accept_drafts import accept_drafts_matching
from clustering.actions.confirm import Matching, confirm_matching, unconfirm_matching
from clustering.models import Collection, Page, PersonalFinding, Run, SeamScore, User
from clustering.selectors.filters import FILTERS, groups_matching
from clustering.teamwork.commenting import write_comment
from tests.actions.partition_checks import check_partition
from tests.conftest import MakeCollection


def numbers(collection: Collection, name: str) -> list[int]:
    return sorted(groups_matching(collection, name).values_list("number", flat=True))


@pytest.fixture
def worked(make_collection: MakeCollection, alice: User) -> Collection:
    """1 confirmed in spite of a doubt, 2 flagged, 3 split into 3 and 5, 4 as proposed with a doubt between it and 5."""
    collection = make_collection(groups=[2, 1, 3, 2])
    groups = {group.number: group for group in collection.groups.all()}
    confirm_groups([groups[1]], actor=alice)
    flag_group(groups[2], note="torn", actor=alice)
    split_group(groups[3], before=Page.objects.get(position=6), actor=alice)
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    chances = {1: 0.5, 2: 0.9, 3: 0.97, 4: 0.02, 5: 0.9, 6: 0.3, 7: 0.01}
    pages = {page.position: page for page in collection.pages.all()}
    SeamScore.objects.bulk_create(
        SeamScore(run=run, page=pages[left], probability=chance, boundary=chance > 0.5)
        for left, chance in chances.items()
    )
    collection.refresh_from_db()
    return collection


def test_each_filter_finds_what_the_desk_shows(worked: Collection, alice: User) -> None:
    worked.groups.filter(number=4).update(title="Letter")
    worked.groups.filter(number=2).update(date="1964~", confidence=0.9)  # described, with the pages proposed
    write_comment(worked.groups.get(number=3).pages.all()[0], "Whose hand?", actor=alice)
    PersonalFinding.objects.create(page=worked.groups.get(number=4).pages.all()[0], kind="phone", digest="1", line=0)
    matching = {name: numbers(worked, name) for name in FILTERS}
    assert matching == {
        "all": [1, 2, 3, 4, 5],
        "todo": [2, 3, 4, 5],
        "doubtful": [4, 5],
        "changed": [3, 5],
        "flagged": [2],
        "confirmed": [1],
        "untitled": [1, 2, 3, 5],
        "undated": [1, 3, 4, 5],
        "commented": [3],
        "personal": [4],
    }


def test_all_that_is_to_do_is_confirmed_in_one_act_and_undone_in_one(worked: Collection, alice: User) -> None:
    edit = confirm_matching(worked, Matching(filter="todo", groups=4, version=worked.version), actor=alice)
    assert numbers(worked, "todo") == []
    assert edit.summary.startswith("Confirmed documents 2, 3, 4, and 5")
    check_partition(worked)
    undo_edit(worked, actor=alice)
    assert numbers(worked, "confirmed") == [1]


def test_drafts_of_all_that_is_shown_are_accepted_in_one_act(worked: Collection, alice: User) -> None:
    worked.groups.update(draft={"title": {"value": "Boycott grapes", "confidence": 0.9}})
    worked.groups.filter(number=4).update(title="Letter")
    edit = accept_drafts_matching(worked, Matching(filter="untitled", groups=4, version=worked.version), actor=alice)
    assert edit.summary == "Accepted the drafts of 4 documents."
    assert numbers(worked, "untitled") == []
    assert numbers(worked, "confirmed") == [1]
    with pytest.raises(StaleVersion):
        accept_drafts_matching(worked, Matching(filter="untitled", groups=4, version=edit.sequence - 1), actor=alice)
    undo_edit(worked, actor=alice)
    assert numbers(worked, "untitled") == [1, 2, 3, 5]


def test_confirmations_are_taken_back_together(worked: Collection, alice: User) -> None:
    unconfirm_matching(worked, Matching(filter="confirmed", groups=1, version=worked.version), actor=alice)
    assert numbers(worked, "confirmed") == []


def test_it_refuses_where_the_collection_moved_on(worked: Collection, alice: User, bob: User) -> None:
    seen = Matching(filter="todo", groups=4, version=worked.version)
    flag_group(worked.groups.get(number=4), note="", actor=bob)
    with pytest.raises(StaleVersion, match="collection has changed"):
        confirm_matching(worked, seen, actor=alice)
    assert numbers(worked, "confirmed") == [1]


def test_it_refuses_another_count_than_was_agreed_to(worked: Collection, alice: User) -> None:
    with pytest.raises(StaleVersion, match="You agreed to 3 documents, but now there are 4"):
        confirm_matching(worked, Matching(filter="todo", groups=3, version=worked.version), actor=alice)


def test_it_refuses_nothing_and_what_the_desk_does_not_have(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[2])
    with pytest.raises(Refused, match="No documents match"):
        confirm_matching(collection, Matching(filter="flagged", groups=0, version=0), actor=alice)
    with pytest.raises(Refused, match="no filter “every"):
        groups_matching(collection, "every")
    with pytest.raises(ValidationError, match="There is no such filter"):
        Matching(filter="every", groups=1, version=0)


def test_a_viewer_is_refused(worked: Collection, victor: User) -> None:
    with pytest.raises(PermissionDenied):
        confirm_matching(worked, Matching(filter="todo", groups=4, version=worked.version), actor=victor)
