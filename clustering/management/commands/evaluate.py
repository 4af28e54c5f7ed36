"""`manage.py evaluate SLUG TRUTH.csv`: score the desk, each run, and baselines."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from clustering.jobs.evaluating import evaluate
from clustering.jobs.params import WrongParams
from clustering.jobs.truths import WrongTruth, read_truth
from clustering.management.base import DeskCommand
from clustering.management.job_options import add_encoder, add_truth, checked_encoder
from clustering.management.terminal import get_collection


class Command(DeskCommand):
    """Prints a table, a row for the desk, for each run, each baseline and each grouping that looks at nothing."""

    help = "Compare a collection’s documents and all its proposals with the true documents, with baselines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        add_truth(parser)
        parser.add_argument("--json", action="store_true", help="Print JSON instead of a table.")
        add_encoder(parser)

    def handle(self, **options: Any) -> None:
        """Judge, and print."""
        collection = get_collection(options["slug"])
        try:
            truth = read_truth(options["truth"].expanduser())
            evaluation = evaluate(collection, truth, encoder=checked_encoder(options))
        except (WrongTruth, WrongParams) as error:
            raise CommandError(str(error)) from error
        for note in evaluation.notes:
            self.stderr.write(note)
        if options["json"]:
            figures = {row.name: asdict(row.figures) for row in evaluation.rows}
            self.stdout.write(json.dumps({"collection": collection.slug, "rows": figures}, indent=2))
        else:
            from clustering.engine.metrics import table

            self.stdout.write(f"{collection.title}: {evaluation.pages} pages measured")
            self.stdout.write(table(evaluation.rows))
