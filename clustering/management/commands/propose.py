"""`manage.py propose SLUG --method M`: make a proposal for embedded and read pages."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from clustering.management.base import DeskCommand
from clustering.management.job_options import add_encoder, add_proposal, proposal_params, say_proposal
from clustering.management.terminal import carry_out, get_collection
from clustering.models import Job


class Command(DeskCommand):
    """Makes a run with one method; confirmed and corrected groups stay as they are."""

    help = "Propose documents with a method and its settings. Earlier proposals are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", help="Short name of the collection.")
        add_encoder(parser)
        add_proposal(parser)

    def handle(self, **options: Any) -> None:
        """Propose, and print the outcome."""
        collection = get_collection(options["slug"])
        params = proposal_params(options, collection)
        job = carry_out(collection, Job.Kind.PROPOSE, params, out=self.stdout)
        say_proposal(job, self.stdout)
