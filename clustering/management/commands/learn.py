"""`manage.py learn SLUG`: train weights on confirmed documents, and evaluate them on held-out ones."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from clustering.engine.learning import TooLittle
from clustering.jobs.stages.learning import go_back, learn_pooled
from clustering.management.base import DeskCommand
from clustering.management.terminal import carry_out, get_collection
from clustering.models import Collection, Job, LearnedWeights


class Command(DeskCommand):
    """Train, or go back to an earlier version."""

    help = "Train a collection’s model on its confirmed documents and answers. It is used only if it is better."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", nargs="?", help="Short name of the collection.")
        parser.add_argument(
            "--pooled",
            action="store_true",
            help="Train on all collections together, for collections without their own version.",
        )
        parser.add_argument(
            "--back-to", type=int, metavar="NUMBER", help="Use this version again; 0 goes back to the shared model."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object as the last line.")

    def handle(self, **options: Any) -> None:
        """Train or go back, and print the outcome."""
        if bool(options["slug"]) == options["pooled"]:
            raise CommandError("Name a collection, or use --pooled for all of them together.")
        collection = None if options["pooled"] else get_collection(options["slug"])
        if options["back_to"] is not None:
            row = self._back(collection, options["back_to"])
        else:
            row = self._learn(collection)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(row)))

    def _learn(self, collection: Collection | None) -> LearnedWeights:
        if collection is None:
            try:
                row = learn_pooled(actor=None)
            except TooLittle as error:
                raise CommandError(str(error)) from error
        else:
            job = carry_out(collection, Job.Kind.LEARN, {}, out=self.stdout)
            row = LearnedWeights.objects.get(pk=job.result["learned"])
        self.stdout.write(f"Version {row.number}. {row.verdict}")
        return row

    def _back(self, collection: Collection | None, number: int) -> LearnedWeights | None:
        row = LearnedWeights.objects.filter(collection=collection, number=number).first()
        if number and row is None:
            raise CommandError(f"There is no version {number}. See “Model training” for the list.")
        go_back(collection, row, actor=None)
        self.stdout.write(f"Version {number} is in use." if row else "The shared model is in use.")
        return row


def _as_json(row: LearnedWeights | None) -> dict[str, Any]:
    if row is None:
        return {"number": 0, "state": "none"}
    return {
        "number": row.number, "state": row.state, "verdict": row.verdict, "truth": row.truth, "before": row.before,
        "after": row.after,
    }  # fmt: skip
