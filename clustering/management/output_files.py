"""Files that commands write where a person asks for them: whole or not at all, or a sentence says why not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from django.core.management.base import CommandError

from clustering.files import writing
from clustering.sentences import failure
from hhreview.servers.private import files_as_asked
from hhreview.servers.starting import NO_ROOM


def check_place(path: Path, option: str) -> Path:
    """Return where a file will be written, before long work. Raises CommandError if that can be told to fail."""
    path = path.expanduser().absolute()
    if path.is_dir():
        raise CommandError(f"{path} is a folder. Name a file in it with {option}.")
    folder = next(folder for folder in path.parents if folder.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise CommandError(f"{path} can’t be written, because {folder} can’t. Choose another place with {option}.")
    return path


def write_file(path: Path, pieces: Iterable[bytes], *, option: str) -> None:
    """Write a file whole or not at all; a link stays, and pipes and devices take it as it comes.

    Raises CommandError.
    """
    if path.is_dir():
        raise CommandError(f"{path} is a folder. Name a file in it.")
    with explained(path, option), files_as_asked():
        target = nullcontext(path) if path.exists() and not path.is_file() else writing(path.resolve())
        with target as place, place.open("wb") as handle:
            handle.writelines(pieces)


@contextmanager
def explained(path: Path, option: str) -> Iterator[None]:
    """Raise CommandError with the remedy if something can't be read or written meanwhile."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            remedy = f"Free up space there, or choose another place with {option}."
        else:
            remedy = f"Choose another place with {option}, or fix its permissions."
        named = Path(error.filename or path)
        is_another = named not in (path, *path.parents) and not str(named).startswith(f"{path.parent}/.")  # unfinished
        what = f"{named} can’t be read or written" if is_another else f"{path} can’t be written"
        raise CommandError(f"{what} ({failure(error)}). {remedy}") from error
