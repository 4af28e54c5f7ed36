"""Sources of imports: what people enter, the new collection, the parameters of its job, and the reader."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from clustering.jobs.params import ImportParams, params_of
from clustering.jobs.slices import JobStopped, SliceVoid, moved
from clustering.jobs.upload_files import open_upload
from clustering.models import Collection, Job
from clustering.sources.arranged import Arranged
from clustering.sources.contract import Listing, NoSource, Size, SourceReader, Tick
from clustering.sources.fetching import Fetcher, Patience
from clustering.sources.folder import alike_in_folders, printable, real_path, told_apart
from clustering.sources.guarding import Rules
from clustering.sources.iiif import IiifReader
from clustering.sources.local import FolderReader
from clustering.sources.registry import kind_of_path, recognize
from clustering.sources.tools import SourceKind, Tools
from clustering.sources.unpacking import Limits
from clustering.wording import say

FRESH_SECONDS = 15 * 60
"""Age up to which a server's list is used again for the job, because the form has just fetched it."""
LOOK_AGAIN_SECONDS = 60
_LOOK_SECONDS = 1.0
LOOK = Patience(tries=2, stall=8.0, total=15.0)
"""Time limit, because a person is waiting."""
_ORGANIZATION = re.compile(r"[A-Z]{2}\d{4,}(?=_\d)")


@dataclass(frozen=True, slots=True)
class Source:
    """A source that was checked and can be imported."""

    kind: SourceKind
    text: str
    """As written to a job: a full path, an address, or a pid."""
    params: dict[str, Any] = field(default_factory=dict)
    """Parameters of the import: launch_job(collection, kind=Job.Kind.IMPORT, actor=…, params=source.params)."""
    listing: Listing | None = None
    """Its content; None if only the job can list it, as for packed files."""
    title: str = ""
    """The source's own name, for a new collection; often empty."""


def check_source(
    text: str, *, roots: Sequence[Path] | None = None, percent: int | None = None, size: int | None = None
) -> Source:
    """Return the source that a person entered, checked once. Raises NoSource with a sentence for the person.

    Used by the command line, the admin, and the desk. Checking asks the network once, for at most 15 seconds. Usage:

        source = check_source(request.POST["source"], roots=settings.IMPORT_ROOTS)
        collection = create_collection(slug, title=title or source.title, listing=source.listing)
        launch_job(collection, kind=Job.Kind.IMPORT, actor=user, params=source.params)

    Parameters
    ----------
    text : str
        A folder, a .zip, .tar, or .pdf, a .csv list, the address of a IIIF manifest or collection, or a pid
        (bdr:gbzad5mb).
    roots : sequence of Path, optional
        If given, paths have to be absolute and below one of them after following links. None allows any path: for the
        command line, and for files that hhreview stored itself.
    percent, size : int, optional
        Requested image size, if the source can choose: percent (1 to 100), or pixels of the long edge.
    """
    wanted = _size(percent, size)
    kind, text = recognize(text, bdr=settings.BDR_URL)
    if not kind.is_path:
        source = Source(kind, text, {"source": text, **wanted.params})
    else:
        path = str(_allowed(text, roots))
        sizes = wanted.params if kind.takes_size else {}
        source = Source(kind, path, {"folder": path, **sizes})
    tools = _tools(wanted, patience=LOOK, fresh_since=time.time() - LOOK_AGAIN_SECONDS)
    seen = kind.reader(source.text, tools).look()
    return replace(source, listing=seen if seen and seen.files else None, title=seen.title if seen else "")


def create_collection(
    slug: str,
    *,
    title: str = "",
    identifier: str = "",
    expected_documents: int | None = None,
    ocr_language: str = "",
    listing: Listing | None = None,
) -> Collection:
    """Create a collection. Without an `identifier`, it gets the number that all file names begin with (HH018977).

    A longer title, as servers have them, is cut to what the table holds.
    """
    if not identifier and listing:
        identifier = number_of(file.identifier for file in listing.files)
    return Collection.objects.create(
        slug=slug,
        title=title[: Collection._meta.get_field("title").max_length],
        identifier=identifier,
        expected_documents=expected_documents,
        ocr_language=ocr_language,
    )


def number_of(identifiers: Iterable[str]) -> str:
    """Return the organization's ID that all of these begin with, such as HH018977; empty if there is none."""
    organizations = {match[0] if (match := _ORGANIZATION.match(identifier)) else "" for identifier in identifiers}
    return organizations.pop() if len(organizations) == 1 else ""


def reader_for(job: Job, *, tick: Tick) -> SourceReader:
    """Return the reader of an import job's source. Raises NoSource for parameters without one."""
    params = params_of(job, ImportParams)
    if params.upload:
        return UploadReader(params.folder, _tools(Size(), tick=tick))
    if params.source:
        kind, text = recognize(params.source, bdr=settings.BDR_URL)
    elif params.folder:
        kind, text = kind_of_path(Path(params.folder)), params.folder
    else:
        raise NoSource(say("The job has no source. Import again, with a folder or an address."))
    wanted = Size(params.percent, params.size)
    return kind.reader(text, _tools(wanted, tick=tick, fresh_since=job.created.timestamp() - FRESH_SECONDS))


