"""`manage.py measure_paper`: measure what pages imported by earlier versions lack."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from clustering.engine.images import BadScan, inspect_and_open
from clustering.engine.paper import PAPER_VERSION
from clustering.files import page_path
from clustering.jobs.stages.taking import paper_of
from clustering.management.renewing import RenewingCommand
from clustering.models import Page
from clustering.wording import translated


class Command(RenewingCommand):
    """Measures the paper of pages again if an earlier version did, as imports do."""

    help = (
        "Measure the paper of pages that were imported by earlier versions, which measured less. New proposals use it. "
        "Safe to run again at any time."
    )

    def lacking(self) -> QuerySet[Page]:
        """Return the pages that were measured by another version, or not at all."""
        return Page.objects.exclude(paper__version=PAPER_VERSION)

    def values_of(self, page: Page) -> dict[str, Any]:
        """Open the scan, as stored, and measure it."""
        _, image = inspect_and_open(page_path(page), max_pixels=settings.MAX_PIXELS)
        paper, warning = paper_of(image, page.filename)
        if paper is None:
            raise BadScan(translated(warning))
        return {"paper": paper}

    def done(self, renewed: int, left: int) -> str:
        """Say how many were measured."""
        return f"Measured {renewed} pages. {left} pages stay as they were."
