"""Commands that compute what pages lack because an earlier version imported them."""

from __future__ import annotations

from abc import abstractmethod
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db.models import QuerySet

from clustering.engine.images import BadScan
from clustering.management.base import DeskCommand
from clustering.models import Collection, Page
from clustering.store import StoreAway

_PAGES_A_ROUND = 200


class RenewingCommand(DeskCommand):
    """Goes over the pages that lack something, of one collection or all. It can be stopped and run again."""

    @abstractmethod
    def lacking(self) -> QuerySet[Page]:
        """Return the pages that lack it."""

    @abstractmethod
    def values_of(self, page: Page) -> dict[str, Any]:
        """Return the fields that the page gets. Raises BadScan or FileNotFoundError if its image can't be opened."""

    @abstractmethod
    def done(self, renewed: int, left: int) -> str:
        """Return the last sentence."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a collection."""
        parser.add_argument("slug", nargs="?", help="Short name of the only collection to go over. Default: all.")

    def handle(self, **options: Any) -> None:
        """Compute what is missing, and name the pages whose image can't be opened."""
        pages = self.lacking()
        if slug := options["slug"]:
            if not Collection.objects.filter(slug=slug).exists():
                raise CommandError(f"There is no collection {slug}.")
            pages = pages.filter(collection__slug=slug)
        ids = list(pages.order_by("collection", "position").values_list("pk", flat=True))
        renewed = 0
        for first in range(0, len(ids), _PAGES_A_ROUND):
            try:
                renewed += sum(
                    map(self._renew, Page.objects.filter(pk__in=ids[first : first + _PAGES_A_ROUND]).in_scan_order())
                )
            except StoreAway as error:
                raise CommandError(f"{error} Then run this again; it continues.") from error
            self.stdout.write(f"{renewed} of {len(ids)} pages")
        self.stdout.write(self.done(renewed, len(ids) - renewed))

    def _renew(self, page: Page) -> int:
        try:
            values = self.values_of(page)
        except (BadScan, FileNotFoundError) as error:
            self.stderr.write(f"{page.identifier}: {error}")
            return 0
        # A page whose scan was replaced in the meantime already has what it lacked.
        return Page.objects.filter(pk=page.pk, sha256=page.sha256).update(**values)
