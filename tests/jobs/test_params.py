"""What a job of each kind is told is checked when the job is made."""

from __future__ import annotations

from typing import Any

import pytest

from clustering.jobs.launching import launch_job, relaunch_job
from clustering.jobs.params import (
    PARAMS,
    AskParams,
    EmbeddingParams,
    ImportParams,
    ProposalParams,
    WrongParams,
    params_of,
)
from clustering.models import Job
from tests.conftest import MakeCollection


def test_each_kind_of_job_says_what_it_is_told() -> None:
    assert set(PARAMS) == set(Job.Kind)


@pytest.mark.parametrize(
    ("kind", "params", "word"),
    [
        (Job.Kind.IMPORT, {"folder": "/scans", "color": "red"}, "color"),
        (Job.Kind.LEARN, {"encoder": "x@64"}, "encoder"),
        (Job.Kind.READ, {"language": ["deu"]}, "language"),
        (Job.Kind.PROPOSE, {"documents": 0}, "documents"),
        (Job.Kind.PROPOSE, {"documents": "12"}, "documents"),
        (Job.Kind.IMPORT, {"folder": "/scans", "agreed": {"preview": 1, "kinds": ["burn"]}}, "agreed.kinds.0"),
        (Job.Kind.IMPORT, {"folder": "/scans", "then": "sleep"}, "then"),
        (Job.Kind.EXPORT, {"format": "mods", "everything": "yes"}, "everything"),
    ],
)
def test_a_job_is_told_nothing_else(
    make_collection: MakeCollection, kind: Job.Kind, params: dict[str, Any], word: str
) -> None:
    collection = make_collection(pages=1)
    with pytest.raises(WrongParams) as refusal:
        launch_job(collection, kind=kind, actor=None, params=params, here=True)
    assert f"“{kind.label}”" in str(refusal.value) and f"“{word}”" in str(refusal.value)
    assert not Job.objects.exists()


def test_only_what_was_said_is_kept(make_collection: MakeCollection) -> None:
    collection = make_collection(pages=1)
    order = {"folder": "/scans", "ask": True, "then": Job.Kind.PROCESS}
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params=order, here=True)
    job.refresh_from_db()
    assert job.params == {"folder": "/scans", "ask": True, "then": "process"}
    assert params_of(job, ImportParams).then == Job.Kind.PROCESS and params_of(job, ImportParams).percent is None
    with pytest.raises(TypeError):
        params_of(job, EmbeddingParams)
    Job.objects.update(state=Job.State.FAILED)
    assert relaunch_job(job, actor=None, here=True).params == job.params


def test_a_job_that_asks_proposes_with_the_same_words(make_collection: MakeCollection) -> None:
    collection = make_collection(pages=1)
    job = launch_job(collection, kind=Job.Kind.ASK, actor=None, params={"seams": False}, here=True)
    assert (params_of(job, AskParams).seams, params_of(job, AskParams).questions) == (False, None)
    assert params_of(job, ProposalParams).publish
