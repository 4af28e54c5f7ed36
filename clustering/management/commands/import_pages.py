"""`manage.py import_pages SLUG SOURCE`: import scans from any source into a collection."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError

from clustering.jobs.durations import duration
from clustering.jobs.sourcing import check_source, create_collection
from clustering.jobs.stages.comparing import plan_of, sections, unasked
from clustering.jobs.stages.renewing import KINDS, agreeing
from clustering.management.base import DeskCommand
from clustering.management.job_options import checked_language
from clustering.management.names import checked_name, checked_title
from clustering.management.terminal import carry_out
from clustering.models import Collection, Job
from clustering.sources.contract import NoSource


class Command(DeskCommand):
    """Import new scans. Running it again adds nothing."""

    help = (
        "Import scans from a folder, ZIP, TAR, PDF, or CSV list, a IIIF manifest or collection, or Brown's repository. "
        "Creates the collection if it does not exist."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", help="Short name of the collection, e.g. afl-cio.")
        parser.add_argument(
            "source",
            metavar="SOURCE",
            help="A folder with scans, including its subfolders; a .zip, .tar, or .pdf; a .csv that lists files or "
            "addresses; the address of a IIIF manifest or collection; or a pid such as bdr:gbzad5mb.",
        )
        size = parser.add_mutually_exclusive_group()
        size.add_argument(
            "--percent", type=int, metavar="N", help="Size of images from servers, in percent of full size."
        )
        size.add_argument("--size", type=int, metavar="PIXELS", help="The same, as pixels of the long edge.")
        parser.add_argument(
            "--preview",
            action="store_true",
            help="Report which pages would be inserted, replaced, renamed, or missing, without changing anything.",
        )
        parser.add_argument(
            "--agree",
            metavar="CHANGES",
            type=_kinds,
            help="Make these changes to existing pages: any of insert,replace,rename,missing, or all. New pages then "
            "go to their place in scan order, and missing pages are marked “not a document.”",
        )
        parser.add_argument(
            "--title", default="", help="Title of a new collection; default: the source's own title, or the short name."
        )
        parser.add_argument(
            "--language", default="", help="OCR language of a new collection, e.g. eng, deu, or deu+eng."
        )

    def handle(self, **options: Any) -> None:
        """Import, and print what was imported."""
        slug = checked_name(options["slug"], Collection._meta.get_field("slug"), example="afl-cio")
        title = checked_title(options["title"], Collection._meta.get_field("title"))
        language = checked_language(options).get("language", "")
        try:
            source = check_source(options["source"], percent=options["percent"], size=options["size"])
        except NoSource as error:
            raise CommandError(str(error)) from error
        collection = Collection.objects.filter(slug=slug).first()
        if options["preview"] or options["agree"] is not None:
            self._compare(slug, collection, source.params, options["agree"])
            return
        made = collection is None
        if collection is None:
            collection = create_collection(
                slug, title=title or source.title, ocr_language=language, listing=source.listing
            )
        elif title and title != collection.title:
            self.stdout.write(f"{slug} already exists as “{collection.title}.” Its title stays the same.")
        if language and collection.ocr_language != language:
            self.stdout.write(
                f"{slug} already exists and keeps its OCR language. Read its pages with `read {slug} --language "
                f"{language}`, or change the language in the admin."
            )
        try:
            job = carry_out(collection, Job.Kind.IMPORT, source.params, out=self.stdout)
        except CommandError:
            if made and not collection.pages.exists():
                collection.delete()  # nothing was imported
            raise
        self._report(collection, job)

    def _compare(
        self, slug: str, collection: Collection | None, params: dict[str, Any], kinds: list[str] | None
    ) -> None:
        """Print what an import would change, and do what is agreed to. Raises CommandError."""
        if collection is None or not collection.pages.exists():
            raise CommandError(f"{slug} has no pages yet, so there is nothing to compare. Import without this option.")
        preview = carry_out(collection, Job.Kind.IMPORT, {**params, "ask": "only"}, out=self.stdout)
        plan = plan_of(preview)
        if plan is None:
            raise CommandError("The comparison gave no result. Run it again.")
        for section in sections(plan):
            self.stdout.write(f"{section.title} ({section.kind}):")
            for row in section.rows:
                self.stdout.write(f"  {row}")
            if section.more:
                self.stdout.write(f"  and {section.more} more")
        self.stdout.write(unasked(plan))
        if kinds is None:
            made = ",".join(section.kind for section in sections(plan))
            how = f" To make these changes, use --agree {made}." if made else ""
            self.stdout.write(f"Nothing was changed.{how}")
            return
        job = carry_out(collection, Job.Kind.IMPORT, agreeing(preview, kinds), out=self.stdout)
        self._report(collection, job)

    def _report(self, collection: Collection, job: Job) -> None:
        result = job.result
        parts = [f"{_pages(result['added'])} added"]
        parts += [f"{result[key]} {key}" for key in ("inserted", "replaced", "renamed", "marked") if result.get(key)]
        if result["known"]:
            parts.append(f"{_pages(result['known'])} already there")
        if result["refused"]:
            parts.append(f"{result['refused']} refused (see above)")
        if result["skipped"]:
            parts.append(f"{result['skipped']} skipped (see above)")
        seconds = (job.finished - job.started).total_seconds() if job.finished and job.started else 0.0
        total = collection.pages.count()
        self.stdout.write(f"{collection.title}: {', '.join(parts)}. It now has {_pages(total)} ({duration(seconds)}).")


def _kinds(text: str) -> list[str]:
    wanted = list(KINDS) if text == "all" else [kind.strip() for kind in text.split(",") if kind.strip()]
    if not set(wanted) <= set(KINDS):
        raise ArgumentTypeError(f"{text} is not among {', '.join(KINDS)}, all. Separate several with commas.")
    return wanted


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"
