"""Jobs by the API: staff order, everybody with a role watches."""

from __future__ import annotations

from typing import Any

import pytest
from kombu.exceptions import OperationalError

from clustering.models import Collection, Job, JobProblem, User
from tests.api.conftest import Script, Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection
from tests.language_model import Speak, says

JOBS = "/collections/afl/jobs"


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    return make_collection(groups=[2, 1])


@pytest.fixture
def staff(sam: User, script: Scripts, collection: Collection, sent: list[int]) -> Script:
    return script(sam)


def test_it_launches_with_orders_checked_and_filled_in(staff: Script, sam: User) -> None:
    answer = staff.post(JOBS, kind="propose", method="dbscan", settings={"eps": 0.1}, documents=2, publish=False)
    assert answer.status_code == 202
    body = answer.json()
    assert (body["kind"], body["state"], body["launched_by"]) == ("propose", "queued", "sam")
    params = body["params"]
    assert (params["method"], params["settings"]["eps"], params["documents"], params["publish"]) == (
        "dbscan",
        0.1,
        2,
        False,
    )
    assert params["encoder"] == "efficientnet-lite0@224"


def test_each_kind_is_told_what_it_needs(staff: Script, collection: Collection) -> None:
    Collection.objects.update(expected_documents=2)
    wanted: dict[str, dict[str, Any]] = {
        "embed": {"encoder": "efficientnet-lite0@448"},
        "read": {},
        "learn": {},
        "process": {"method": "seams", "documents": 2, "publish": True},
    }
    for kind, known in wanted.items():
        more = {"resolution": 448} if kind == "embed" else {}
        params = staff.post(JOBS, kind=kind, **more).json()["params"]
        assert params.items() >= known.items(), kind


def test_a_language_is_checked_before_it_is_read_in(staff: Script) -> None:
    assert "tesseract-ocr-fra" in problem_of(staff.post(JOBS, kind="read", language="fra"), 422)
    assert "does not take language" in problem_of(staff.post(JOBS, kind="embed", language="eng"), 422)
    assert staff.post(JOBS, kind="read", language="deu+eng").json()["params"] == {"language": "deu+eng"}


def test_a_language_model_is_asked_within_a_budget(staff: Script, speak: Speak) -> None:
    assert "No language model is set up" in problem_of(staff.post(JOBS, kind="ask"), 422)
    speak(says({}))
    params = staff.post(JOBS, kind="ask", questions=7, describe=True).json()["params"]
    assert (params["questions"], params["seconds"], params["describe"], params["seams"]) == (7, 900, True, True)


@pytest.mark.usefixtures("staff")
def test_it_reaches_the_workers(staff: Script, sent: list[int]) -> None:
    pk = staff.post(JOBS, kind="read").json()["id"]
    assert sent == [pk]


def test_a_second_job_of_its_kind_is_told_of_the_first(staff: Script) -> None:
    first = staff.post(JOBS, kind="read").json()
    answer = staff.post(JOBS, kind="read")
    assert "cancel it first" in problem_of(answer, 409)
    assert answer.json()["job"]["id"] == first["id"]


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"kind": "propose", "method": "magic"}, "no method magic"),
        ({"kind": "propose", "method": "dbscan", "settings": {"epsilon": 1}}, "epsilon"),
        ({"kind": "propose", "documents": 99}, "99 documents"),
        ({"kind": "embed", "encoder": "minilm"}, "image encoder"),
        ({"kind": "read", "method": "seams"}, "does not take method"),
        ({"kind": "import"}, "The source is missing"),
        ({"kind": "import", "source": "/etc"}, "import"),
    ],
)
def test_what_no_job_could_carry_out_is_refused(staff: Script, order: dict[str, Any], message: str) -> None:
    assert message in problem_of(staff.post(JOBS, **order), 422)
    assert not Job.objects.exists()


def test_what_is_not_as_described_is_told(staff: Script) -> None:
    problem_of(staff.post(JOBS), 400)
    problem_of(staff.post(JOBS, kind="export"), 400)
    problem_of(staff.post(JOBS, kind="embed", resolution=7), 400)


def test_it_tells_how_far_a_job_is_and_what_went_wrong(staff: Script, collection: Collection) -> None:
    job = Job.objects.create(collection=collection, kind="read", state="running", stage="read", done=1, total=3)
    page = collection.pages.get(position=2)
    JobProblem.objects.create(job=job, page=page, filename="x.jpg", message="It is torn.", is_warning=True)
    body = staff.get(f"{JOBS}/{job.pk}").json()
    assert (body["stage"], body["done"], body["total"]) == ("Running OCR", 1, 3)
    problems = staff.all(f"{JOBS}/{job.pk}/problems")
    assert [(row["position"], row["message"], row["is_warning"]) for row in problems] == [(2, "It is torn.", True)]
    assert [row["id"] for row in staff.all(JOBS, state="running")] == [job.pk]
    assert staff.all(JOBS, kind="embed") == []


def test_it_cancels_once_and_launches_again(staff: Script) -> None:
    pk = staff.post(JOBS, kind="read").json()["id"]
    first, second = staff.post(f"{JOBS}/{pk}/cancel").json(), staff.post(f"{JOBS}/{pk}/cancel").json()
    assert (first["cancelled"], second["cancelled"]) == (True, False)
    assert first["job"]["state"] == second["job"]["state"] == "cancelled"
    again = staff.post(f"{JOBS}/{pk}/relaunch")
    assert (again.status_code, again.json()["relaunch_of"]) == (202, pk)


def test_a_broker_that_is_gone_is_told_and_the_job_kept(staff: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*args: object) -> None:
        raise OperationalError("no route")

    monkeypatch.setattr("clustering.jobs.launching.send_slice", lost)
    assert "starts when they can" in problem_of(staff.post(JOBS, kind="read"), 503)
    assert Job.objects.active().count() == 1


def test_others_watch_and_only_staff_orders(
    alice: User, charlie: User, collection: Collection, script: Scripts, make_collection: MakeCollection
) -> None:
    job = Job.objects.create(collection=collection, kind="read")
    archivist, stranger = script(alice), script(charlie)
    assert archivist.get(f"{JOBS}/{job.pk}").status_code == 200
    for path in (JOBS, f"{JOBS}/{job.pk}/cancel", f"{JOBS}/{job.pk}/relaunch"):
        assert "Only staff" in problem_of(archivist.post(path, kind="read"), 403)
        problem_of(stranger.post(path, kind="read"), 404)
    make_collection("other", groups=[1])
    problem_of(archivist.get(f"/collections/other/jobs/{job.pk}"), 404)
    problem_of(stranger.get(f"{JOBS}/{job.pk}"), 404)
    assert Job.objects.get().state == "queued"
