"""Importing a folder: each file becomes a page, in order, once; what cannot go in is reported by name.

The place in the folder (`Job.result["after"]`) is saved in the same transaction as the pages before it, so a slice that
is killed or run twice neither loses nor doubles a page. Positions never change: files that sort between pages imported
earlier are appended, and the report says so.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from clustering import files
from clustering.jobs.running import DEFAULT, JobStopped, Slice, SliceVoid, Stage
from clustering.jobs.threads import thread_count
from clustering.jobs.upload_files import open_upload
from clustering.models import Collection, Job, JobProblem, Page
from clustering.sources.folder import Listing, NoSource, ScanFile, list_folder, natural_key, printable
from clustering.sources.unpacking import Limits, is_packed, unpack

FILES_A_CHUNK = 16
"""Files between two transactions: a second or two of work."""
MOST_SKIPPED_NAMED = 100
"""Files that are no images are named up to here, so that a folder of 50,000 text files does not drown the report."""
_ORGANIZATION = re.compile(r"[A-Z]{2}\d{4,}(?=_\d)")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: a stored scan with its facts, or the sentence that says why not."""

    file: ScanFile
    sha256: str = ""
    size_bytes: int = 0
    media_type: str = ""
    width: int = 0
    height: int = 0
    frames: int = 1
    paper: dict[str, Any] | None = None
    refusal: str = ""


@dataclass(slots=True)
class _Chunk:
    """The rows of one chunk, before they are written."""

    pages: list[Page] = field(default_factory=list)
    problems: list[JobProblem] = field(default_factory=list)
    known: int = 0
    refused: int = 0
    late: int = 0


def begin(job: Job) -> int:
    """Count the files. Raises JobStopped with a sentence where the folder cannot be imported."""
    return len(_listing(job).files)


def advance(current: Slice) -> bool:
    """Take files until the slice's time is up; True while some are left."""
    job = current.job
    listing = _listing(job)
    if "after" not in job.result:
        _open_report(current, listing)
    after = natural_key(job.result["after"]) if job.result["after"] else ()
    left = [file for file in listing.files if natural_key(file.name) > after]
    with ThreadPoolExecutor(thread_count(), thread_name_prefix="import") as pool:
        while left and current.has_time:
            chunk, left = left[:FILES_A_CHUNK], left[FILES_A_CHUNK:]
            _take_chunk(current, pool, chunk, total=len(listing.files), left=len(left))
    if not left:
        _close_report(current)
    return bool(left)


STAGE = Stage("Importing scans", DEFAULT, begin, advance)


def _listing(job: Job) -> Listing:
    try:
        if "upload" in job.params:
            return open_upload(Path(job.params["folder"]), tick=lambda: _alive(job))
        return open_source(Path(job.params["folder"]), tick=lambda: _alive(job))
    except NoSource as error:
        raise JobStopped(str(error)) from error


def _open_report(current: Slice, listing: Listing) -> None:
    """Name what is skipped, and remember where the collection ended before."""
    job = current.job
    visible = [skip for skip in listing.skipped if not skip.name.rsplit("/", 1)[-1].startswith(".")]
    last = job.collection.pages.order_by("-position").values_list("filename", flat=True).first()
    with transaction.atomic():
        current.hold()
        for skip in visible[:MOST_SKIPPED_NAMED]:
            current.problem(f"{skip.name} was skipped. {skip.reason}", filename=skip.name, is_warning=True)
        if len(visible) > MOST_SKIPPED_NAMED:
            more = len(visible) - MOST_SKIPPED_NAMED
            current.problem(f"{more} more files were skipped, since they are no images.", is_warning=True)
        job.result = {
            "after": "",
            "last_before": last or "",
            "added": 0,
            "known": 0,
            "refused": 0,
            "late": 0,
            "skipped": len(listing.skipped),
        }
        job.save(update_fields=["result"])


def _close_report(current: Slice) -> None:
    source = Path(current.job.params["folder"])
    if is_packed(source) and source.is_file():
        shutil.rmtree(_unpacked(source), ignore_errors=True)  # everything is in the store
    late = current.job.result["late"]
    if late:
        first, last = current.job.result["late_positions"]
        what = "1 file sorts" if late == 1 else f"{late} files sort"
        where = f"page {first}" if first == last else f"pages {first} to {last}"
        current.problem(
            f"{what} before pages that were imported earlier. Positions never change, so what is new stands at the "
            f"end: {where}. For another order, import the whole folder into a new collection.",
            is_warning=True,
        )


