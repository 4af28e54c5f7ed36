"""Put files into the store: fetched, split if they hold several pages, copied, decoded."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings

from clustering import files
from clustering.sentences import failure, renamed
from clustering.sources.contract import ScanFile
from clustering.wording import say

if TYPE_CHECKING:
    from PIL import Image

MEASURED_EDGE = 8000
"""Pixels of the long edge at which the paper of a huge scan is measured: more adds nothing but memory."""
IMAGES_A_CHUNK = 16
"""Images of one file that are extracted to the disk at a time."""
_ALONE = Lock()
"""Held while a huge scan is open: the threads of a slice would open several at once."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The result for one file: a stored scan with its facts, or the sentence that says why not."""

    file: ScanFile
    sha256: str = ""
    size_bytes: int = 0
    media_type: str = ""
    width: int = 0
    height: int = 0
    frames: int = 1
    paper: dict[str, Any] | None = None
    placeholder: str = ""
    refusal: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """One file of a source: where it is on this machine, or why it isn't, or that it is imported already."""

    file: ScanFile
    sheets: tuple[int, ...] = ()
    """Which of its images are pages, if it has several."""
    refusal: str = ""
    is_gone: bool = False
    """Whether its server doesn't answer at all."""
    known: int = 0
    """Number of its pages in the collection, if known without opening it."""


@dataclass(slots=True)
class FilePart:
    """One page of a file: the file itself, or one image of it."""

    file: ScanFile
    taken: Taken | None = None
    """None for a page that the collection already has."""
    sha256: str = ""
    """SHA-256 of its content, once the collection has it."""


def given_up(file: ScanFile, *, after: int, workers: int) -> Gathered:
    """Return a refusal of a file at which several workers in a row died, with the number of its imported pages."""
    refusal = say(
        "%(file)s was skipped%(rest)s. %(count)s workers in a row stopped while importing it, probably because they "
        "ran out of memory. Give the workers more memory or make the scan smaller, then import it again.",
        file=file.name,
        rest=say(" from its page %(page)s on", page=after + 1) if after else "",
        count=workers,
    )
    return Gathered(file, refusal=refusal)


def sheets_of(path: Path) -> tuple[int, ...]:
    """Return which images of a file are pages; empty if it is one page, or unreadable."""
    from clustering.engine import sheets
    from clustering.magic import suffix_of

    try:
        with path.open("rb") as handle:
            head = handle.read(16)
    except OSError:
        return ()  # importing it will report what is wrong
    return tuple(sheets.sheets_of(path)) if suffix_of(head) == ".tif" else ()


def sheets_folder() -> Path:
    """Return the folder for extracted pages that wait to be imported."""
    return Path(settings.CACHE_ROOT) / "sheets"


@contextmanager
def parts_of(
    gathered: Gathered, first: int, pool: ThreadPoolExecutor, *, most: int = IMAGES_A_CHUNK
) -> Iterator[list[FilePart]]:
    """Yield up to `most` pages of a file, starting with page `first`, each as a temporary file.

    `book.tif` gives `book_0001`, `book_0002`, …; a pid belongs to the whole file and not to its pages. Raises OSError
    if the disk is full.
    """
    some = list(enumerate(gathered.sheets))[first : first + most]
    parent = sheets_folder()
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield list(pool.map(lambda entry: _sheet(gathered, entry, folder), some))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sheet(gathered: Gathered, entry: tuple[int, int], folder: Path) -> FilePart:
    from clustering.engine.images import BadScan
    from clustering.engine.sheets import write_sheet

    index, number = entry
    file = gathered.file
    digits = max(4, len(str(len(gathered.sheets))))
    stem = f"{file.identifier}_{index + 1:0{digits}}"
    beside = PurePosixPath(file.name).parent
    name = str(beside / f"{stem.removeprefix(f'{beside}/').replace('/', '_')}.tif")
    part = replace(file, path=folder / f"{index}.tif", name=name, identifier=stem, pid="", frame=index + 1)
    try:
        write_sheet(file.path, number, part.path, max_pixels=settings.MAX_PIXELS)
    except BadScan as error:
        refusal = renamed(str(error), file.path.name, file.name)
        return FilePart(part, Taken(part, refusal=refusal))
    return FilePart(part)


def fingerprint(file: ScanFile) -> Taken:
    """Return the file's SHA-256, or a sentence that says why it can't be read."""
    try:
        return Taken(file, sha256=files.fingerprint(file.path))
    except OSError as error:
        return Taken(file, refusal=_cannot_read(file, error))


def _cannot_read(file: ScanFile, error: OSError) -> str:
    return say(
        "%(file)s can’t be read (%(why)s). Give the workers’ account read access, then import the folder again.",
        file=file.name,
        why=failure(error),
    )


def take_file(file: ScanFile) -> Taken:
    """Copy one file into the store, decode it once, write its thumbnails, and measure its paper.

    An unusable scan comes back with a sentence. Raises OSError if the store can't be written to: this isn't about the
    file, and stops the job.
    """
    from clustering.engine.images import BadScan, inspect_and_open, is_huge
    from clustering.engine.placeholders import placeholder

    try:
        file.path.open("rb").close()
    except OSError as error:
        return Taken(file, refusal=_cannot_read(file, error))
    with files.incoming(file.path) as (copy, sha256):
        try:
            with _ALONE if is_huge(copy) else nullcontext():
                facts, image = inspect_and_open(copy, max_pixels=settings.MAX_PIXELS)
                files.write_thumbnails(image, sha256)
                files.write_squashed(image, sha256)
                paper, warning = paper_of(image, file.name)
                blurred = placeholder(image)
        except BadScan as error:
            # The engine got the copy; people know the file by its own name.
            return Taken(file, refusal=renamed(str(error), copy.name, file.name))
        except OSError as error:
            if error.errno is not None:
                raise
            why = say(
                "No thumbnail of %(file)s could be made (%(why)s). Save it again as JPEG.", file=file.name, why=error
            )
            return Taken(file, refusal=why)
        size_bytes = copy.stat().st_size
        files.keep(copy, sha256, facts.media_type)
    return Taken(
        file, sha256, size_bytes, facts.media_type, facts.width, facts.height, facts.frames, paper, blurred,
        warning=warning,
    )  # fmt: skip


def paper_of(image: Image.Image, name: str) -> tuple[dict[str, Any] | None, str]:
    """Measure the paper of a scan with this file name; if that fails, return None and the sentence that says so."""
    from clustering.engine.images import DECODING_ERRORS, HUGE, fitted
    from clustering.engine.paper import measure_paper

    handy = fitted(image, MEASURED_EDGE) if image.width * image.height > HUGE else image
    try:
        paper = measure_paper(handy)
    except DECODING_ERRORS as error:
        return None, say(
            "The paper of %(file)s could not be measured (%(why)s). Proposals use its text and look. To have it "
            "measured, save the scan again with another program and import that.",
            file=name,
            why=error,
        )
    for facts in (paper, paper.get("framed")):
        if handy is not image and facts is not None:
            facts["width"] = round(facts["width"] * image.width / handy.width)
            facts["height"] = round(facts["height"] * image.height / handy.height)
    return paper, ""
