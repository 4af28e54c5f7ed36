"""Whose slice is next: fair between people, and nobody waits behind the night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from clustering.jobs.launching import launch_job
from clustering.jobs.turns import next_turn
from clustering.models import Job, PageBatch, User
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db
Sent = list[tuple[list[int], str]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    messages: Sent = []
    monkeypatch.setattr(
        "clustering.jobs.launching.current_app.send_task",
        lambda name, args, queue, priority: messages.append((args, queue)),
    )
    return messages


def waits(make: MakeCollection, actor: User, *, since: int, kind: str = Job.Kind.EXPORT, night: bool = False) -> Job:
    """A job whose next slice waits since so many seconds."""
    count = Job.objects.count()
    job = launch_job(make(f"c{count}", pages=1), kind=kind, actor=actor, here=True, priority=int(night))
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - timedelta(seconds=since))
    return job


def test_people_alternate_however_much_one_has_ordered(
    make_collection: MakeCollection, alice: User, bob: User, sent: Sent
) -> None:
    many = [waits(make_collection, alice, since=100 - number) for number in range(3)]
    one = waits(make_collection, bob, since=10)
    assert next_turn(many[0].pk, 0) == (many[0].pk, 0), "nobody was served, and alice came first"
    Job.objects.filter(pk=many[0].pk).update(claimed=0, heartbeat=timezone.now())
    assert next_turn(many[1].pk, 0) == (one.pk, 0)
    assert sent == [([many[1].pk, 0], "default")], "the slice that made room is called again"
    Job.objects.filter(pk=one.pk).update(claimed=0, heartbeat=timezone.now())
    assert next_turn(one.pk, 0) == (one.pk, 0), "void, which the slice finds out"
    assert next_turn(many[2].pk, 0) == (many[1].pk, 0), "in the order in which they were ordered"


def test_only_slices_that_wait_in_this_queue_come_first(
    make_collection: MakeCollection, alice: User, bob: User, sent: Sent
) -> None:
    night = waits(make_collection, alice, since=100, night=True)
    elsewhere = waits(make_collection, bob, since=90, kind=Job.Kind.LEARN)
    failing = waits(make_collection, bob, since=80)
    parked = waits(make_collection, bob, since=70)
    Job.objects.filter(pk=failing.pk).update(error="The disk is full.")
    PageBatch.objects.create(job=parked, stage="read", queue="default", pages=[1])
    assert next_turn(night.pk, 0) == (night.pk, 0)
    assert next_turn(failing.pk, 0) == (failing.pk, 0), "the sweep says when it is tried again"
    waiting = waits(make_collection, bob, since=1)
    assert next_turn(night.pk, 0) == (waiting.pk, 0)
    big, small = (waits(make_collection, bob, since=1) for _ in range(2))
    Job.objects.filter(pk__in=[big.pk, small.pk]).update(claimed=0, slices=1, total=1000)
    Job.objects.filter(pk=small.pk).update(done=990)
    assert next_turn(big.pk, 1) == (small.pk, 1), "what is nearly done is finished first"
    Job.objects.filter(pk=small.pk).update(state=Job.State.DONE)
    assert next_turn(big.pk, 1) == (waiting.pk, 0), "and a small one does not wait for a large one"
    assert next_turn(elsewhere.pk, 0) == (elsewhere.pk, 0)