def _take_chunk(current: Slice, pool: ThreadPoolExecutor, chunk: list[ScanFile], *, total: int, left: int) -> None:
    prints = list(pool.map(_fingerprint, chunk))
    known = _known(current.job.collection, prints)
    to_take = [taken.file for taken in prints if not taken.refusal and taken.file not in known]
    taken = {item.file: item for item in pool.map(take_file, to_take)}
    refusals = {item.file: item for item in prints if item.refusal}
    with transaction.atomic():
        current.hold()
        rows = _rows(current.job, [(file, {**refusals, **taken}.get(file)) for file in chunk])
        Page.objects.bulk_create(rows.pages)
        JobProblem.objects.bulk_create(rows.problems)
        _count(current.job, rows, after=chunk[-1].name)
        done = Job.objects.filter(pk=current.job.pk).update(
            result=current.job.result, done=total - left, total=total, heartbeat=timezone.now()
        )
        if not done:
            raise SliceVoid
        current.job.done = total - left


def _fingerprint(file: ScanFile) -> Taken:
    try:
        return Taken(file, sha256=files.fingerprint(file.path))
    except OSError as error:
        return Taken(file, refusal=_cannot_read(file, error))


def _cannot_read(file: ScanFile, error: OSError) -> str:
    return (
        f"{file.name} cannot be read ({error.strerror}). Give the account that runs the workers the right to read it, "
        "then import the folder again."
    )


def _known(collection: Collection, prints: Iterable[Taken]) -> set[ScanFile]:
    """The files whose content and identifier the collection has already, on one and the same page."""
    wanted = list(prints)
    rows = collection.pages.filter(sha256__in=[taken.sha256 for taken in wanted]).values_list("sha256", "identifier")
    there = set(rows)
    return {taken.file for taken in wanted if (taken.sha256, taken.file.identifier) in there}


def take_file(file: ScanFile) -> Taken:
    """Copy one file into the store, decode it once, write its thumbnails and measure its paper.

    A file that is no usable scan comes back with the sentence that says so. Raises OSError where the store cannot be
    written: that is nothing about the file, and stops the job.
    """
    from clustering.engine.images import BadScan, inspect_and_open
    from clustering.engine.paper import measure_paper

    try:
        file.path.open("rb").close()
    except OSError as error:
        return Taken(file, refusal=_cannot_read(file, error))
    with files.incoming(file.path) as (copy, sha256):
        try:
            facts, image = inspect_and_open(copy, max_pixels=settings.MAX_PIXELS)
        except BadScan as error:
            # The engine saw the copy; people know the file by the name it came with.
            return Taken(file, refusal=str(error).replace(copy.name, file.name))
        files.write_thumbnails(image, sha256)
        paper = measure_paper(image)
        size_bytes = copy.stat().st_size
        files.keep(copy, sha256, facts.media_type)
    return Taken(file, sha256, size_bytes, facts.media_type, image.width, image.height, facts.frames, paper)


def _rows(job: Job, chunk: list[tuple[ScanFile, Taken | None]]) -> _Chunk:
    """Decide on each file of a chunk; None stands for a file that the collection has already."""
    rows = _Chunk()
    pages = job.collection.pages
    position: int = pages.aggregate(last=Max("position"))["last"] or 0
    by_identifier = {
        page.identifier: page for page in pages.filter(identifier__in=[file.identifier for file, _ in chunk])
    }
    contents = [taken.sha256 for _, taken in chunk if taken is not None]
    by_content = {page.sha256: page for page in pages.filter(sha256__in=contents).order_by("-position")}
    last_before = natural_key(job.result["last_before"]) if job.result["last_before"] else None
    for file, taken in chunk:
        if taken is None:
            rows.known += 1
            continue
        refusal = taken.refusal or _clash(file, by_identifier.get(file.identifier))
        if refusal:
            rows.refused += 1
            rows.problems.append(JobProblem(job=job, filename=file.name[-500:], message=refusal))
            continue
        position += 1
        page = _page(job.collection, position, taken)
        rows.pages.append(page)
        rows.problems.extend(_warnings(job, page, taken, by_content.get(taken.sha256)))
        rows.late += last_before is not None and natural_key(file.name) < last_before
        by_identifier[page.identifier] = page
        by_content.setdefault(page.sha256, page)
    return rows


