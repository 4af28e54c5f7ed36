"""Exports by the API: the same files as at the desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from clustering.actions.confirm import confirm_groups
from clustering.exports.registry import FORMATS
from clustering.jobs.stages.exporting import export_folder
from clustering.models import Collection, Group, Job, User
from tests.api.conftest import Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection

EXPORTS = "/collections/afl/exports"


def test_it_lists_every_format(victor: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[1])
    assert [row["name"] for row in script(victor).get(EXPORTS).json()] == list(FORMATS)


def test_it_sends_confirmed_groups_or_all(alice: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2, 1])
    confirm_groups(Group.objects.filter(number=1), actor=alice)
    mine = script(alice, scope="read")
    answer = mine.get(f"{EXPORTS}/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="afl.csv"'
    assert len(b"".join(answer.streaming_content).splitlines()) == 3
    assert len(b"".join(mine.get(f"{EXPORTS}/csv", all="true").streaming_content).splitlines()) == 4
    packed = mine.get(f"{EXPORTS}/iiif")
    assert b"".join(packed.streaming_content)[:2] == b"PK"


def test_a_format_that_is_none_and_a_stranger_find_nothing(
    alice: User, charlie: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection(groups=[1])
    assert "wordperfect" in problem_of(script(alice).get(f"{EXPORTS}/wordperfect"), 404)
    problem_of(script(alice).get(f"{EXPORTS}/csv", all="maybe"), 400)
    problem_of(script(charlie).get(EXPORTS), 404)
    problem_of(script(charlie).get(f"{EXPORTS}/csv"), 404)


def test_wrong_settings_are_refused_with_who_can_mend_them(
    alice: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection(groups=[1])
    Collection.objects.update(settings={"export": {"color": "red"}})
    assert "Staff can fix this" in problem_of(script(alice).get(f"{EXPORTS}/csv"), 422)


def test_what_is_large_is_ordered_as_a_job_and_fetched_when_done(
    victor: User,
    charlie: User,
    make_collection: MakeCollection,
    script: Scripts,
    sent: list[int],
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    make_collection(groups=[2])
    mine = script(victor)
    monkeypatch.setattr("clustering.selectors.exporting.MOST_PAGES_AT_ONCE", 1)
    assert "Send a POST to this address" in problem_of(mine.get(f"{EXPORTS}/mets", all="true"), 422)
    answer = mine.post(f"{EXPORTS}/mets", all=True)
    assert answer.status_code == 202
    job = answer.json()
    assert (job["kind"], job["params"], sent) == ("export", {"format": "mets", "everything": True}, [job["id"]])
    assert "No such file" in problem_of(mine.get(f"/collections/afl/jobs/{job['id']}/file"), 404)
    assert "cancel it first" in problem_of(mine.post(f"{EXPORTS}/csv"), 409)

    folder = export_folder(job["id"])
    folder.mkdir(parents=True)
    (folder / "afl-mets.xml").write_text("<mets/>")
    Job.objects.update(state=Job.State.DONE, result={"file": "afl-mets.xml"}, finished=timezone.now())
    file = mine.get(f"/collections/afl/jobs/{job['id']}/file")
    assert b"".join(file.streaming_content) == b"<mets/>"
    assert 'filename="afl-mets.xml"' in file.headers["Content-Disposition"]
    read = Job.objects.create(collection=Collection.objects.get(slug="afl"), kind="read", state="done")
    assert "No such file" in problem_of(mine.get(f"/collections/afl/jobs/{read.pk}/file"), 404)
    make_collection("other", groups=[1])
    problem_of(mine.get(f"/collections/other/jobs/{job['id']}/file"), 404)
    problem_of(script(charlie).get(f"/collections/afl/jobs/{job['id']}/file"), 404)
    problem_of(script(charlie).post(f"{EXPORTS}/mets"), 404)
    problem_of(script(victor, scope="read").post(f"{EXPORTS}/mets"), 403)


def test_what_cannot_be_written_is_refused_with_what_is_in_its_way(
    alice: User, make_collection: MakeCollection, script: Scripts, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    make_collection(groups=[2])
    problem = problem_of(script(alice).get(f"{EXPORTS}/pdf", all="true"), 422)
    assert "can’t be exported" in problem
