"""Figures for Prometheus: in its format, true, and for staff alone."""

from __future__ import annotations

import pytest
from django.test import Client

from clustering.accounts.tokens import make_token
from clustering.jobs import launching, running
from clustering.jobs.batches import claim
from clustering.models import Job, User
from tests.conftest import MakeCollection
from tests.jobs.workers import empty_broker
from tests.stopping import without_redis

pytestmark = pytest.mark.django_db


def scraped(client: Client, user: User) -> dict[str, float]:
    secret = make_token(user, name="prometheus", scope="read", days=None)[1]
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    named = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert {name.partition("{")[0] for name in values} <= named
    return {name: float(value) for name, value in values.items()}


def test_it_tells_what_waits_and_what_is_worked_on(make_collection: MakeCollection, sam: User, client: Client) -> None:
    empty_broker()
    job = launching.launch_job(make_collection(pages=96), kind=Job.Kind.EMBED, actor=None, here=True)
    running.run_slice(job.pk, 0)
    assert claim("vision") is not None
    figures = scraped(client, sam)
    assert figures['hhreview_batches{queue="vision",state="waiting"}'] == 2
    assert figures['hhreview_batches{queue="vision",state="leased"}'] == 1
    assert figures['hhreview_messages{queue="vision",kind="shift"}'] == 3
    assert figures['hhreview_jobs{kind="embed",state="running"}'] == 1
    assert figures["hhreview_silent_jobs"] == 0
    empty_broker()


def test_nobody_but_staff_sees_it(sam: User, alice: User, client: Client) -> None:
    assert client.get("/metrics").status_code == 403
    client.force_login(alice)
    assert client.get("/metrics").status_code == 403
    client.force_login(sam)
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer hhr_wrong"}).status_code == 403
    assert client.post("/metrics").status_code == 405


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_redis_it_says_so(sam: User, client: Client) -> None:
    client.force_login(sam)
    with without_redis():
        assert client.get("/metrics").status_code == 503