def documents_at(address: str) -> list[Arranged]:
    """Return the manifests of a IIIF manifest or collection as documents, each page named as by an import.

    Fetches one after the other, except those fetched a moment ago. Raises NoSource.
    """
    kind, text = recognize(address, bdr=settings.BDR_URL)
    if kind.name != "iiif":
        raise NoSource(
            say(
                "%(text)s is not the address of a IIIF manifest or collection. Enter such an address, or a file.",
                text=text[:200],
            )
        )
    return IiifReader(text, _tools(Size(), fresh_since=time.time() - FRESH_SECONDS)).documents()


def open_reader(job: Job) -> SourceReader:
    """Return the reader of a running job; it regularly checks whether the job was canceled. Raises JobStopped."""
    try:
        return reader_for(job, tick=_alive(job))
    except NoSource as error:
        raise JobStopped(str(error)) from error


def listing_of(reader: SourceReader, collection: Collection) -> Listing:
    """Return what a source holds; files that differ only in their folders get different identifiers.

    Pages imported under another identifier keep it. Raises JobStopped with a sentence if the list isn't available.
    """
    try:
        listing = reader.listing()
    except NoSource as error:
        raise JobStopped(str(error)) from error
    alike = alike_in_folders(listing.files) if listing.is_natural else frozenset()
    if not alike:
        return listing
    kept = dict(collection.pages.filter(identifier__in=alike).values_list("filename", "identifier"))
    return replace(
        listing, files=tuple(told_apart(file, kept) if file.identifier in alike else file for file in listing.files)
    )


def _alive(job: Job) -> Tick:
    """Return a function that regularly checks, during long transfers, whether the job was canceled."""
    looked = time.monotonic()

    def look() -> None:
        nonlocal looked
        if time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            moved()
            if not Job.objects.active().filter(pk=job.pk).exists():
                raise SliceVoid

    return look


class UploadReader(FolderReader):
    """Files uploaded by a browser; packed ones are unpacked beside them."""

    def __init__(self, text: str, tools: Tools) -> None:
        super().__init__(text, tools)
        self.tick = tools.tick

    def listing(self) -> Listing:
        """Return the scans in natural order. Raises NoSource."""
        return open_upload(self.folder, tick=self.tick)


def _size(percent: int | None, size: int | None) -> Size:
    if percent is not None and size is not None:
        raise NoSource(say("Enter either a percentage or a size in pixels, not both."))
    if percent is not None and not 1 <= percent <= 100:
        raise NoSource(say("%(percent)s percent is not a valid size. Enter a number from 1 to 100.", percent=percent))
    if size is not None and size < 1:
        raise NoSource(say("%(size)s pixels is not a valid size. Enter the long edge, e.g. 1500.", size=size))
    return Size(percent, size)


def _allowed(text: str, roots: Sequence[Path] | None) -> Path:
    """Return the full path if it may be read."""
    wanted = Path(text)
    if roots is None:
        try:
            return wanted.expanduser().absolute()
        except RuntimeError as error:
            raise NoSource(
                say(
                    "%(path)s names a home folder that is not known here. Enter the full path.",
                    path=printable(text)[:200],
                )
            ) from error
    if not wanted.is_absolute():
        raise NoSource(
            say(
                "%(given)s is not an address, a repository ID, or a full path. Start paths with /.",
                given=printable(text)[:200],
            )
        )
    path = real_path(wanted)
    if not any(path.is_relative_to(real_path(root)) for root in roots):
        allowed = ", ".join(str(root) for root in roots)
        message = (
            say("You can import folders only from %(folders)s.", folders=allowed)
            if allowed
            else say("No server folders are available for import. Ask the operator to set HHREVIEW_IMPORT_ROOTS.")
        )
        raise NoSource(message)
    return path


def _tools(
    size: Size, *, tick: Tick = lambda: None, patience: Patience | None = None, fresh_since: float = 0.0
) -> Tools:
    rules = Rules(tuple(settings.SOURCE_HOSTS), tuple(settings.PRIVATE_SOURCES))
    usual = Patience(
        delay=settings.SOURCE_DELAY_MS / 1000,
        stall=settings.SOURCE_STALL_SECONDS,
        total=settings.SOURCE_SECONDS,
        image_bytes=settings.SOURCE_MAX_BYTES,
    )
    return Tools(
        cache_root=Path(settings.CACHE_ROOT),
        limits=Limits(settings.MAX_UNPACKED_BYTES),
        fetcher=Fetcher(rules, patience or usual, contact=settings.SOURCE_CONTACT, tick=tick),
        size=size,
        fresh_since=fresh_since,
        roots=tuple(settings.IMPORT_ROOTS),
        bdr=settings.BDR_URL.rstrip("/"),
        bdr_percent=settings.BDR_PERCENT,
    )
