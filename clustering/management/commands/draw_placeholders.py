"""`manage.py draw_placeholders`: create missing placeholders, which are shown while scans load."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from clustering.engine.images import BadScan, open_scan
from clustering.engine.placeholders import placeholder
from clustering.files import SMALL, ensure_thumbnail
from clustering.management.base import DeskCommand
from clustering.models import Collection, Page
from clustering.store import StoreAway

_PAGES_A_ROUND = 200


class Command(DeskCommand):
    """Draws the placeholders that are missing, from thumbnails."""

    help = "Draw the blurred placeholders that pages imported by earlier versions lack. Safe to run again at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a collection."""
        parser.add_argument("slug", nargs="?", help="Draw only for this collection; default: all.")

    def handle(self, **options: Any) -> None:
        """Draw, and name the pages whose image cannot be opened."""
        pages = Page.objects.filter(placeholder="")
        if slug := options["slug"]:
            if not Collection.objects.filter(slug=slug).exists():
                raise CommandError(f"There is no collection {slug}.")
            pages = pages.filter(collection__slug=slug)
        ids = list(pages.in_scan_order().values_list("pk", flat=True))
        drawn = 0
        for first in range(0, len(ids), _PAGES_A_ROUND):
            try:
                drawn += self._draw(ids[first : first + _PAGES_A_ROUND])
            except StoreAway as error:
                raise CommandError(f"{error} Then run this again; it continues.") from error
            self.stdout.write(f"{drawn} of {len(ids)} pages")
        self.stdout.write(f"Drew {drawn} placeholders. {len(ids) - drawn} pages stay gray while they load.")

    def _draw(self, ids: list[int]) -> int:
        drawn = 0
        for page in Page.objects.filter(pk__in=ids).in_scan_order():
            try:
                made = placeholder(open_scan(ensure_thumbnail(page, SMALL)))
            except (BadScan, FileNotFoundError) as error:
                self.stderr.write(f"{page.identifier}: {error}")
                continue
            # A page whose scan was replaced in the meantime already has a placeholder.
            drawn += Page.objects.filter(pk=page.pk, sha256=page.sha256).update(placeholder=made)
        return drawn
