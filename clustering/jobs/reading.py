"""Reading: OCR of each page, several side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, astuple
from queue import SimpleQueue
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from clustering.files import page_path
from clustering.jobs.slices import DEFAULT, JobStopped, Slice, Stage
from clustering.jobs.threads import thread_count
from clustering.models import Embedding, Job, Page, Reading
from clustering.models.page import PageQuerySet
from clustering.models.reading import search_config

if TYPE_CHECKING:
    from clustering.engine.reading import Reader
    from clustering.engine.records import PageReading

_REPLACED = [
    "text", "lines", "width", "height", "rotation", "confidence", "language", "is_unread", "engine", "ocr_language",
    "search_config",
]  # fmt: skip
"""Fields of a reading that another one in its place changes."""
PAGES_A_THREAD = 6
"""Pages a thread between two transactions: some ten seconds of work, little of it spent waiting for the slowest."""


def language_of_job(job: Job) -> str:
    """Return in which languages this job reads: its own, else the collection's, else the installation's."""
    return str(job.params.get("language") or job.collection.reading_language)


def begin(job: Job) -> int:
    """Count the pages to read: those that were not read yet; where the job names a language, not in that one yet."""
    return _lacking(job, set()).count()


def advance(current: Slice) -> bool:
    """Read pages until the slice's time is up; True while some are left.

    Where OCR or a language is not installed, a reading job stops with the sentence that says what to install, and a
    processing job goes on without, with a warning.
    """
    from clustering.engine.reading import Reader, reader_available

    job = current.job
    language = language_of_job(job)
    missing = reader_available(language=language)
    if missing and job.kind == Job.Kind.READ:
        raise JobStopped(missing)
    if missing:
        current.problem(f"Pages were not read; the proposal goes on without their text. {missing}", is_warning=True)
        return False
    given_up = set(current.pages_given_up())
    threads = thread_count()
    with ExitStack() as stack:
        idle: SimpleQueue[Reader] = SimpleQueue()
        for _ in range(min(threads, job.total)):
            idle.put(stack.enter_context(Reader(language=language)))
        pool = stack.enter_context(ThreadPoolExecutor(threads, thread_name_prefix="read"))
        while pages := list(_lacking(job, given_up)[: PAGES_A_THREAD * threads]):
            given_up |= _read_pages(current, pool, idle, pages)
            left = _lacking(job, given_up).count()
            current.report(job.total - min(left, job.total), job.total)
            if not current.has_time:
                return left > 0
    return False


STAGE = Stage("Reading pages", DEFAULT, begin, advance)


def _lacking(job: Job, given_up: set[int]) -> PageQuerySet:
    pages, language = job.collection.pages, str(job.params.get("language") or "")
    lacking = pages.not_read_in(language) if language else pages.lacking_reading()
    return lacking.exclude(pk__in=given_up)


def _read_pages(current: Slice, pool: ThreadPoolExecutor, idle: SimpleQueue[Reader], pages: list[Page]) -> set[int]:
    """Read and write one chunk; return the ids of the pages that failed."""
    from clustering.engine.images import BadScan
    from clustering.engine.reading import reading_version

    language = language_of_job(current.job)

    def read(page: Page) -> PageReading | BadScan:
        reader = idle.get()
        try:
            return reader.read(page_path(page))
        except BadScan as error:
            return error
        except RuntimeError as error:  # what Tesseract raises about one page
            return BadScan(f"{page_path(page).name} cannot be read ({error}): save the scan again, and import it.")
        finally:
            idle.put(reader)

    failed: set[int] = set()
    rows: list[Reading] = []
    results = list(pool.map(read, pages))
    with transaction.atomic():
        current.hold()
        for page, result in zip(pages, results, strict=True):
            if isinstance(result, BadScan):
                message = str(result).replace(page_path(page).name, page.filename)
                current.problem(f"{page.identifier} was not read. {message}", page=page)
                failed.add(page.pk)
            else:
                if result.is_unread:
                    current.problem(
                        f"{page.identifier} looks written on, but {'little' if result.text else 'no'} text could be "
                        "read. It may be handwriting, very faint, or in another language.",
                        page=page,
                        is_warning=True,
                    )
                rows.append(reading_row(page, result, engine=reading_version(language), ocr_language=language))
        _write(rows)
    return failed


def _write(rows: list[Reading]) -> None:
    """Keep readings in place of those in other languages, whose vectors go with them."""
    read = [row.page for row in rows]
    Embedding.objects.filter(page__in=read, encoder=settings.TEXT_ENCODER, page__reading__isnull=False).delete()
    Reading.objects.bulk_create(rows, update_conflicts=True, unique_fields=["page"], update_fields=_REPLACED)


def reading_row(page: Page, reading: PageReading, *, engine: str, ocr_language: str) -> Reading:
    """Return the row that keeps a reading."""
    fields = {name: value for name, value in asdict(reading).items() if name != "lines"}
    fields["text"] = reading.text.replace("\x00", "")  # PostgreSQL keeps no NUL in text
    lines = [list(astuple(line)) for line in reading.lines]
    return Reading(
        page=page,
        lines=lines,
        engine=engine,
        ocr_language=ocr_language,
        search_config=search_config(language=reading.language, ocr_language=ocr_language),
        **fields,
    )
