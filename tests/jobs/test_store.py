"""Scans in a store that speaks S3: a real server answers, over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from clustering import files, store
from clustering.jobs import exported
from clustering.jobs.launching import launch_job
from clustering.jobs.running import run_here, run_slice
from clustering.jobs.sourcing import create_collection
from clustering.jobs.uploading import remove_stale
from clustering.models import Collection, Group, Job, Page, Upload, User
from clustering.sources.folder import list_folder
from hhreview.scan_storage import scan_storage
from tests.jobs.conftest import DrawScans
from tests.uploads import Sender, jpeg

pytestmark = pytest.mark.django_db
BUCKET = "scans"


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedMotoServer]:
    running = ThreadedMotoServer(port=0, verbose=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def bucket(server: ThreadedMotoServer, settings: Settings, tmp_path: Path) -> Any:
    """An empty bucket, and settings that name it."""
    host, port = server.get_host_and_port()
    requests.post(f"http://{host}:{port}/moto-api/reset", timeout=10).raise_for_status()
    settings.CACHE_ROOT = tmp_path / "cache"
    use(settings, f"http://{host}:{port}")
    connection = boto3.resource("s3", endpoint_url=settings.STORE_ENDPOINT, aws_access_key_id="a",
                                aws_secret_access_key="b", region_name="us-east-1")  # fmt: skip
    return connection.create_bucket(Bucket=BUCKET)


def use(settings: Settings, endpoint: str, *, bucket: str = BUCKET, tries: int = 1) -> None:
    """Let scans lie there."""
    settings.STORE_BUCKET, settings.STORE_ENDPOINT, settings.STORE_PREFIX = bucket, endpoint, "desk"
    scans = scan_storage(bucket=bucket, prefix="desk", endpoint=endpoint, region="us-east-1", key="a", secret="b")
    scans["OPTIONS"]["client_config"].retries = {"mode": "standard", "total_max_attempts": tries}
    settings.STORAGES = {**settings.STORAGES, "scans": scans}


def ordered(folder: Path) -> Job:
    collection = Collection.objects.filter(slug="afl").first() or create_collection("afl", listing=list_folder(folder))
    return launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)


def names(bucket: Any) -> set[str]:
    return {item.key for item in bucket.objects.all()}


def as_on_another_machine(media: Path) -> None:
    shutil.rmtree(media)


def test_pages_come_from_the_store_wherever_they_are_asked_for(
    bucket: Any, draw_scans: DrawScans, media: Path, alice: User, client: Client, settings: Settings
) -> None:
    folder = draw_scans(2)
    job = run_here(ordered(folder))
    assert (job.state, job.error) == ("done", "")
    page = Page.objects.in_scan_order()[0]
    original = f"desk/{page.sha256[:2]}/{page.sha256[2:4]}/{page.sha256}.jpg"
    assert len(names(bucket)) == 2 * (2 + len(files.THUMBNAIL_SIZES))
    assert original in names(bucket)
    bytes_of_it = (folder / page.filename).read_bytes()

    as_on_another_machine(media)
    client.force_login(alice)
    for size in ("original", "320"):
        answer = client.get(reverse("scan", args=[page.pk, size, page.sha256[:16]]))
        assert answer.status_code == 200
        shown = b"".join(answer.streaming_content)  # type: ignore[attr-defined] # a file
        assert (shown == bytes_of_it) is (size == "original")
    rotated = client.get(reverse("scan", args=[page.pk, "320", page.sha256[:16]]), {"rotation": "90"})
    assert rotated.status_code == 200

    as_on_another_machine(media)
    for kind in (Job.Kind.EMBED, Job.Kind.READ):
        job = run_here(launch_job(page.collection, kind=kind, actor=None, params={}, here=True))
        assert (job.state, job.error, job.problems.count()) == ("done", "", 0)
    assert "MEETING OF THE LOCAL" in Page.objects.get(pk=page.pk).reading.text


def test_exports_are_written_into_the_store_and_swept_there(
    bucket: Any, draw_scans: DrawScans, media: Path, alice: User, client: Client, settings: Settings
) -> None:
    run_here(ordered(draw_scans(2)))
    collection = Collection.objects.get()
    group = Group.objects.create(
        collection=collection, number=1, first_position=1, page_count=2, state="confirmed", confirmed_at=timezone.now()
    )
    for order, page in enumerate(collection.pages.in_scan_order(), start=1):
        Page.objects.filter(pk=page.pk).update(group=group, group_order=order)
    settings.SLICE_SECONDS = 0  # the next slice may be another machine's, so it is one all the same
    job = run_here(exported.launch_export(collection, "bagit", actor=alice, here=True))
    assert (job.state, job.error) == ("done", "")
    path = exported.export_file(job)
    assert path is not None
    whole = path.read_bytes()

    as_on_another_machine(media)
    client.force_login(alice)
    addresses = (reverse("job-file", args=[job.pk]), f"/api/v1/collections/{collection.slug}/jobs/{job.pk}/file")
    for address in addresses:
        answer = client.get(address)
        assert answer.headers["Content-Length"] == str(len(whole))
        assert b"".join(answer.streaming_content) == whole  # type: ignore[attr-defined] # a file

    Job.objects.filter(pk=job.pk).update(finished=timezone.now() - timedelta(days=settings.EXPORT_DAYS + 1))
    assert exported.sweep_exports() == 1
    assert not any("/exports/" in name for name in names(bucket))
    assert exported.export_file(Job.objects.get(pk=job.pk)) is None


def test_an_upload_is_imported_by_a_worker_elsewhere(bucket: Any, media: Path, sam: User, client: Client) -> None:
    client.force_login(sam)
    sender = Sender(client)
    sender.begin()
    for name in ("a_0001.jpg", "a_0002.jpg"):
        sender.send(name, jpeg(int(name[5])))
    sender.finish()
    as_on_another_machine(media)
    upload = Upload.objects.get()
    assert upload.job is not None
    job = upload.job
    Job.objects.filter(pk=job.pk).update(state="queued")
    run_slice(job.pk, Job.objects.get(pk=job.pk).slices)
    assert Page.objects.count() == 2
    remove_stale()
    assert not any("/uploads/" in name for name in names(bucket))


def test_what_is_wrong_with_the_store_is_one_sentence(
    bucket: Any, draw_scans: DrawScans, settings: Settings, media: Path
) -> None:
    folder = draw_scans(2)
    endpoint = settings.STORE_ENDPOINT
    use(settings, endpoint, bucket="nowhere")
    job = run_here(ordered(folder))
    assert (job.state, Page.objects.count()) == ("failed", 0)
    assert "has no bucket called nowhere. Create it, or correct HHREVIEW_STORE_BUCKET." in job.error
    with pytest.raises(store.StoreAway, match="no bucket called nowhere"):
        store.fetched(media / "ab" / "cd" / "some.jpg")

    use(settings, endpoint)
    requests.post(f"{endpoint}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
    try:
        job = run_here(ordered(folder))
        assert (job.state, Page.objects.count()) == ("failed", 0)
        assert "refused the key. Check HHREVIEW_STORE_KEY and HHREVIEW_STORE_SECRET" in job.error
        with pytest.raises(ClientError):
            bucket.Object("desk/any").load()
    finally:
        requests.post(f"{endpoint}/moto-api/reset-auth", data="inf", timeout=10)
    job = run_here(ordered(folder))
    assert (job.state, Page.objects.count()) == ("done", 2)


def test_a_store_that_is_away_keeps_a_job_waiting_and_people_told(
    bucket: Any, draw_scans: DrawScans, media: Path, alice: User, client: Client, settings: Settings
) -> None:
    endpoint, folder = settings.STORE_ENDPOINT, draw_scans(3)
    job = ordered(folder)
    use(settings, "http://127.0.0.1:9", tries=1)  # nobody listens there
    run_slice(job.pk, job.slices)
    job.refresh_from_db()
    assert (job.state, Page.objects.count()) == ("queued", 0)
    away = "The store at http://127.0.0.1:9 does not answer (EndpointConnectionError). Check it."
    assert job.error == f"{away} The job then continues automatically."
    use(settings, endpoint)
    run_slice(job.pk, job.slices)
    assert Page.objects.count() == 3
    assert len(names(bucket)) == 3 * (2 + len(files.THUMBNAIL_SIZES))

    page = Page.objects.all()[0]
    as_on_another_machine(media)
    use(settings, "http://127.0.0.1:9", tries=1)
    client.force_login(alice)
    client.raise_request_exception = False
    answer = client.get(reverse("scan", args=[page.pk, "320", page.sha256[:16]]))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert not list(media.rglob(".fetched-*"))


def test_the_cache_is_bounded_and_loses_nothing_that_the_store_lacks(
    bucket: Any, draw_scans: DrawScans, media: Path, settings: Settings
) -> None:
    run_here(ordered(draw_scans(2)))
    first, second = Page.objects.in_scan_order()
    only_here = files.original_path("ff" * 32, "image/jpeg")
    only_here.parent.mkdir(parents=True)
    only_here.write_bytes(b"x" * 1000)
    assert store.evict(1) == 0  # all was asked for just now
    assert store.evict(1, in_use=-1) > 0
    assert only_here.exists()
    assert not files.original_path(first.sha256, first.media_type).exists()
    assert files.page_path(second).exists()
    call_command("fill_store")
    assert any(name.endswith(f"{'ff' * 32}.jpg") for name in names(bucket))
    store.evict(1, in_use=-1)
    assert not only_here.exists()
    settings.STORE_CACHE_GB = 0  # whatever comes in is too much
    assert files.page_path(first).exists()
