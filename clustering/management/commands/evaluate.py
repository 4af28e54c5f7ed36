"""`manage.py evaluate SLUG TRUTH.csv`: score the desk, each run, and baselines."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from clustering.jobs.evaluating import WrongTruth, evaluate
from clustering.jobs.params import WrongParams
from clustering.management.base import DeskCommand
from clustering.management.job_options import add_encoder, checked_encoder
from clustering.management.terminal import get_collection
from clustering.sources.tables import NoTable, read_marks, read_table

_COLUMNS = ("identifier", "start")


class Command(DeskCommand):
    """Prints a table, a row for the desk, for each run, each baseline and each grouping that looks at nothing."""

    help = "Compare a collection’s documents and all its proposals with the true documents, with baselines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", help="Short name of the collection.")
        parser.add_argument(
            "truth",
            type=Path,
            help="CSV with identifier and start: 1 if a document begins, 0 if it continues, ? if either is right.",
        )
        parser.add_argument("--json", action="store_true", help="Print JSON instead of a table.")
        add_encoder(parser)

    def handle(self, **options: Any) -> None:
        """Judge, and print."""
        collection = get_collection(options["slug"])
        truth = read_truth(options["truth"].expanduser())
        try:
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


def read_truth(path: Path) -> dict[str, str]:
    """Return the mark of each identifier, in the file's order. Raises CommandError."""
    try:
        table = read_table(path.read_bytes(), str(path), wanted=_COLUMNS)
        if not table.rows or not set(_COLUMNS) <= set(table.columns):
            raise CommandError(f"{path} needs the columns identifier and start, and at least one row.")
        given = read_marks(table, "start", str(path), either=True)
    except OSError as error:
        raise CommandError(f"{path} can’t be read ({error.strerror}). Check the path.") from error
    except NoTable as error:
        raise CommandError(str(error)) from error
    marks: dict[str, str] = {}
    for row, mark in zip(table.rows, given, strict=True):
        identifier = row.cells["identifier"]
        if identifier in marks:
            raise CommandError(f"{path}, line {row.line}: {identifier} is listed twice. Remove one of the lines.")
        marks[identifier] = mark
    return marks
