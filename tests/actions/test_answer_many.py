"""Answering several seams alike: one edit, all or none; and which seams look like one that was answered."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import Refused, StaleVersion, answer_seam, answer_seams, confirm_groups, flag_group, undo_edit
from clustering.models import Answer, Collection, Edit, Group, Run, SeamScore, User
from clustering.selectors.similar_seams import ALIKE, VERY_ALIKE, differing, seams_alike
from tests.actions.conftest import GroupOf, PageAt
from tests.actions.partition_checks import arrangement, check_partition
from tests.conftest import MakeCollection


def test_several_seams_are_answered_and_taken_back_as_one(
    make_collection: MakeCollection, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[4, 2])
    lefts = [page_at(collection, position) for position in (3, 1, 4)]
    versions = dict(Group.objects.values_list("pk", "version"))
    edit = answer_seams(lefts, verdict="different", actor=alice, versions=versions)
    assert list(arrangement(collection).values()) == [[1], [5, 6], [2, 3], [4]]
    assert edit.summary == (
        "Answered 3 places, before pages 2 and 4 to 5: different documents. 2 of them changed documents."
    )
    assert Answer.objects.filter(edit=edit).count() == 3
    check_partition(collection)
    undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 2, 3, 4], 2: [5, 6]}
    assert not Answer.objects.exists()


def test_groups_in_a_row_are_joined(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    collection = make_collection(groups=[1, 1, 1, 2])
    edit = answer_seams([page_at(collection, p) for p in (1, 2, 3)], verdict="same", actor=alice)
    assert arrangement(collection) == {1: [1, 2, 3, 4, 5]}
    assert "one document. 3 of them" in edit.summary
    assert not Group.objects.settled().exists()


def test_one_seam_reads_as_a_single_answer(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    collection = make_collection(groups=[2])
    edit = answer_seams([page_at(collection, 1)], verdict="same", actor=alice)
    assert edit.summary == "Answered that pages 1 and 2 are one document."


def test_one_refusal_refuses_all_and_is_named(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2, 2, 2])
    confirm_groups([group_of(collection, 2)], actor=bob)
    lefts = [page_at(collection, position) for position in (1, 3, 5)]
    with pytest.raises(Refused, match=r"None of the 3 answers was saved. bob confirmed document 2, pages 3 to 4"):
        answer_seams(lefts, verdict="different", actor=alice)
    answer_seam(page_at(collection, 5), verdict="same", actor=bob)
    with pytest.raises(Refused, match=r"bob answered on .* that pages 5 and 6 are one document"):
        answer_seams([lefts[0], lefts[2]], verdict="different", actor=alice)
    assert arrangement(collection) == {1: [1, 2], 2: [3, 4], 3: [5, 6]}


def test_a_stale_seam_refuses_all_and_says_where_and_who(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2, 2])
    versions = dict(Group.objects.values_list("pk", "version"))
    flag_group(group_of(collection, 2), actor=bob)
    lefts = [page_at(collection, 1), page_at(collection, 3)]
    with pytest.raises(StaleVersion, match=r"because the documents changed before page 4\. .*bob: Flagged") as caught:
        answer_seams(lefts, verdict="different", actor=alice, versions=versions)
    assert [group.number for group in caught.value.groups] == [2]
    assert not Answer.objects.exists()


def test_bad_input_and_the_wrong_person_are_refused(
    make_collection: MakeCollection, page_at: PageAt, alice: User, victor: User
) -> None:
    collection, other = make_collection("one", groups=[2]), make_collection("two", groups=[2])
    with pytest.raises(Refused, match="at most 100"):
        answer_seams([], verdict="same", actor=alice)
    with pytest.raises(Refused, match="different collections"):
        answer_seams([page_at(collection, 1), page_at(other, 1)], verdict="same", actor=alice)
    with pytest.raises(Refused, match="Answer “same”"):
        answer_seams([page_at(collection, 1)], verdict="perhaps", actor=alice)
    with pytest.raises(Refused, match="Page 2 is the last page"):
        answer_seams([page_at(collection, 2)], verdict="same", actor=alice)
    with pytest.raises(PermissionDenied):
        answer_seams([page_at(collection, 1)], verdict="same", actor=victor)
    assert not Edit.objects.exists()


def scored(collection: Collection, facts: dict[int, dict[str, float]]) -> Run:
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    for page in collection.pages.all():
        numbers = facts.get(page.position, {"numbers": 3.0})
        evidence = [{"name": name, "contribution": value} for name, value in numbers.items()]
        SeamScore.objects.create(
            run=run, page=page, probability=0.4, boundary=False, log_odds=sum(numbers.values()), evidence=evidence
        )
    return run


def test_alike_are_open_seams_with_the_same_evidence_that_the_answer_would_turn(
    make_collection: MakeCollection, page_at: PageAt, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[6, 2, 2])
    fooled = {"paper": -2.0, "numbers": -1.0}
    run = scored(
        collection,
        {
            1: fooled,
            2: {"paper": -1.9, "numbers": -1.1},
            3: {"paper": -1.0, "numbers": -1.0, "text": -0.4},
            4: {"text": -3.0},
            5: fooled,
            6: fooled,
            7: fooled,
            9: fooled,
        },
    )
    answer_seam(page_at(collection, 5), verdict="same", actor=alice)
    confirm_groups([group_of(collection, 3)], actor=alice)
    looks = seams_alike(collection, run, 1, "different")
    assert [look.seam.left for look in looks] == [7, 2, 3]
    assert looks[0].distance == 0
    assert looks[1].distance <= VERY_ALIKE < looks[2].distance <= ALIKE
    assert [look.seam.left for look in seams_alike(collection, run, 1, "same")] == [6]
    assert seams_alike(collection, run, 99, "same") == []


def test_the_difference_of_evidence_lies_between_none_and_all() -> None:
    assert differing({"a": 1.0}, {"a": 1.0}) == 0
    assert differing({"a": 1.0}, {"b": -1.0}) == 1
    assert differing({}, {}) == 0
    assert differing({"a": 1.0}, {"a": -1.0}) == 1
