"""The admin, for staff only: ordering jobs, watching them, and reading what cannot be changed."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from clustering.admin.collections import MOST_IN_ADDRESS
from clustering.admin.forms import FORMS
from clustering.admin_log import log_change
from clustering.collection_settings import keep_export_settings
from clustering.exports.settings import ExportSettings
from clustering.jobs.endings import end_badly
from clustering.jobs.launching import launch_job
from clustering.jobs.slices import note_problem
from clustering.models import Collection, Edit, Group, Job, JobProblem, Page, Run, SeamScore, User
from clustering.wording import say
from tests.conftest import MakeCollection
from tests.language_model import Speak, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    return make_collection(groups=[2, 1])


def launch_url(kind: str, *collections: Collection) -> str:
    ids = ",".join(str(collection.pk) for collection in collections)
    return f"{reverse('admin:clustering_collection_launch', args=[kind])}?ids={ids}"


@pytest.mark.parametrize(
    "name", ["collection", "job", "run", "seamscore", "group", "page", "edit", "jobproblem", "opinion"]
)
def test_staff_see_every_list(staff: Client, collection: Collection, name: str) -> None:
    launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    assert staff.get(reverse(f"admin:clustering_{name}_changelist")).status_code == 200


@pytest.mark.parametrize("who", ["alice", "victor", "charlie"])
def test_others_see_nothing_of_it(
    client: Client, collection: Collection, who: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    job = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    for address in (
        reverse("admin:clustering_collection_changelist"),
        launch_url("process", collection),
        reverse("admin:clustering_collection_import"),
        reverse("admin:clustering_job_status", args=[job.pk]),
    ):
        assert client.get(address).status_code in {302, 403, 404}
    client.post(reverse("admin:clustering_job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_the_list_shows_progress_and_the_latest_job(staff: Client, collection: Collection) -> None:
    job = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, done=1, total=3)
    page = staff.get(reverse("admin:clustering_collection_changelist")).content.decode()
    assert "<h1>Collections</h1>" in page
    assert "3 (0 confirmed)" in page
    assert "OCR: running, 1 of 3" in page


def test_a_job_is_named_by_its_collection_and_where_it_stands(staff: Client, collection: Collection) -> None:
    job = launch_job(collection, kind=Job.Kind.PROCESS, actor=None, here=True)
    assert str(job) == "AFL: Process"
    job.state, job.stage = Job.State.FAILED, Job.Stage.READING
    assert str(job) == "AFL: Process (Running OCR)"
    job.state = Job.State.DONE
    assert str(job) == "AFL: Process"
    asked = []
    for kind in (Job.Kind.READ, Job.Kind.EMBED, Job.Kind.LEARN):
        one = Job.objects.create(collection=collection, kind=kind, state="failed", stage="read")
        note_problem(one, "Not an image.", filename="a.jpg")
        for name in ("job", "jobproblem"):
            with CaptureQueriesContext(connection) as queries:
                shown = staff.get(reverse(f"admin:clustering_{name}_changelist")).content.decode()
            assert f"AFL: {one.get_kind_display()} (Running OCR)" in shown
            asked.append(len(queries))
    assert asked[-2:] == asked[2:4], "as many however many there are"


def test_an_action_leads_to_the_form_with_the_chosen_collections(
    staff: Client, collection: Collection, make_collection: MakeCollection
) -> None:
    other = make_collection("cio", pages=1)
    answer = staff.post(
        reverse("admin:clustering_collection_changelist"),
        {"action": "launch_process", "_selected_action": [collection.pk, other.pk]},
        follow=True,
    )
    page = answer.content.decode()
    assert "Process: AFL, CIO" in page
    for field in ('name="encoder"', 'name="resolution"', 'name="documents"', 'name="dbscan__eps"', 'name="publish"'):
        assert field in page


def test_an_order_launches_the_job_and_leads_to_its_page(staff: Client, collection: Collection, clerk: User) -> None:
    answer = staff.post(
        launch_url("propose", collection),
        {
            "encoder": "efficientnet-lite0@224",
            "resolution": "448",
            "method": "dbscan",
            "dbscan__eps": "0.25",
            "dbscan__min_samples": "2",
            "documents": "2",
        },
    )
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("admin:clustering_job_change", args=[job.pk])
    assert (job.kind, job.actor) == (Job.Kind.PROPOSE, clerk)
    assert job.params == {
        "encoder": "efficientnet-lite0@448",
        "method": "dbscan",
        "settings": {"eps": 0.25, "min_samples": 2},
        "documents": 2,
        "publish": False,
    }


def test_a_read_order_needs_nothing_but_the_button(staff: Client, collection: Collection) -> None:
    assert "OCR" in staff.get(launch_url("read", collection)).content.decode()
    staff.post(launch_url("read", collection))
    assert Job.objects.get().kind == Job.Kind.READ


def test_a_read_order_may_name_a_language_that_is_installed(staff: Client, collection: Collection) -> None:
    page = staff.post(launch_url("read", collection), {"language": "fra"}).content.decode()
    assert "tesseract-ocr-fra" in page
    assert not Job.objects.exists()
    staff.post(launch_url("read", collection), {"language": "deu, eng"})
    assert Job.objects.get().params == {"language": "deu+eng"}


def test_asking_a_language_model_needs_one_that_is_set_up(staff: Client, collection: Collection) -> None:
    assert "nothing is sent anywhere" in staff.get(launch_url("ask", collection)).content.decode()
    page = staff.post(
        launch_url("ask", collection), {"questions": "5", "seconds": "60", "seams": "on"}
    ).content.decode()
    assert "HHREVIEW_LLM_URL" in page
    assert not Job.objects.exists()


def test_staff_see_what_leaves_the_house_and_set_the_budget(
    staff: Client, collection: Collection, speak: Speak
) -> None:
    speak(says({}))
    page = staff.get(launch_url("ask", collection)).content.decode()
    assert "runs on this computer, so nothing leaves it" in page
    assert "Asked so far: 0 questions" in page
    order = {"questions": "5", "seconds": "60", "describe": "on"}
    assert "prices" in staff.post(launch_url("ask", collection), {**order, "money": "1"}).content.decode()
    assert (
        "Choose what to ask about"
        in staff.post(launch_url("ask", collection), {"questions": "5", "seconds": "60"}).content.decode()
    )
    staff.post(launch_url("ask", collection), order)
    job = Job.objects.get()
    assert job.params == {
        "questions": 5, "seconds": 60, "money": "", "seams": False, "describe": True, "propose": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"documents": "4"}, "3 pages can’t be 4 documents"),
        ({"encoder": "other", "other_encoder": "guess"}, "There is no encoder"),
        ({"encoder": "other"}, "Enter the encoder’s key here"),
        ({"dbscan__eps": "3"}, "less than or equal to 2"),
        ({"resolution": "10"}, "greater than or equal to 64"),
    ],
)
def test_a_wrong_order_is_shown_again_with_the_reason(
    staff: Client, collection: Collection, change: dict[str, str], sentence: str
) -> None:
    order = {"encoder": "efficientnet-lite0@224", "method": "dbscan", "dbscan__eps": "0.1", **change}
    page = staff.post(launch_url("propose", collection), order).content.decode()
    assert sentence in page
    assert not Job.objects.exists()


def test_a_second_order_leads_to_the_job_that_is_at_work(staff: Client, collection: Collection) -> None:
    first = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    answer = staff.post(launch_url("read", collection))
    text = answer.content.decode()
    assert "has a job “OCR” that is queued" in text
    assert f'href="{reverse("admin:clustering_job_change", args=[first.pk])}"' in text


def test_several_collections_get_a_job_each(
    staff: Client, collection: Collection, make_collection: MakeCollection
) -> None:
    staff.post(launch_url("read", collection, make_collection("cio", pages=1)))
    assert Job.objects.filter(kind=Job.Kind.READ).count() == 2


def test_more_collections_than_an_address_holds_get_a_job_each(staff: Client, make_collection: MakeCollection) -> None:
    made = Collection.objects.bulk_create(
        Collection(slug=f"c{n}", title=f"C {n:03}") for n in range(MOST_IN_ADDRESS + 1)
    )
    chosen = {"action": "launch_read", "_selected_action": [made[0].pk], "select_across": "1"}
    page = staff.post(reverse("admin:clustering_collection_changelist"), chosen)
    assert page.status_code == 200, "not led to an address that no server takes"
    assert f"C 009, and {len(made) - 10} more" in page.content.decode()
    form = html.fromstring(page.content).xpath("//form[@id='launch-form']")[0]
    first = launch_job(made[0], kind=Job.Kind.READ, actor=None, here=True)
    with CaptureQueriesContext(connection) as queries:
        answer = staff.post(form.get("action"), {name: value or "" for name, value in form.fields.items()})
    assert answer.headers["Location"] == reverse("admin:clustering_job_changelist")
    assert Job.objects.filter(kind=Job.Kind.READ).exclude(pk=first.pk).count() == len(made) - 1
    assert len(queries) < 50, "not one for each"


def test_the_jobs_page_shows_progress_problems_and_orders(staff: Client, collection: Collection) -> None:
    job = launch_job(collection, kind=Job.Kind.EMBED, actor=None, params={"encoder": "x@224"}, here=True)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, stage=Job.Stage.EMBEDDING, done=1, total=3)
    JobProblem.objects.create(job=job, message="HH000001_0002 was not embedded. <It> is damaged.")
    page = staff.get(reverse("admin:clustering_job_change", args=[job.pk])).content.decode()
    assert "Analyzing images" in page
    assert f"&rsaquo; Analyze images: {collection.title}" in page
    assert '<progress max="3" value="1"' in page
    assert "HH000001_0002 was not embedded. &lt;It&gt; is damaged." in page
    assert "x@224" in page
    assert "1 error, 0 warnings" in page


def test_why_a_job_failed_and_what_was_changed_are_read_in_every_language(
    staff: Client, collection: Collection, clerk: User
) -> None:
    """What was stored as a sentence stays as it was; the API and the bell tell the same."""
    job = launch_job(collection, kind=Job.Kind.EMBED, actor=clerk, here=True)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    note_problem(job, say("%(page)s was not analyzed. %(why)s", page="HH000001_0002", why="<It> is damaged."))
    note_problem(job, "HH000001_0003 was stored as a sentence.")
    end_badly(job, Job.objects.filter(pk=job.pk), MemoryError(), patient=False)
    keep_export_settings(collection, ExportSettings(rights="In copyright"), actor=clerk)
    log_change([collection], "An older change.", actor=clerk)
    german = {"accept-language": "de"}
    for address in (reverse("job", args=[job.pk]), reverse("admin:clustering_job_change", args=[job.pk])):
        page = staff.get(address, headers=german).content.decode()
        assert "Dem Arbeitsprozess ging der Speicher aus." in page
        assert "HH000001_0002 wurde nicht analysiert. &lt;It&gt; is damaged." in page
        assert "HH000001_0003 was stored as a sentence." in page
    assert "Dem Arbeitsprozess" in staff.get("/notifications/", headers=german).content.decode()
    body = staff.get(f"/api/v1/collections/{collection.slug}/jobs/{job.pk}", headers=german).json()
    assert body["error"].startswith("Dem Arbeitsprozess ging der Speicher aus.")
    job.refresh_from_db()
    assert job.error.startswith("The worker ran out of memory.")
    history = reverse("admin:clustering_collection_history", args=[collection.pk])
    page = staff.get(history, headers=german).content.decode()
    assert "Exporteinstellungen: rights." in page
    assert "An older change." in page
    assert "Export settings: rights." in staff.get(history).content.decode()


def test_the_polled_part_ends_when_the_job_does(staff: Client, collection: Collection) -> None:
    job = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    address = reverse("admin:clustering_job_status", args=[job.pk])
    assert 'data-active="yes"' in staff.get(address).content.decode()
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, error="The disk is full.")
    page = staff.get(address).content.decode()
    assert 'data-active="no"' in page
    assert "The disk is full." in page
    assert "Start again" in page


def test_cancel_and_launch_again(staff: Client, collection: Collection, clerk: User) -> None:
    job = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    staff.post(reverse("admin:clustering_job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.CANCELLED, "Canceled by clerk.")
    answer = staff.post(reverse("admin:clustering_job_relaunch", args=[job.pk]))
    again = Job.objects.get(relaunch_of=job)
    assert answer.headers["Location"] == reverse("admin:clustering_job_change", args=[again.pk])
    assert again.actor == clerk


@pytest.mark.parametrize("act", ["cancel", "relaunch"])
def test_acts_need_a_post(staff: Client, collection: Collection, act: str) -> None:
    job = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    assert staff.get(reverse(f"admin:clustering_job_{act}", args=[job.pk])).status_code == 405


@pytest.mark.parametrize("model", [Job, Run, SeamScore, Group, Page, Edit, JobProblem])
def test_records_can_be_read_only_even_by_a_superuser(client: Client, sam: User, model: type) -> None:
    client.force_login(sam)
    name = model.__name__.lower()
    assert client.get(reverse(f"admin:clustering_{name}_add")).status_code == 403


@pytest.mark.parametrize("place", ["clustering_user", "auth_group", "clustering_job", "clustering_collection"])
@pytest.mark.parametrize("act", ["change", "delete", "history"])
def test_an_address_with_an_empty_field_means_the_key(
    client: Client, sam: User, collection: Collection, place: str, act: str
) -> None:
    client.force_login(sam)
    assert client.get(reverse(f"admin:{place}_{act}", args=[999]), {"_to_field": ""}).status_code < 500


def test_a_page_cannot_be_changed_by_post(client: Client, sam: User, collection: Collection) -> None:
    client.force_login(sam)
    page = collection.pages.in_scan_order()[0]
    for act in ("change", "delete"):
        assert client.post(reverse(f"admin:clustering_page_{act}", args=[page.pk]), {"position": 9}).status_code == 403
    page.refresh_from_db()
    assert page.position == 1


def test_a_collection_cannot_be_deleted_here(client: Client, sam: User, collection: Collection) -> None:
    client.force_login(sam)
    assert client.post(reverse("admin:clustering_collection_delete", args=[collection.pk])).status_code == 403


def test_pages_of_the_admin_carry_no_inline_script_or_style(staff: Client, collection: Collection) -> None:
    job = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    for address in (launch_url("process", collection), reverse("admin:clustering_job_change", args=[job.pk])):
        answer = staff.get(address)
        page = answer.content.decode()
        assert "style=" not in page
        assert "onclick=" not in page
        assert "<script>" not in page
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_correcting_a_collection_writes_nothing_that_others_changed_since(
    staff: Client, clerk: User, make_collection: MakeCollection, rf: RequestFactory
) -> None:
    collection = make_collection(groups=[1])
    model_admin = site._registry[Collection]
    request = rf.get("/")
    request.user = clerk
    opened = Collection.objects.get(pk=collection.pk)
    form = model_admin.get_form(request, opened)({"title": "AFL-CIO", "slug": "afl"}, instance=opened)
    assert form.is_valid()
    Collection.objects.update(version=7, settings={"learn_every": 20}, next_group_number=9)  # somebody worked meanwhile
    model_admin.save_model(request, form.save(commit=False), form, change=True)
    collection.refresh_from_db()
    assert (collection.title, collection.version, collection.next_group_number) == ("AFL-CIO", 7, 9)
    assert collection.settings == {"learn_every": 20}
    address = reverse("admin:clustering_collection_change", args=[collection.pk])
    fields = {"title": "AFL", "identifier": "", "note": "", "expected_documents": "", "ocr_language": ""}
    assert staff.post(address, fields).status_code == 302
    collection.refresh_from_db()
    assert (collection.title, collection.identifier, collection.version) == ("AFL", "", 7)


def test_the_first_page_and_each_collection_start_every_job(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection("afl", groups=[1])
    client = Client()
    client.force_login(sam)
    first = client.get("/admin/").content.decode()
    form = client.get(f"/admin/clustering/collection/{collection.pk}/change/").content.decode()
    for kind in FORMS:
        assert f"?job={kind}" in first
        assert f"/admin/clustering/collection/launch/{kind}/?ids={collection.pk}" in form
        listed = client.get("/admin/clustering/collection/", {"job": kind})
        assert f'<option value="launch_{kind}" selected>' in listed.content.decode()
    assert client.get("/admin/clustering/collection/", {"job": "nothing"}).status_code == 200


def test_collections_are_filtered_by_where_they_stand(make_collection: MakeCollection, sam: User) -> None:
    client = Client()
    client.force_login(sam)
    make_collection("afl", groups=[1])
    make_collection("raw", pages=2)

    def shown(status: str) -> list[str]:
        answer = client.get("/admin/clustering/collection/", {"status": status})
        return sorted(row.slug for row in answer.context["cl"].result_list)

    assert [shown("unprocessed"), shown("proposed"), shown("nonsense")] == [["raw"], ["afl"], ["afl", "raw"]]
