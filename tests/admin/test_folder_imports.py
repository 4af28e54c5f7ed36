"""Importing a folder of the server in the admin."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from clustering.models import Collection, Job
from tests.jobs.conftest import DrawScans

pytestmark = pytest.mark.django_db


def test_an_import_from_a_folder_of_the_server(
    staff: Client, draw_scans: DrawScans, settings: Settings, tmp_path: Path
) -> None:
    settings.IMPORT_ROOTS = [tmp_path]
    folder = draw_scans(1)
    address = reverse("admin:clustering_collection_import")
    staff.post(address, {"source": str(folder), "slug": "new-one", "title": "New one"})
    job = Job.objects.get()
    assert (job.kind, job.collection.slug, job.collection.title) == (Job.Kind.IMPORT, "new-one", "New one")
    assert job.params == {"folder": str(folder)}


@pytest.mark.parametrize("wanted", ["/etc", "{root}/../outside", "{root}/link", "scans"])
def test_no_folder_outside_the_open_ones_can_be_imported(
    staff: Client, draw_scans: DrawScans, settings: Settings, tmp_path: Path, wanted: str
) -> None:
    root = tmp_path / "open"
    root.mkdir()
    (root / "link").symlink_to(draw_scans(1, folder="outside"))
    settings.IMPORT_ROOTS = [root]
    address = reverse("admin:clustering_collection_import")
    page = staff.post(address, {"source": wanted.format(root=root), "slug": "x"}).content.decode()
    assert "You can import folders from" in page
    assert not Collection.objects.exists()


def test_a_name_that_no_disk_holds_is_refused(staff: Client, settings: Settings, tmp_path: Path) -> None:
    settings.IMPORT_ROOTS = [tmp_path]
    given = {"source": f"{tmp_path}/{'a' * 300}", "slug": "x"}
    page = staff.post(reverse("admin:clustering_collection_import"), given).content.decode()
    assert "the name is too long" in page
    assert not Collection.objects.exists()


def test_without_open_folders_it_says_what_to_set(staff: Client) -> None:
    page = staff.get(reverse("admin:clustering_collection_import")).content.decode()
    assert "HHREVIEW_IMPORT_ROOTS" in page
    refused = staff.post(reverse("admin:clustering_collection_import"), {"source": "/srv/scans", "slug": "x"})
    assert "No server folders are available" in refused.content.decode()
    assert not Collection.objects.exists()
