"""Exports from the admin: ordered for one collection or several, with the file on the job's page."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from clustering.jobs.running import run_here
from clustering.models import Job, User
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db


def test_staff_order_exports_and_fetch_the_files(
    make_collection: MakeCollection, sam: User, client: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path
    one, other = make_collection("one", groups=[2]), make_collection("other", groups=[1, 1])
    client.force_login(sam)
    address = f"{reverse('admin:clustering_collection_launch', args=['export'])}?ids={one.pk},{other.pk}"
    form = client.get(address).content.decode()
    assert "Library records and viewers" in form and "MODS, one record per document" in form
    client.post(address, {"format": "csv", "everything": "on"})
    jobs = list(Job.objects.order_by("pk"))
    assert [job.params for job in jobs] == [{"format": "csv", "everything": True}] * 2
    job = run_here(jobs[0])
    page = client.get(reverse("admin:clustering_job_change", args=[job.pk])).content.decode()
    link = reverse("job-file", args=[job.pk])
    assert link in page
    assert b"".join(client.get(link).streaming_content).startswith(b"identifier,position,group")  # type: ignore[attr-defined]


def test_a_format_that_is_none_is_refused(make_collection: MakeCollection, sam: User, client: Client) -> None:
    client.force_login(sam)
    address = (
        f"{reverse('admin:clustering_collection_launch', args=['export'])}?ids={make_collection('one', groups=[1]).pk}"
    )
    assert "docx is not one of the available choices" in client.post(address, {"format": "docx"}).content.decode()
    assert not Job.objects.exists()
