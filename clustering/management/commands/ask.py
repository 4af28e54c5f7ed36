"""`manage.py ask SLUG`: questions to a language model about doubtful places, within a budget."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction
from typing import Any

from django.core.management.base import CommandError

from clustering.jobs import param_checks
from clustering.jobs.params import WrongParams
from clustering.language_model.budget import QUESTIONS, SECONDS, Spent
from clustering.language_model.setup import endpoint_set_up
from clustering.management.base import DeskCommand
from clustering.management.job_options import say_proposal
from clustering.management.terminal import carry_out, get_collection
from clustering.models import Job


class Command(DeskCommand):
    """Ask a language model, and propose documents again with its answers."""

    help = (
        "Ask the language model about low-confidence places between pages. The command first says what data it sends."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", help="Short name of the collection.")
        parser.add_argument(
            "--questions", type=int, default=QUESTIONS, help=f"The most questions; default {QUESTIONS}."
        )
        parser.add_argument("--seconds", type=int, default=SECONDS, help=f"The most seconds; default {SECONDS}.")
        parser.add_argument("--money", default="", help="The most money, in the currency of the prices that are set.")
        parser.add_argument(
            "--seams", action=BooleanOptionalAction, default=True, help="Ask about low-confidence places between pages."
        )
        parser.add_argument("--describe", action="store_true", help="Suggest descriptions of untitled documents.")
        parser.add_argument(
            "--propose", action=BooleanOptionalAction, default=True, help="Propose documents again afterwards."
        )

    def handle(self, **options: Any) -> None:
        """Ask, and print the outcome."""
        collection = get_collection(options["slug"])
        try:
            params = param_checks.ask_params(
                collection,
                questions=options["questions"],
                seconds=options["seconds"],
                money=options["money"],
                seams=options["seams"],
                documents=options["describe"],
                propose=options["propose"],
            )
        except WrongParams as error:
            raise CommandError(str(error)) from error
        self.stdout.write(endpoint_set_up().what_leaves)
        job = carry_out(collection, Job.Kind.ASK, params, out=self.stdout)
        spent = Spent.of(job.result)
        money = f", {spent.cost} in money" if spent.cost else ""
        self.stdout.write(
            f"{spent.answered} answered, {spent.reused} reused, {spent.unanswered} without an "
            f"answer; {spent.seconds:.0f} seconds, {spent.sent + spent.received:,} tokens{money}."
        )
        say_proposal(job, self.stdout)
