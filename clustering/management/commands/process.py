"""`manage.py process SLUG`: embed, read, propose and publish as one job."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from clustering.management.base import DeskCommand
from clustering.management.job_options import (
    add_encoder,
    add_language,
    add_proposal,
    checked_language,
    proposal_params,
    say_proposal,
)
from clustering.management.terminal import carry_out, get_collection, launched
from clustering.models import Job


class Command(DeskCommand):
    """Do what is missing. Running it again only makes another proposal."""

    help = "Analyze images and run OCR on the pages of a collection, propose documents, and apply the proposal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", help="Short name of the collection.")
        add_encoder(parser)
        add_language(parser)
        add_proposal(parser)
        parser.add_argument(
            "--tonight",
            action="store_true",
            help="Leave the work to the workers for the hours of HHREVIEW_NIGHT, when no other job waits, and return "
            "immediately.",
        )

    def handle(self, **options: Any) -> None:
        """Process, and print what was proposed."""
        collection = get_collection(options["slug"])
        params = proposal_params(options, collection) | checked_language(options)
        if options["tonight"]:
            job = launched(collection, Job.Kind.PROCESS, params, priority=Job.Priority.NIGHT)
            self.stdout.write(f"Job {job.pk} will run tonight.")
            return
        job = carry_out(collection, Job.Kind.PROCESS, params, out=self.stdout)
        say_proposal(job, self.stdout)
