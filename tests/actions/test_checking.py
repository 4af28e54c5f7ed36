"""Hidden checks: settled seams asked again, and never anything changed by them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import Refused, StaleVersion, answer_seam, confirm_groups, unconfirm_groups
from clustering.actions.accept import BulkConsent, accept_many
from clustering.dashboard.reviewers import reviewers
from clustering.models import Edit, Group, ReviewCheck, Run, SeamScore, User
from clustering.quality import draw_checks, kindly, record_check
from tests.actions.conftest import GroupOf, PageAt
from tests.actions.partition_checks import arrangement
from tests.conftest import MakeCollection


@pytest.fixture
def run(make_collection: MakeCollection, bob: User) -> Run:
    """Two confirmed documents of two and one open one; every seam doubted a little but the first."""
    collection = make_collection(groups=[2, 2, 2])
    confirm_groups(Group.objects.filter(number__in=[1, 2]), actor=bob)
    made = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    SeamScore.objects.bulk_create(
        SeamScore(run=made, page=page, probability=0.01 if page.position == 1 else 0.3, boundary=False)
        for page in collection.pages.all()
    )
    return made


def drawn(run: Run, person: User, among: int) -> list[int]:
    run.collection.settings = {"check_share": 20}
    return [left for left, _ in draw_checks(run.collection, run, person, among=among)]


def test_only_settled_seams_are_drawn_the_doubted_ones_first(run: Run, alice: User) -> None:
    assert set(drawn(run, alice, 8)) == {2, 3}
    assert sorted(drawn(run, alice, 100)) == [1, 2, 3]
    assert drawn(run, alice, 4) == drawn(run, alice, 4), "the same seam until it is answered"
    assert len(drawn(run, alice, 1)) == 1
    assert drawn(run, alice, 0) == []


def test_without_a_share_there_are_none(run: Run, alice: User) -> None:
    assert draw_checks(run.collection, run, alice, among=50) == []


def test_nobody_is_asked_twice_or_about_their_own_answer(run: Run, page_at: PageAt, alice: User, bob: User) -> None:
    record_check(page_at(run.collection, 2), verdict="different", actor=alice, versions=None)
    assert 2 not in drawn(run, alice, 100)
    assert 2 in drawn(run, bob, 100)


def test_an_opinion_is_kept_and_changes_nothing(run: Run, page_at: PageAt, alice: User, bob: User) -> None:
    before = arrangement(run.collection), Edit.objects.count()
    check = record_check(page_at(run.collection, 1), verdict="different", actor=alice, versions=None)
    assert check is not None
    assert (check.expected, check.basis, check.earlier) == ("same", "confirmed", bob)
    assert kindly(check).startswith(
        "Your answer for pages 1 and 2 differs: bob confirmed them earlier as one document."
    )
    again = record_check(page_at(run.collection, 1), verdict="same", actor=alice, versions=None)
    assert again == check
    assert again is not None
    assert kindly(again) == ""
    assert ReviewCheck.objects.get().verdict == "same"
    assert before == (arrangement(run.collection), Edit.objects.count())


def test_a_seam_that_is_not_settled_is_no_check(run: Run, page_at: PageAt, alice: User) -> None:
    for left in (4, 5, 6):
        assert record_check(page_at(run.collection, left), verdict="same", actor=alice, versions=None) is None


def test_stale_bad_and_forbidden_ones_are_refused(
    run: Run, page_at: PageAt, group_of: GroupOf, alice: User, bob: User, victor: User
) -> None:
    page, group = page_at(run.collection, 1), group_of(run.collection, 1)
    with pytest.raises(StaleVersion):
        record_check(page, verdict="same", actor=alice, versions={group.pk: 0})
    with pytest.raises(Refused):
        record_check(page, verdict="perhaps", actor=alice, versions=None)
    with pytest.raises(PermissionDenied):
        record_check(page, verdict="same", actor=victor, versions=None)
    unconfirm_groups([group], actor=bob)
    assert record_check(page_at(run.collection, 1), verdict="same", actor=alice, versions=None) is None
    assert not ReviewCheck.objects.exists()


def test_agreement_is_told_by_whose_opinion_it_is(
    run: Run, page_at: PageAt, group_of: GroupOf, alice: User, bob: User
) -> None:
    collection = run.collection
    answer_seam(page_at(collection, 2), verdict="different", actor=alice)
    collection.refresh_from_db()
    accept_many(collection, BulkConsent(0.5, 1, collection.version), actor=bob)
    record_check(page_at(collection, 1), verdict="same", actor=bob, versions=None)
    record_check(page_at(collection, 1), verdict="same", actor=alice, versions=None)
    record_check(page_at(collection, 2), verdict="same", actor=bob, versions=None)
    unseen = record_check(page_at(collection, 5), verdict="different", actor=alice, versions=None)
    assert unseen is not None
    assert unseen.basis == "accepted"
    agreements = reviewers(collection.pk)
    assert (agreements.between.count, agreements.between.agreed) == (2, 1)
    assert (agreements.oneself.count, agreements.oneself.agreed) == (1, 1)
    assert (agreements.unseen.count, agreements.unseen.agreed) == (1, 0)
    assert {check.first.position for check in agreements.differ} == {2, 5}


def test_answering_a_check_again_does_not_change_when_it_was_first_answered(
    make_collection: MakeCollection, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[1, 1])
    confirm_groups(collection.groups.all(), actor=alice)
    left = collection.pages.get(position=1)
    record_check(left, verdict="same", actor=bob, versions=None)
    long_ago = datetime(2020, 1, 2, tzinfo=UTC)
    ReviewCheck.objects.update(created=long_ago)
    check = record_check(collection.pages.get(position=1), verdict="different", actor=bob, versions=None)
    assert check is not None
    check.save()
    kept = ReviewCheck.objects.get()
    assert (kept.created, kept.verdict) == (long_ago, "different")
