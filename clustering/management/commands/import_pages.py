"""`manage.py import_pages SLUG PATH`: a folder, ZIP, TAR or PDF of scans becomes the pages of a collection."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from clustering.jobs.durations import duration
from clustering.jobs.importing import check_folder, create_collection
from clustering.management.terminal import carry_out
from clustering.models import Collection, Job
from clustering.sources.contract import NoSource


class Command(BaseCommand):
    """Imports what is not there yet; running it again adds nothing."""

    help = (
        "Import a folder, ZIP, TAR or PDF of scans, in natural order, into a collection, which is made where missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to import, and where to."""
        parser.add_argument("slug", help="Short name of the collection, e.g. afl-cio.")
        parser.add_argument(
            "folder",
            type=Path,
            metavar="PATH",
            help="The folder with the scans, sub-folders in order; or a .zip, .tar or .pdf of them.",
        )
        parser.add_argument("--title", default="", help="Title of a new collection; else made from its short name.")

    def handle(self, **options: Any) -> None:
        """Import, and say what went in."""
        folder: Path = options["folder"].expanduser().absolute()
        slug: str = options["slug"]
        try:
            validate_slug(slug)
            listing = check_folder(folder)
        except ValidationError as error:
            raise CommandError(
                f"{slug} cannot be a short name. Use letters, digits, hyphens and underscores, e.g. afl-cio."
            ) from error
        except NoSource as error:
            raise CommandError(str(error)) from error
        collection = Collection.objects.filter(slug=slug).first()
        made = collection is None
        if collection is None:
            collection = create_collection(slug, title=options["title"], listing=listing)
        elif options["title"] and options["title"] != collection.title:
            self.stdout.write(f"{slug} is there already as “{collection.title}”; its title stays.")
        try:
            job = carry_out(collection, Job.Kind.IMPORT, {"folder": str(folder)}, out=self.stdout)
        except CommandError:
            if made and not collection.pages.exists():
                collection.delete()  # nothing went in: leave nothing behind
            raise
        self._report(collection, job)

    def _report(self, collection: Collection, job: Job) -> None:
        result = job.result
        parts = [f"{_pages(result['added'])} added"]
        if result["known"]:
            parts.append(f"{_pages(result['known'])} there already")
        if result["refused"]:
            parts.append(f"{result['refused']} refused (see above)")
        if result["skipped"]:
            parts.append(f"{result['skipped']} left out as no scans")
        seconds = (job.finished - job.started).total_seconds() if job.finished and job.started else 0.0
        total = collection.pages.count()
        self.stdout.write(f"{collection.title}: {', '.join(parts)}. It has {_pages(total)} now ({duration(seconds)}).")


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"
