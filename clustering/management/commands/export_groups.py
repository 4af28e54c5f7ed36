"""`manage.py export_groups SLUG --format csv -o FILE`: the documents as metadata."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clustering.exports.contract import GroupRecord
from clustering.exports.records import collection_record, group_records, has_confirmed_groups
from clustering.exports.registry import FORMATS
from clustering.files import writing
from clustering.management.terminal import get_collection


class Command(BaseCommand):
    """Writes confirmed groups, or all with --all; the file is whole or not there."""

    help = "Export the confirmed groups of a collection, a row a page with its group, or as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to export, how and where to."""
        parser.add_argument("slug", help="Short name of the collection.")
        parser.add_argument("--format", choices=list(FORMATS), default="csv")
        parser.add_argument(
            "--all", action="store_true", dest="everything", help="Proposed and changed groups too, marked as such."
        )
        parser.add_argument("-o", "--output", type=Path, help="The file; without it, to the terminal.")

    def handle(self, **options: Any) -> None:
        """Export, and say how many groups went out."""
        collection = get_collection(options["slug"])
        everything: bool = options["everything"]
        counted = _Counted(group_records(collection, everything=everything))
        pieces = FORMATS[options["format"]].write(collection_record(collection), counted)
        if options["output"] is None:
            for piece in pieces:
                self.stdout.write(piece, ending="")
        else:
            _write_file(options["output"].expanduser().absolute(), pieces)
        if not everything and not has_confirmed_groups(collection):
            self.stderr.write(
                f"{collection.title} has no confirmed groups yet, so the export is empty. Confirm some at the desk, or "
                "add --all to export what is proposed."
            )
        if options["output"] is not None:
            groups = "1 group" if counted.groups == 1 else f"{counted.groups} groups"
            pages = "1 page" if counted.pages == 1 else f"{counted.pages} pages"
            self.stdout.write(f"Wrote {groups} with {pages} to {options['output']}.")


class _Counted:
    """Passes groups on and counts them."""

    def __init__(self, groups: Iterable[GroupRecord]) -> None:
        self._groups = groups
        self.groups = self.pages = 0

    def __iter__(self) -> Iterator[GroupRecord]:
        for group in self._groups:
            self.groups += 1
            self.pages += len(group.pages)
            yield group


def _write_file(path: Path, pieces: Iterable[str]) -> None:
    """Write the file whole or not at all. Raises CommandError."""
    if path.is_dir():
        raise CommandError(f"{path} is a folder. Name a file in it.")
    try:
        with writing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as handle:
            handle.writelines(pieces)
    except OSError as error:
        raise CommandError(
            f"{path} cannot be written ({error.strerror}). Choose another place with -o, or mend its rights."
        ) from error
