"""Draw realistic scans of invented documents."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clustering.samples import SampleSummary, make_sample
from clustering.samples.fonts import MissingFont

SMALL = 0.3
"""Scale of `--small`: 50,000 pages in minutes, type no longer legible."""


class Command(BaseCommand):
    """`make_sample DIR --documents N --seed S`."""

    help = "Draw realistic scans of invented documents, with the true documents in truth.csv."
    requires_system_checks: list[str] = []
    """None: drawing needs no database, so it works before one is there."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the folder, how much, and how large."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="New or empty folder for the scans and truth.csv.")
        amount = parser.add_mutually_exclusive_group()
        amount.add_argument("--documents", type=int, metavar="N", help="How many documents to draw; default 40.")
        amount.add_argument(
            "--pages", type=int, metavar="N", help="Draw whole documents until there are at least this many pages."
        )
        parser.add_argument(
            "--seed", type=int, default=1, metavar="S", help="The same seed gives the same folder; default 1."
        )
        parser.add_argument(
            "--scale",
            type=float,
            default=1.0,
            help="Size of the scans; 1 is about 930 × 1200 pixels for a letter sheet.",
        )
        parser.add_argument("--small", action="store_true", help=f"For load tests; same as --scale {SMALL}.")
        parser.add_argument("--workers", type=int, default=1, metavar="N", help="Processes that draw in parallel.")
        parser.add_argument(
            "--json", action=argparse.BooleanOptionalAction, default=False, help="Print the summary as JSON."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw, and print what was drawn."""
        amount = {"documents": options["documents"], "pages": options["pages"]}
        if options["documents"] is None and options["pages"] is None:
            amount["documents"] = 40
        scale = SMALL if options["small"] else options["scale"]
        started = time.monotonic()
        try:
            summary = make_sample(
                options["folder"],
                **amount,
                seed=options["seed"],
                scale=scale,
                workers=options["workers"],
                report=self._show(options),
            )
        except (ValueError, MissingFont, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the system's words, which name no folder
                place, why = error.filename or options["folder"], error.strerror
                raise CommandError(f"{place} can’t be written ({why}). Fix this, or choose another folder.") from error
            raise CommandError(str(error)) from error
        self._tell(summary, time.monotonic() - started, as_json=options["json"])

    def _show(self, options: dict[str, Any]) -> Any:
        """Return a progress callback that rewrites its line, for terminals only."""
        if options["json"] or options["verbosity"] < 1 or not self.stderr.isatty():
            return None

        def report(done: int, total: int) -> None:
            self.stderr.write(f"\r{done} of {total} drawn", ending="" if done < total else "\n")

        return report

    def _tell(self, summary: SampleSummary, seconds: float, *, as_json: bool) -> None:
        """Print the summary."""
        if as_json:
            self.stdout.write(json.dumps(summary.as_json(), indent=2))
            return
        kinds = ", ".join(f"{count} {kind}" for kind, count in summary.kinds.items())
        rate = summary.pages / max(seconds, 1e-6)
        self.stdout.write(
            f"Drew {summary.documents} documents on {summary.pages} scans into {summary.folder} "
            f"({rate:.1f} scans a second): {kinds}."
        )
        self.stdout.write(f"The true documents are in {summary.folder / 'truth.csv'}.")
