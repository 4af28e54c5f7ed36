"""`manage.py draw_placeholders`: create missing placeholders, which are shown while scans load."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from clustering.engine.images import open_scan
from clustering.engine.placeholders import placeholder
from clustering.files import SMALL, ensure_thumbnail
from clustering.management.renewing import RenewingCommand
from clustering.models import Page


class Command(RenewingCommand):
    """Draws the placeholders that are missing, from thumbnails."""

    help = "Draw the blurred placeholders that pages imported by earlier versions lack. Safe to run again at any time."

    def lacking(self) -> QuerySet[Page]:
        """Return the pages without a placeholder."""
        return Page.objects.filter(placeholder="")

    def values_of(self, page: Page) -> dict[str, Any]:
        """Draw it from the small thumbnail."""
        return {"placeholder": placeholder(open_scan(ensure_thumbnail(page, SMALL)))}

    def done(self, renewed: int, left: int) -> str:
        """Say how many were drawn."""
        return f"Drew {renewed} placeholders. {left} pages stay gray while they load."
