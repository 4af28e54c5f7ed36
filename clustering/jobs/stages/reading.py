"""Read pages with OCR, several side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings

from clustering.files import original_path, page_path
from clustering.jobs.batches import Batch, side_by_side
from clustering.jobs.params import ReadingParams, params_of
from clustering.jobs.slices import DEFAULT, Claimed, JobStopped, note_problem
from clustering.jobs.threads import thread_count
from clustering.models import Embedding, Job, Page, Reading
from clustering.models.correction import corrections_of
from clustering.models.page import PageQuerySet
from clustering.models.personal_finding import search_personal
from clustering.models.reading import search_config
from clustering.sentences import Sentence, renamed
from clustering.wording import say

if TYPE_CHECKING:
    from clustering.engine.reading import Reader
    from clustering.engine.records import PageReading

_REPLACED = [
    "text", "lines", "width", "height", "rotation", "confidence", "language", "is_unread", "is_second", "engine",
    "ocr_language", "search_config", "as_read",
]  # fmt: skip
"""Fields that a new reading replaces."""
PAGES_A_BATCH = 16
"""Pages of a batch: some ten seconds on two processors, with little waiting for the slowest page."""


def language_of_job(job: Job) -> str:
    """Return the languages in which this job reads: its own, or else the collection's, or else the installation's."""
    return params_of(job, ReadingParams).language or job.collection.reading_language


def engine_of(language: str) -> str:
    """Return the engine for these languages, as stored with each reading."""
    from clustering.engine.reading import reading_version

    return reading_version(language, second=settings.SECOND_READER)


def _lacking(job: Job) -> PageQuerySet:
    """Return pages that weren't read yet, and those whose handwriting an earlier engine couldn't read.

    If the job names a language, return those that weren't read in it yet. If OCR or a language isn't installed, a
    reading job stops with a sentence that says what to install, and a processing job continues with a warning.
    """
    from clustering.engine.reading import reader_available

    pages, language = job.collection.pages, params_of(job, ReadingParams).language
    spoken = language_of_job(job)
    lacking = pages.not_read_in(language) if language else pages.lacking_reading_by(engine_of(spoken), spoken)
    missing = reader_available(language=spoken)
    if missing and job.kind == Job.Kind.READ:
        raise JobStopped(missing)
    if missing:
        message = say("OCR did not run, so the proposal does not use text. %(why)s", why=missing)
        note_problem(job, message, is_warning=True)
        return lacking.none()
    return lacking


class _Readers:
    """The readers of this process: one per thread, kept from batch to batch, all with the same languages."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._engine = ""
        self._open = ExitStack()
        self._idle: list[Reader] = []

    @contextmanager
    def lent(self, language: str) -> Iterator[Reader]:
        """Lend a reader that nobody else uses in the meantime. Raises ReaderUnavailable."""
        from clustering.engine.reading import Reader

        engine = engine_of(language)
        with self._lock:
            if engine != self._engine:
                self._open.close()  # those in use are closed by their users
                self._idle, self._engine = [], engine
            reader = (
                self._idle.pop()
                if self._idle
                else self._open.enter_context(Reader(language=language, second=settings.SECOND_READER))
            )
        try:
            yield reader
        finally:
            with self._lock:
                if engine == self._engine:
                    self._idle.append(reader)


_READERS = _Readers()


def _read_pages(batch: Batch) -> None:
    """Read and write one batch. Raises JobStopped if its languages can't be read here."""
    from clustering.engine.images import BadScan
    from clustering.engine.reading import ReaderUnavailable

    language = language_of_job(batch.job)
    engine = engine_of(language)

    def read(page: Page) -> PageReading | BadScan | None:
        if batch.must_end:
            return None
        with _READERS.lent(language) as reader:
            try:
                return reader.read(page_path(page))
            except BadScan as error:
                return error
            except ReaderUnavailable:
                raise
            except RuntimeError as error:  # what Tesseract raises about one page
                return BadScan(
                    say(
                        "%(file)s can’t be read (%(error)s). Save the scan again, then import it.",
                        file=_stored_name(page),
                        error=error,
                    )
                )

    try:
        with ThreadPoolExecutor(thread_count(), thread_name_prefix="read") as pool:
            results = dict(zip(batch.pages, pool.map(read, batch.pages), strict=True))
    except ReaderUnavailable as error:
        raise JobStopped(str(error)) from error
    batch.check()
    rows: list[Reading] = []
    with batch.finishing(left=[page for page, result in results.items() if result is None]):
        for page, result in results.items():
            if isinstance(result, BadScan):
                message = renamed(str(result), _stored_name(page), page.filename)
                batch.problem(say("OCR did not run on %(page)s. %(why)s", page=page.identifier, why=message), page=page)
            elif result is not None:
                if result.is_unread:
                    batch.problem(_unread(page, result), page=page, is_warning=True)
                rows.append(reading_row(page, result, engine=engine, ocr_language=language))
        _write(rows)


def _unread(page: Page, result: PageReading) -> Sentence:
    message = (
        say("%(page)s seems to have writing, but OCR found little text.", page=page.identifier)
        if result.text
        else say("%(page)s seems to have writing, but OCR found no text.", page=page.identifier)
    )
    why = say("It may be handwriting, very faint, or in another language.")
    return say("%(found)s %(why)s", found=message, why=why)


def _stored_name(page: Page) -> str:
    return original_path(page.sha256, page.media_type).name


PART = Claimed("read", DEFAULT, PAGES_A_BATCH, _lacking, _read_pages)
STAGE = side_by_side(Job.Stage.READING, PART)


def _write(rows: list[Reading]) -> None:
    """Store readings with corrections applied, replacing those in other languages and their vectors."""
    read = [row.page for row in rows]
    corrections = corrections_of(read)
    for row in rows:
        row.take(corrections.get(row.page_id, []))
    Embedding.objects.filter(page__in=read, encoder=settings.TEXT_ENCODER, page__reading__isnull=False).delete()
    Reading.objects.bulk_create(rows, update_conflicts=True, unique_fields=["page"], update_fields=_REPLACED)
    search_personal(page.pk for page in read)


def reading_row(page: Page, reading: PageReading, *, engine: str, ocr_language: str) -> Reading:
    """Return the row of a reading."""
    fields = {name: value for name, value in asdict(reading).items() if name != "lines"}
    fields["text"] = reading.text.replace("\x00", "")  # PostgreSQL can't store NUL in text
    lines = [list(line) for line in reading.lines]
    return Reading(
        page=page,
        lines=lines,
        engine=engine,
        ocr_language=ocr_language,
        search_config=search_config(language=reading.language, ocr_language=ocr_language),
        **fields,
    )
