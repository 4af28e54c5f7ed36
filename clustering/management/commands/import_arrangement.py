"""`manage.py import_arrangement SLUG FILE`: import a document structure made elsewhere, or exported here, as a run."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from clustering.actions.publish import changes_of, publish_run
from clustering.jobs.arranging import identifiers_of, keep_arrangement
from clustering.jobs.sourcing import documents_at
from clustering.journal.errors import ActError
from clustering.management.base import DeskCommand
from clustering.management.terminal import get_collection
from clustering.models import Collection
from clustering.sources.arrangements import Arranged, NoArrangement, read_arrangement
from clustering.sources.contract import NoSource


class Command(DeskCommand):
    """Puts it on the desk as one act that can be undone, or only keeps it for a preview."""

    help = (
        "Import a document structure from CSV, METS, IIIF, or Tropy. Confirmed and edited documents stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which grouping, for which collection."""
        parser.add_argument("slug", help="Short name of the collection.")
        parser.add_argument(
            "file",
            help="A .csv, a METS .xml, a IIIF or Tropy .json, a folder of manifests, or the address of a IIIF manifest "
            "or collection.",
        )
        parser.add_argument(
            "--preview", action="store_true", help="Keep it as a proposal and report what it would change."
        )

    def handle(self, **options: Any) -> None:
        """Read and store it, and publish it unless --preview is given."""
        collection = get_collection(options["slug"])
        notes: list[str] = []
        try:
            arrangement, source = _read(options["file"], collection, notes)
            run = keep_arrangement(collection, arrangement, source=source)
        except (NoArrangement, NoSource) as error:
            raise CommandError(str(error)) from error
        for warning in (*notes, *run.warnings):
            self.stderr.write(warning)
        changes = changes_of(run)
        pages = sum(len(change.pages) for change in changes)
        summary = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
        self.stdout.write(f"Run {run.pk}: {run.group_count} documents. {summary} on {pages} pages.")
        if options["preview"]:
            self.stdout.write("Nothing was changed. Preview and apply it under “Proposals.”")
            return
        try:
            edit = publish_run(run, actor=None)
        except ActError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(edit.summary)


def _read(text: str, collection: Collection, notes: list[str]) -> tuple[list[Arranged], str]:
    """Return the documents and the name of their source. Raises NoArrangement and NoSource."""
    if text.startswith(("http://", "https://")):
        return documents_at(text), text
    path = Path(text).expanduser()
    return read_arrangement(path, notes=notes, known=identifiers_of(collection)), path.name
