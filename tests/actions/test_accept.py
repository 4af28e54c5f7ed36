"""Accepting many groups unseen, and the sample that is drawn among them."""

from __future__ import annotations

from collections import Counter
from random import Random
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustering.access import may_edit
from clustering.actions import (
    Refused,
    StaleVersion,
    confirm_groups,
    flag_group,
    merge_groups,
    redo_edit,
    split_group,
    unconfirm_groups,
    undo_edit,
)
from clustering.actions.accept import BulkConsent, accept_many, draw_sample, percent, sample_size
from clustering.actions.publish import publish_run
from clustering.dashboard.bulk import escape_rate, judged_groups
from clustering.models import AuditSample, Collection, Group, User
from clustering.quality import judge_sample
from tests.actions.conftest import GroupOf, MakeRun, PageAt
from tests.actions.partition_checks import check_partition, content, whole_state
from tests.conftest import MakeCollection


def sure_of(collection: Collection, *confidences: float) -> None:
    """Gives the groups, by number, these confidences."""
    for number, confidence in enumerate(confidences, start=1):
        Group.objects.filter(collection=collection, number=number).update(confidence=confidence)


def wanted(collection: Collection, threshold: float, groups: int) -> BulkConsent:
    collection.refresh_from_db()
    return BulkConsent(threshold, groups, collection.version)


def test_it_confirms_what_is_sure_enough_and_says_so(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[2, 1, 3, 1])
    sure_of(collection, 0.995, 0.99, 0.98, 1.0)
    edit = accept_many(collection, wanted(collection, 0.99, 3), actor=alice)
    confirmed = collection.groups.filter(state=Group.State.CONFIRMED)
    assert set(confirmed.values_list("number", flat=True)) == {1, 2, 4}
    assert {group.confirmed_by for group in confirmed} == {alice}
    assert (edit.verb, edit.summary) == ("accept", "Confirmed 3 documents in bulk at 99% or higher.")
    check_partition(collection)


def test_what_a_person_touched_is_never_accepted(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1, 1, 1])
    sure_of(collection, 1.0, 1.0, 1.0, 1.0)
    flag_group(group_of(collection, 1), note="two letters?", actor=alice)
    confirm_groups([group_of(collection, 2)], actor=alice)
    unconfirm_groups([group_of(collection, 2)], actor=alice)
    Group.objects.filter(collection=collection, number=3).update(confidence=None)
    edit = accept_many(collection, wanted(collection, 0.5, 1), actor=alice)
    assert edit.groups == [group_of(collection, 4).pk]
    assert group_of(collection, 1).flagged


@pytest.mark.parametrize(("groups", "older"), [(1, 0), (3, 0), (2, 1)])
def test_it_refuses_another_count_and_another_version(
    make_collection: MakeCollection, alice: User, groups: int, older: int
) -> None:
    collection = make_collection(groups=[1, 1])
    Collection.objects.filter(pk=collection.pk).update(version=5)
    with pytest.raises(StaleVersion, match="confirm again"):
        accept_many(collection, BulkConsent(0.9, groups, 5 - older), actor=alice)
    assert not collection.groups.filter(state=Group.State.CONFIRMED).exists()
    assert not AuditSample.objects.exists()


def test_it_refuses_nothing_and_thresholds_below_even_odds(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1, 1])
    with pytest.raises(Refused, match=r"No documents are at 99\.5% or higher"):
        accept_many(collection, wanted(collection, 0.995, 0), actor=alice)
    with pytest.raises(Refused, match="between 50% and 100%"):
        accept_many(collection, wanted(collection, 0.4, 2), actor=alice)


def test_a_viewer_may_not(make_collection: MakeCollection, victor: User) -> None:
    collection = make_collection(groups=[1])
    with pytest.raises(PermissionDenied):
        accept_many(collection, wanted(collection, 0.9, 1), actor=victor)


def test_sent_twice_it_accepts_and_draws_once(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1] * 30)
    asked, act = wanted(collection, 0.9, 30), uuid4()
    first = accept_many(collection, asked, actor=alice, act_id=act)
    again = accept_many(collection, asked, actor=alice, act_id=act)
    assert first == again
    assert AuditSample.objects.count() == 20


def test_one_undo_takes_all_back_and_redo_brings_it_again(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[2, 1, 3])
    start = whole_state(collection)
    accept_many(collection, wanted(collection, 0.9, 3), actor=alice)
    undo_edit(collection, actor=alice)
    assert content(whole_state(collection)) == content(start)
    assert escape_rate(collection).accepted == 0
    redo_edit(collection, actor=alice)
    assert escape_rate(collection).accepted == 3


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(1, 4), st.floats(0, 1), st.booleans()), min_size=1, max_size=12), st.floats(0.5, 1)
)
def test_whatever_is_accepted_undo_gives_back_the_start(
    make_collection: MakeCollection, alice: User, groups: list[tuple[int, float, bool]], threshold: float
) -> None:
    collection = make_collection(uuid4().hex, groups=[size for size, _, _ in groups])
    sure_of(collection, *(confidence for _, confidence, _ in groups))
    for number, (_, _, flagged) in enumerate(groups, start=1):
        collection.groups.filter(number=number).update(flagged=flagged)
    start = whole_state(collection)
    count = sum(confidence >= threshold - 1e-9 and not flagged for _, confidence, flagged in groups)
    if not count:
        with pytest.raises(Refused):
            accept_many(collection, wanted(collection, threshold, 0), actor=alice)
        return
    accept_many(collection, wanted(collection, threshold, count), actor=alice)
    check_partition(collection)
    assert collection.groups.filter(state=Group.State.CONFIRMED).count() == count
    undo_edit(collection, actor=alice)
    assert content(whole_state(collection)) == content(start)


