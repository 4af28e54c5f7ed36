"""`manage.py import_pages SLUG SOURCE`: scans from wherever they lie become the pages of a collection."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from clustering.jobs.durations import duration
from clustering.jobs.importing import create_collection
from clustering.jobs.sourcing import check_source
from clustering.management.orders import checked_language
from clustering.management.terminal import carry_out
from clustering.models import Collection, Job
from clustering.sources.contract import NoSource


class Command(BaseCommand):
    """Imports what is not there yet; running it again adds nothing."""

    help = (
        "Import scans into a collection, which is made where missing: from a folder, ZIP, TAR, PDF or CSV list, from a "
        "IIIF manifest or collection, or from Brown's repository."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to import, and where to."""
        parser.add_argument("slug", help="Short name of the collection, e.g. afl-cio.")
        parser.add_argument(
            "source",
            metavar="SOURCE",
            help="A folder with scans, sub-folders in order; a .zip, .tar or .pdf of them; a .csv that lists files or "
            "addresses; the address of a IIIF manifest or collection; a pid such as bdr:gbzad5mb.",
        )
        size = parser.add_mutually_exclusive_group()
        size.add_argument(
            "--percent", type=int, metavar="N", help="How large images are fetched from servers, of the full size."
        )
        size.add_argument("--size", type=int, metavar="PIXELS", help="The same by the pixels of the long edge.")
        parser.add_argument("--title", default="", help="Title of a new collection; else made from its short name.")
        parser.add_argument("--language", default="", help="OCR language of a new collection: eng, deu, deu+eng.")

    def handle(self, **options: Any) -> None:
        """Import, and say what went in."""
        slug: str = options["slug"]
        language = checked_language(options).get("language", "")
        try:
            validate_slug(slug)
            source = check_source(options["source"], percent=options["percent"], size=options["size"])
        except ValidationError as error:
            raise CommandError(
                f"{slug} cannot be a short name. Use letters, digits, hyphens and underscores, e.g. afl-cio."
            ) from error
        except NoSource as error:
            raise CommandError(str(error)) from error
        collection = Collection.objects.filter(slug=slug).first()
        made = collection is None
        if collection is None:
            title = options["title"] or source.title
            collection = create_collection(slug, title=title, ocr_language=language, listing=source.listing)
        elif options["title"] and options["title"] != collection.title:
            self.stdout.write(f"{slug} is there already as “{collection.title}”; its title stays.")
        if language and collection.ocr_language != language:
            self.stdout.write(
                f"{slug} is there already and keeps its OCR language. Read its pages with `read {slug} --language "
                f"{language}`, or change the language in the admin."
            )
        try:
            job = carry_out(collection, Job.Kind.IMPORT, source.params, out=self.stdout)
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