def _clash(file: ScanFile, holder: Page | None) -> str:
    if holder is None:
        return ""
    return (
        f"{file.name} has the identifier {file.identifier}, which page {holder.position} ({holder.filename}) has "
        "already, with another content. Rename the file, or import its folder into a collection of its own."
    )


def _page(collection: Collection, position: int, taken: Taken) -> Page:
    return Page(
        collection=collection,
        position=position,
        identifier=taken.file.identifier[:200],
        pid=taken.file.pid,
        filename=taken.file.name[-500:],
        sha256=taken.sha256,
        size_bytes=taken.size_bytes,
        media_type=taken.media_type,
        width=taken.width,
        height=taken.height,
        paper=taken.paper,
    )


def _warnings(job: Job, page: Page, taken: Taken, twin: Page | None) -> list[JobProblem]:
    sentences = []
    if twin is not None:
        sentences.append(
            f"{page.filename} has the same content as {twin.filename} (page {twin.position}). Both went in; if one is "
            "there by mistake, mark it at the desk as no document."
        )
    if taken.file.is_escaped:
        sentences.append(
            f"The name of {page.filename} is not UTF-8. The page went in under this spelling, with \\x for each byte "
            "that is no letter; its content is complete."
        )
    if taken.frames > 1 and taken.media_type != "image/mpo":  # a camera's JPEG with its preview inside
        sentences.append(
            f"{page.filename} holds {taken.frames} images; only the first went in. Split the file into one image a "
            "page to have them all."
        )
    return [JobProblem(job=job, page=page, filename=page.filename, message=s, is_warning=True) for s in sentences]


def _count(job: Job, rows: _Chunk, *, after: str) -> None:
    result = dict(job.result)
    result["after"] = after
    result["added"] += len(rows.pages)
    result["known"] += rows.known
    result["refused"] += rows.refused
    result["late"] += rows.late
    if rows.late:
        first = result.get("late_positions", [rows.pages[0].position])[0]
        result["late_positions"] = [first, rows.pages[-1].position]
    job.result = result


def check_folder(folder: Path) -> Listing | None:
    """Return what a folder holds, before a job is made of it; None for a packed file, which is opened by the job.

    Raises NoSource.
    """
    if is_packed(folder) and not folder.is_dir():
        if not folder.is_file():
            raise NoSource(f"There is no file {printable(str(folder))}. Check the path and its spelling.")
        return None
    return list_folder(folder)


def open_source(path: Path, *, tick: Callable[[], None] = lambda: None) -> Listing:
    """List a folder, or what a packed file holds: it is unpacked once, below CACHE_ROOT. Raises NoSource."""
    if path.is_dir() or not is_packed(path):
        return list_folder(path)
    place = _unpacked(path)
    return list_folder(unpack(path, place, Limits(settings.MAX_UNPACKED_BYTES), tick=tick))


def _unpacked(path: Path) -> Path:
    """Where a packed file is unpacked: another file under the same name, or a newer one, goes elsewhere."""
    try:
        facts = path.stat()
    except OSError as error:
        raise NoSource(f"{printable(str(path))} cannot be read ({error.strerror}). Check that it is there.") from error
    key = f"{path.absolute()}\n{facts.st_size}\n{facts.st_mtime_ns}"
    return Path(settings.CACHE_ROOT) / "unpacked" / hashlib.sha256(os.fsencode(key)).hexdigest()[:32]


def _alive(job: Job) -> None:
    """A sign of life while something large is unpacked, and the place to stop when the job was cancelled."""
    if not Job.objects.active().filter(pk=job.pk).exists():
        raise SliceVoid


def create_collection(
    slug: str,
    *,
    title: str = "",
    identifier: str = "",
    expected_documents: int | None = None,
    listing: Listing | None = None,
) -> Collection:
    """Make a collection; its number is the one that all file names begin with, if they do (HH018977)."""
    if not identifier and listing:
        identifier = number_of(file.identifier for file in listing.files)
    return Collection.objects.create(
        slug=slug, title=title or slug, identifier=identifier, expected_documents=expected_documents
    )


def number_of(identifiers: Iterable[str]) -> str:
    """The organization's number that all these begin with (HH018977), or nothing."""
    found = {match[0] if (match := _ORGANIZATION.match(identifier)) else "" for identifier in identifiers}
    return found.pop() if len(found) == 1 else ""
