"""`manage.py read SLUG`: OCR of the pages that were not read yet."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from clustering.management.base import DeskCommand
from clustering.management.job_options import add_language, checked_language
from clustering.management.terminal import carry_out, get_collection
from clustering.models import Job


class Command(DeskCommand):
    """Run OCR on pages, and embed their text."""

    help = "Run OCR on the pages of a collection. Pages that already have text are skipped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", help="Short name of the collection.")
        add_language(parser)

    def handle(self, **options: Any) -> None:
        """Read, and say how many pages were read by now."""
        collection = get_collection(options["slug"])
        carry_out(collection, Job.Kind.READ, checked_language(options), out=self.stdout)
        pages = collection.pages.count()
        lacking = collection.pages.lacking_reading().count()
        self.stdout.write(f"{collection.title}: {pages - lacking} of {pages} pages are read.")
