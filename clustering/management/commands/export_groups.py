"""`manage.py export_groups SLUG --format csv -o FILE`: the documents as metadata, as one file, a folder or a zip."""

from __future__ import annotations

import shutil
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clustering.exports.contract import ExportFormat, File, GroupRecord, Material
from clustering.exports.packing import to_folder, to_zip
from clustering.exports.records import has_confirmed_groups, material_of
from clustering.exports.registry import FORMATS
from clustering.exports.settings import WrongSettings
from clustering.exports.workbook import TooLong
from clustering.files import writing
from clustering.management.terminal import get_collection


class Command(BaseCommand):
    """Writes confirmed groups, or all with --all; the file is whole or not there."""

    help = "Export the confirmed groups of a collection; the export page of the desk says what each format is for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to export, how and where to."""
        parser.add_argument("slug", help="Short name of the collection.")
        parser.add_argument("--format", choices=list(FORMATS), default="csv")
        parser.add_argument(
            "--all", action="store_true", dest="everything", help="Proposed and changed groups too, marked as such."
        )
        parser.add_argument(
            "-o", "--output", type=Path, help="The file, a new folder, or a .zip; without it, to the terminal."
        )

    def handle(self, **options: Any) -> None:
        """Export, and say how many groups went out."""
        collection = get_collection(options["slug"])
        everything: bool = options["everything"]
        chosen = FORMATS[options["format"]]
        try:
            material = material_of(collection, everything=everything)
        except WrongSettings as error:
            raise CommandError(f"{error} Mend it in the admin, in the settings of {collection.title}.") from error
        counted = _Counted(material.groups)
        output: Path | None = options["output"]
        if chosen.write is not None:
            pieces = chosen.write(material.collection, counted)
            if output is None:
                for piece in pieces:
                    self.stdout.write(piece, ending="")
            else:
                _write_file(output.expanduser().absolute(), (piece.encode() for piece in pieces))
        elif output is None:
            raise CommandError(f"{chosen.label} is files, not text: say with -o where they go, to a folder or a .zip.")
        else:
            _write_files(chosen, material, output.expanduser().absolute())
            counted.count()
        if not everything and not has_confirmed_groups(collection):
            self.stderr.write(
                f"{collection.title} has no confirmed groups yet, so the export is empty. Confirm some at the desk, or "
                "add --all to export what is proposed."
            )
        if output is not None:
            groups = "1 group" if counted.groups == 1 else f"{counted.groups} groups"
            pages = "1 page" if counted.pages == 1 else f"{counted.pages} pages"
            self.stdout.write(f"Wrote {groups} with {pages} to {output}.")


def _write_files(chosen: ExportFormat, material: Material, output: Path) -> None:
    """A zip, a folder, or the first file alone where the name ends like it. Raises CommandError."""
    assert chosen.files is not None
    single = "." + chosen.suffix.rpartition(".")[2]
    try:
        if output.suffix == ".zip":
            with writing(output) as temporary, temporary.open("wb") as handle:
                to_zip(chosen.files(material), handle)
        elif output.suffix == single and not output.is_dir():
            _write_file(output, next(iter(chosen.files(material)))[1])
        elif output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise CommandError(f"{output} is there already and not empty. Name a new folder.")
        else:
            _write_folder(chosen.files(material), output)
    except TooLong as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(
            f"{error.filename or output} cannot be read or written ({error.strerror}). Mend it, or choose another "
            "place with -o."
        ) from error


def _write_folder(files: Iterable[File], output: Path) -> None:
    """All files or none: they are written beside the place and moved there when all are whole."""
    output.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
    try:
        to_folder(files, room)
        room.chmod(0o755)
        if output.exists():
            output.rmdir()
        room.rename(output)
    except BaseException:
        shutil.rmtree(room, ignore_errors=True)
        raise


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

    def count(self) -> None:
        """Go through all of them."""
        self.groups = self.pages = 0
        for _ in self:
            pass


def _write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write the file whole or not at all. Raises CommandError."""
    if path.is_dir():
        raise CommandError(f"{path} is a folder. Name a file in it.")
    try:
        with writing(path) as temporary, temporary.open("wb") as handle:
            handle.writelines(pieces)
    except OSError as error:
        raise CommandError(
            f"{path} cannot be written ({error.strerror}). Choose another place with -o, or mend its rights."
        ) from error
