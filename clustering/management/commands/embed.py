"""`manage.py embed SLUG`: compute vectors with an encoder, in addition to existing ones."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from clustering.management.base import DeskCommand
from clustering.management.job_options import add_encoder, checked_encoder
from clustering.management.terminal import carry_out, get_collection
from clustering.models import Job


class Command(DeskCommand):
    """Embeds the pages that lack a vector by this encoder."""

    help = "Analyze the page images of a collection with an encoder. Pages that are already analyzed are skipped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", help="Short name of the collection.")
        add_encoder(parser)

    def handle(self, **options: Any) -> None:
        """Embed, and say how many pages have a vector now."""
        collection = get_collection(options["slug"])
        key = checked_encoder(options)
        job = carry_out(collection, Job.Kind.EMBED, {"encoder": key}, out=self.stdout)
        key = job.result.get("encoder", key)
        pages = collection.pages.count()
        lacking = collection.pages.lacking_embedding(key).count()
        self.stdout.write(f"{collection.title}: {pages - lacking} of {pages} pages are analyzed with {key}.")