def test_the_number_of_queries_does_not_grow(make_collection: MakeCollection, alice: User) -> None:
    counts = []
    assert may_edit(alice)  # asks for the roles once; they are kept for the request
    for slug, size in (("few", 25), ("many", 400)):
        collection = make_collection(slug, groups=[1] * size)
        asked = wanted(collection, 0.9, size)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            accept_many(collection, asked, actor=alice, sample=10)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_the_sample_is_a_tenth_but_twenty_at_least_and_sixty_at_most() -> None:
    assert [sample_size(n) for n in (1, 5, 20, 150, 300, 15_000)] == [1, 5, 20, 20, 30, 60]
    assert [sample_size(100, asked=n) for n in (0, 7, 500)] == [1, 7, 100]


def test_each_accepted_group_is_drawn_as_often_as_any_other(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1] * 6)
    edit = accept_many(collection, wanted(collection, 0.9, 6), actor=alice)
    random, drawn = Random(1), Counter[int]()
    for _ in range(120):
        AuditSample.objects.all().delete()
        drawn.update(sample.number for sample in draw_sample(edit, size=2, random=random))
    assert sorted(drawn) == [1, 2, 3, 4, 5, 6]
    assert all(20 <= count <= 60 for count in drawn.values())


def test_verdicts_make_the_escape_rate_with_its_bound(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1] * 40)
    accept_many(collection, wanted(collection, 0.9, 40), actor=alice)
    assert escape_rate(collection).share is None
    assert escape_rate(collection).upper == 1.0
    samples = list(AuditSample.objects.all())
    for sample in samples[1:]:
        judge_sample(sample, verdict="right", actor=alice)
    judge_sample(samples[0], verdict="right", actor=alice)
    judge_sample(samples[0], verdict="wrong", actor=alice)
    rate = escape_rate(collection)
    assert (rate.accepted, rate.sampled, rate.checked, rate.wrong) == (40, 20, 20, 1)
    assert rate.share == pytest.approx(0.05)
    assert rate.upper == pytest.approx(0.2161, abs=1e-4)


def test_a_sample_keeps_the_pages_that_were_accepted(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[2, 1])
    accept_many(collection, wanted(collection, 0.9, 2), actor=alice)
    accepted = {sample.number: sample.pages for sample in AuditSample.objects.all()}
    merge_groups([group_of(collection, 1), group_of(collection, 2)], actor=alice)
    assert {sample.number: sample.pages for sample in AuditSample.objects.all()} == accepted
    assert [len(accepted[1]), len(accepted[2])] == [2, 1]


def test_verdicts_are_refused_to_viewers_in_other_words_and_after_undo(
    make_collection: MakeCollection, alice: User, victor: User
) -> None:
    collection = make_collection(groups=[1])
    accept_many(collection, wanted(collection, 0.9, 1), actor=alice)
    sample = AuditSample.objects.get()
    with pytest.raises(PermissionDenied):
        judge_sample(sample, verdict="right", actor=victor)
    with pytest.raises(Refused, match="right"):
        judge_sample(sample, verdict="", actor=alice)
    undo_edit(collection, actor=alice)
    with pytest.raises(Refused, match="undone"):
        judge_sample(AuditSample.objects.select_related("edit").get(), verdict="right", actor=alice)


def test_evidence_is_what_people_looked_at_and_never_what_was_accepted_unseen(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=7)
    publish_run(make_run(collection, [[1, 2], [3], [4, 5], [6], [7]]), actor=alice)
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    confirm_groups(collection.groups.filter(first_position__lte=3), actor=alice)
    judged = judged_groups(collection)
    assert Counter((one.confidence, one.right) for one in judged) == {(0.75, False): 1, (0.75, True): 1}
    accept_many(collection, wanted(collection, 0.75, 3), actor=alice)
    assert len(judged_groups(collection)) == 2
    judge_sample(AuditSample.objects.all()[0], verdict="wrong", actor=alice)
    assert [one.right for one in judged_groups(collection)].count(False) == 2
    corrected = collection.groups.get(first_position=4)
    split_group(corrected, before=page_at(collection, 5), actor=alice)
    confirm_groups(collection.groups.filter(first_position__in=[4, 5]), actor=alice)
    assert len(judged_groups(collection)) == 3


def test_percentages_have_as_many_places_as_it_takes() -> None:
    assert [percent(share) for share in (0.99, 0.995, 1.0, 0.99875)] == ["99%", "99.5%", "100%", "99.875%"]
