"""`manage.py export_groups SLUG --format csv -o FILE`: the documents as metadata, as one file, a folder or a zip."""

from __future__ import annotations

import shutil
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from clustering.exports.checking import CheckResult, check
from clustering.exports.contract import Included, Material, TooLong
from clustering.exports.format import ExportFormat
from clustering.exports.packing import folder_pieces, pieces_of, zip_pieces
from clustering.exports.records import export_settings, material_of, one_state
from clustering.exports.registry import FORMATS
from clustering.exports.settings import WrongSettings
from clustering.exports.stored_settings import changed
from clustering.management.base import DeskCommand
from clustering.management.output_files import explained, write_file
from clustering.management.terminal import get_collection
from clustering.redecode.drafting import draft_waiting
from clustering.selectors.exporting import restricted_in
from hhreview.servers.private import files_as_asked

_LEVELS = {"error": "Must fix", "warning": "Check", "note": "Note"}


class Command(DeskCommand):
    """Writes confirmed groups, or all with --all; the file is whole or not there."""

    help = "Export the confirmed documents of a collection. The export page explains each format."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        parser.add_argument("slug", help="Short name of the collection.")
        parser.add_argument("--format", choices=list(FORMATS), default="csv")
        parser.add_argument(
            "--all",
            action="store_true",
            dest="everything",
            help="Include unconfirmed documents, marked as proposals.",
        )
        parser.add_argument(
            "--drafts",
            action="store_true",
            help="If no title, type, or date was entered, use the draft, marked as not checked.",
        )
        parser.add_argument(
            "--include-restricted",
            action="store_true",
            dest="restricted",
            help="Include restricted pages. Without this option, they are left out and counted.",
        )
        parser.add_argument(
            "-o", "--output", type=_place, help="The file, a new folder, or a .zip; default, and -: the terminal."
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="An export setting for this export only; can be repeated.",
        )
        parser.add_argument("--check", action="store_true", help="Report problems without writing anything.")
        parser.add_argument(
            "--strict", action="store_true", help="Write nothing if anything is wrong or would be rejected."
        )

    def handle(self, **options: Any) -> None:
        """Check, export, and print findings and the number of exported groups."""
        collection = get_collection(options["slug"])
        chosen = FORMATS[options["format"]]
        try:
            kept = changed(export_settings(collection), _values_of(options["set"]))
        except WrongSettings as error:
            raise CommandError(f"{error} See the export settings of {collection.title}.") from error
        included = Included(options["everything"], options["drafts"], options["restricted"])
        draft_waiting(collection)
        material = material_of(collection, included, settings=kept)
        report = check(material, [chosen.name], schemas=settings.SCHEMA_FOLDER)[chosen.name]
        missing = 0 if included.restricted else restricted_in(collection, included)
        if missing:
            pages = "1 restricted page is" if missing == 1 else f"{missing} restricted pages are"
            self.stderr.write(f"{pages} left out. To include restricted pages, add --include-restricted.")
        output: Path | None = options["output"]
        to_terminal = output is None and not options["check"]
        if not to_terminal:
            self._say(report, everything=options["check"])
        gone = [finding for finding in report.errors if options["strict"] or finding.blocks]
        if gone and not options["check"]:
            raise CommandError(f"Nothing was written. {gone[0].message} {gone[0].remedy}")
        if options["check"]:
            if report.errors and options["strict"]:
                raise CommandError(f"{chosen.label} is not ready. Fix the problems listed above.")
            return
        if output is not None:
            output = output.expanduser().absolute()
        self._write(chosen, material, output)
        if to_terminal:
            self._say(report, everything=False)  # after the table, where it is visible
        if output is not None:
            groups = "1 document" if report.groups == 1 else f"{report.groups} documents"
            pages = "1 page" if report.pages == 1 else f"{report.pages} pages"
            self.stdout.write(f"Wrote {groups} with {pages} to {options['output']}.")

    def _say(self, report: CheckResult, *, everything: bool) -> None:
        """Print findings to standard error, which doesn't mix with a table; with `everything`, all of them."""
        for finding in report.findings:
            if finding.level == "note" and not everything:
                continue
            numbers = f" Documents {', '.join(map(str, finding.groups))}." if finding.groups else ""
            self.stderr.write(f"{_LEVELS[finding.level]}: {finding.message}{numbers} {finding.remedy}")
        if everything:
            for words in report.checked:
                self.stdout.write(f"OK: {words}.")
            if not report.findings:
                self.stdout.write("No problems found.")

    def _write(self, chosen: ExportFormat, material: Material, output: Path | None) -> None:
        try:
            if output is None:
                if chosen.is_zip or chosen.write is None:
                    raise CommandError(f"{chosen.label} writes files, not text. Name a folder or a .zip with -o.")
                for piece in one_state(pieces_of(chosen, material)):
                    self.stdout.write(piece.decode(), ending="")
            else:
                _to_place(chosen, material, output)
        except TooLong as error:
            raise CommandError(str(error)) from error


def _place(text: str) -> Path | None:
    return None if text in {"-", "/dev/stdout"} else Path(text)


def _values_of(words: list[str]) -> dict[str, str]:
    """NAME=VALUE. Raises CommandError."""
    for word in words:
        if "=" not in word:
            raise CommandError(f"--set takes NAME=VALUE, e.g. --set mods_version=3.8; {word!r} has no equals sign.")
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _to_place(chosen: ExportFormat, material: Material, output: Path) -> None:
    """Write a ZIP, a folder, or, if the format is one file or the name ends like it, a file. Raises CommandError."""
    single = "." + chosen.suffix.rpartition(".")[2]
    suffix = output.suffix.lower()
    if chosen.write is not None and suffix == ".zip" != single:
        raise CommandError(f"{chosen.label} is one file, not a ZIP. Name it {output.with_suffix(single).name}.")
    if chosen.write is not None or (suffix == single and not output.is_dir()):
        write_file(output, one_state(pieces_of(chosen, material)), option="-o")
    elif suffix == ".zip":
        assert chosen.files is not None
        write_file(output, one_state(zip_pieces(chosen.files(material))), option="-o")
    else:
        with explained(output, "-o"), files_as_asked():
            _write_folder(chosen, material, output.resolve())


def _write_folder(chosen: ExportFormat, material: Material, output: Path) -> None:
    """Write all files or none: they are written next to the target and moved there when all are complete.

    Raises CommandError, OSError.
    """
    assert chosen.files is not None
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise CommandError(f"{output} already exists and is not empty. Name a new folder.")
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f".{output.name}-{uuid.uuid4().hex}")
    unfinished.mkdir()
    try:
        for _ in one_state(folder_pieces(chosen.files(material), unfinished)):
            pass
        if output.exists():
            output.rmdir()
        unfinished.rename(output)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
