"""`manage.py measure_paper`: pages of an earlier version get what is measured now, and lose nothing."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from clustering.engine.images import open_scan
from clustering.engine.paper import PAPER_VERSION, measure_paper
from clustering.files import page_path
from clustering.models import Page
from tests.jobs.conftest import DrawScans
from tests.jobs.test_importing import run_import

pytestmark = pytest.mark.django_db


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command("measure_paper", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_what_an_earlier_version_measured_is_measured_again_and_what_cannot_be_is_named(draw_scans: DrawScans) -> None:
    run_import(draw_scans(3))
    first, second, third = Page.objects.order_by("position")
    Page.objects.filter(pk=first.pk).update(paper={"version": PAPER_VERSION - 1, "ink": 0.5})
    Page.objects.filter(pk=second.pk).update(paper=None)
    page_path(second).unlink()
    output = output_of("afl")
    assert f"{second.identifier}: " in output
    assert output.endswith("Measured 1 pages. 1 pages stay as they were.\n")
    papers = list(Page.objects.order_by("position").values_list("paper", flat=True))
    assert papers == [measure_paper(open_scan(page_path(first))), None, third.paper]
    assert "Measured 0 pages. 1 pages" in output_of()
