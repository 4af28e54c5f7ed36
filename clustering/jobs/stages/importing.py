"""Importing a source: each file becomes a page, in order, once; what cannot go in is reported by name.

The place in the source (`Job.result["after"]`, and how many images of the next file are in) is saved in the same
transaction as the pages before it, so a slice that is killed or run twice neither loses nor doubles a page. Positions
never change: files that sort between pages imported earlier are appended, and the report says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from clustering.jobs.params import ImportParams, params_of
from clustering.jobs.slices import DEFAULT, MOST_LAPSES, JobStopped, Slice, SliceVoid, Stage
from clustering.jobs.sourcing import listing_of, open_reader
from clustering.jobs.stages.comparing import Plan, waits
from clustering.jobs.stages.entering import Rows, enter, known_among, lost_among, pairs_there, reasons_of
from clustering.jobs.stages.renewing import agreed_plan, contents_of, rename_agreed, replace_agreed, settle_agreed
from clustering.jobs.stages.taking import FilePart, Gathered, fingerprint, given_up, parts_of, sheets_of, take_file
from clustering.jobs.threads import thread_count
from clustering.models import Job, JobProblem, Page
from clustering.sentences import Sentence
from clustering.sources.contract import CannotFetch, Listing, NoSource, ScanFile, ServerGone, SourceReader
from clustering.sources.folder import natural_key
from clustering.wording import pages_in_words, say, say_n

FILES_A_CHUNK = 16
"""Files, or images of one, between two transactions: a second or two of work."""
MOST_NAMED = 100
"""Notes on a source that are written out; a PDF of 2,000 pages may have one for each."""
MOST_PASSES = 3
"""Most passes through a source that changes in the meantime."""
MOST_GONE = 5
"""Pages in a row whose server does not answer, before the job stops: the others would fare no better."""


@dataclass(slots=True)
class _Import:
    """One slice of an import: what it reads from, and in which order."""

    current: Slice
    reader: SourceReader
    listing: Listing
    place: Callable[[str], Any]
    """The place of a name in the source's order; None where it has none."""
    pool: ThreadPoolExecutor
    plan: Plan
    """What was agreed to after a comparison."""
    placed: frozenset[str]
    """Names of the files that are put in their place at the end."""

    @property
    def job(self) -> Job:
        """What it is done for."""
        return self.current.job

    @property
    def at_once(self) -> int:
        """How many to take together: one by one where a worker ended at some, so that it shows at which."""
        return 1 if self.job.lapses else FILES_A_CHUNK

    def is_late(self, file: ScanFile) -> bool:
        """Whether the file stands before what the collection ended with when the job began, and is not to be moved."""
        if file.name in self.placed:
            return False
        last, own = self.job.result["last_before"], self.place(file.name)
        before = self.place(last) if last else None
        return before is not None and own is not None and own < before


def begin_listing(job: Job) -> int:
    """Only servers are asked for their lists in slices: a collection may hold thousands of manifests."""
    return 1 if params_of(job, ImportParams).source else 0


def advance_listing(current: Slice) -> bool:
    """Ask for lists until the slice's time is up; True while some are missing."""
    try:
        return open_reader(current.job).prepare(lambda: current.has_time)
    except NoSource as error:
        raise JobStopped(str(error)) from error


def begin(job: Job) -> int:
    """Count the files. Raises JobStopped with a sentence where the source cannot be imported."""
    return 0 if waits(job) else len(listing_of(open_reader(job), job.collection).files)


def advance(current: Slice) -> bool:
    """Take files until the slice's time is up; True while some are left."""
    job = current.job
    reader = open_reader(job)
    listing = listing_of(reader, job.collection)
    plan = agreed_plan(job)
    if "through" not in job.result:
        _open_report(current, listing, plan)
    placed = frozenset(item["name"] for item in plan.insert)
    with ThreadPoolExecutor(thread_count(), thread_name_prefix="import") as pool:
        work = _Import(current, reader, listing, _order_of(listing), pool, plan, placed)
        left = _left(work)
        while left and current.has_time:
            left = left[_take_some(work, left) :]
        if not left and not _is_all_through(work):
            return True
    if not left:
        _close_report(current, plan)
        reader.close()
    return bool(left)


LISTING_STAGE = Stage(Job.Stage.LISTING, DEFAULT, begin_listing, advance_listing)
STAGE = Stage(Job.Stage.IMPORTING, DEFAULT, begin, advance, skips=True)


def _order_of(listing: Listing) -> Callable[[str], Any]:
    if listing.is_natural:
        return natural_key
    return {file.name: number for number, file in enumerate(listing.files)}.get


def _left(work: _Import) -> list[ScanFile]:
    """Return what comes after the last file that is in; everything where that one is not in the source any more."""
    after = work.job.result["after"]
    position = work.place(after) if after else None
    left = [file for file in work.listing.files if position is None or work.place(file.name) > position]
    if work.job.result["passes"] > 1:
        refused = set(work.job.problems.filter(is_warning=False).values_list("filename", flat=True))
        left = [file for file in left if file.name not in refused]
    return left


def _open_report(current: Slice, listing: Listing, plan: Plan) -> None:
    """Name what is left out, say what is to be known, and remember where the collection ended before.

    Pages are given their new names first, since files are told by them.
    """
    job = current.job
    last = job.collection.pages.order_by("-position").values_list("filename", flat=True).first()
    with transaction.atomic():
        current.hold()
        rename_agreed(current, plan)
        for note in listing.notes[:MOST_NAMED]:
            current.problem(note, is_warning=True)
        if len(listing.notes) > MOST_NAMED:
            current.problem(_more_notes(len(listing.notes) - MOST_NAMED), is_warning=True)
        for name, sentence in reasons_of(listing.skipped):
            current.problem(sentence, filename=name, is_warning=True)
        job.result = {
            **{key: job.result[key] for key in ("plan",) if key in job.result},
            "after": "",
            "images": 0,
            "gone": 0,
            "last_before": last or "",
            "added": 0,
            "known": 0,
            "refused": 0,
            "late": 0,
            "skipped": len(listing.skipped),
            "passes": 1,
            "through": [0, 0],
            "renamed": len(plan.rename),
            "replaced": 0,
        }
        job.save(update_fields=["result"])


def _close_report(current: Slice, plan: Plan) -> None:
    """Say what came too late for its place; put what was agreed to there. Once, however often the slice is run."""
    job = current.job
    if plan.asks and "inserted" not in job.result:
        with transaction.atomic():
            current.hold()
            job.result = {**job.result, **settle_agreed(current, plan)}
            job.save(update_fields=["result"])
    late = job.result["late"]
    if late:
        first, last = job.result["late_positions"]
        current.problem(
            say_n(
                "%(count)s file sorts before pages that were imported earlier, so its pages were added at the end: "
                "%(pages)s. To put such pages in their place, add scans in the browser, or import them with --preview.",
                "%(count)s files sort before pages that were imported earlier, so their pages were added at the end: "
                "%(pages)s. To put such pages in their place, add scans in the browser, or import them with --preview.",
                late,
                pages=pages_in_words(range(first, last + 1)),
            ),
            is_warning=True,
        )


def _more_notes(count: int) -> Sentence:
    return say_n("%(count)s more similar note is not shown.", "%(count)s more similar notes are not shown.", count)


def _is_all_through(work: _Import) -> bool:
    """Whether each file of the source is in or was named; else begin once more with those that may be neither.

    A folder may change while it is imported. What the collection has is passed over, what was refused is not tried
    again.
    """
    current, result = work.current, work.job.result
    work.listing = listing_of(work.reader, work.job.collection)  # a folder may have changed since the slice began
    there = _sum_of(file.name for file in work.listing.files)
    if result["through"] == there:
        return True
    missing = there[0] - result["through"][0]
    if result["passes"] >= MOST_PASSES:
        current.problem(
            say(
                "The source kept changing while it was imported (%(missing)s files), so some may be missing. Wait "
                "until it is complete, then import it again.",
                missing=f"{missing:+}",
            ),
            is_warning=True,
        )
        return True
    refused = set(work.job.problems.filter(is_warning=False).values_list("filename", flat=True))
    through = _sum_of(file.name for file in work.listing.files if file.name in refused)
    work.job.result = {**result, "after": "", "images": 0, "passes": result["passes"] + 1, "through": through}
    with transaction.atomic():
        current.hold()
        work.job.save(update_fields=["result"])
    return False


def _sum_of(names: Iterable[str]) -> list[int]:
    """Return how many names there are and a sum of their digests, which tells two sets of names apart."""
    digests = [int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()[:6]) for name in names]
    return [len(digests), sum(digests) % (1 << 48)]


def _take_some(work: _Import, left: list[ScanFile]) -> int:
    """Take the next few files, or some images of the next one; return how many files are done by that."""
    gathered = _gather(work, left)
    done = len(work.listing.files) - len(left)
    if gathered[0].sheets:
        return _take_sheets(work, gathered[0], done=done)
    _take_files(work, gathered, done=done + len(gathered))
    return len(gathered)


def _gather(work: _Import, left: list[ScanFile]) -> list[Gathered]:
    """Bring the next few files to this machine; one that holds several pages comes alone."""
    if work.job.lapses >= MOST_LAPSES:  # the first of them ended at others as well, the rest at this one alone
        return [given_up(left[0], after=work.job.result["images"], workers=work.job.lapses)]
    gathered: list[Gathered] = []
    gone = work.job.result.get("gone", 0)
    for file in left[: work.at_once]:
        if gathered and (gone >= MOST_GONE or not work.current.has_time):
            break
        item = _bring(work, file)
        gone = gone + 1 if item.is_gone else 0
        if item.sheets and gathered:
            break  # it is on this machine already; the next chunk begins with it
        gathered.append(item)
        if item.sheets:
            break
    return gathered


def _bring(work: _Import, file: ScanFile) -> Gathered:
    before = work.reader.taken(file.name)
    if before and set(_turned(before)) <= pairs_there(work.job.collection, [sha256 for _, sha256 in before]):
        return Gathered(file, known=len(before))
    try:
        path = work.reader.fetch(file)
    except CannotFetch as error:
        refusal = say("%(file)s could not be fetched. %(why)s", file=file.name, why=error)
        return Gathered(file, refusal=refusal, is_gone=isinstance(error, ServerGone))
    return Gathered(file, sheets=sheets_of(path))


def _turned(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(sha256, identifier) for identifier, sha256 in pairs]


def _take_files(work: _Import, gathered: list[Gathered], *, done: int) -> None:
    parts = {item.file: FilePart(item.file) for item in gathered if not item.refusal and not item.known}
    _take_in(work, list(parts.values()))
    rows = Rows()
    for item in gathered:
        rows.known += item.known
        if item.refusal:
            rows.refuse(work.job, item.file.name, item.refusal)
    gone = work.job.result.get("gone", 0)
    for item in gathered:
        gone = gone + 1 if item.is_gone else 0
    through = [item.file.name for item in gathered]
    _write(work, rows, list(parts.values()), done=done, through=through, images=0, gone=gone)
    for file, part in parts.items():
        work.reader.release(file, [(file.identifier, part.sha256)] if part.sha256 else [])
    if gone >= MOST_GONE:
        last = gathered[-1].refusal
        raise JobStopped(
            say(
                "The server did not answer for %(count)s pages in a row, so the import stopped. Imported pages are "
                "kept. Start the import again later to continue with the missing ones. The last: %(last)s",
                count=gone,
                last=last,
            )
        )


def _take_sheets(work: _Import, item: Gathered, *, done: int) -> int:
    """Take some pages of a file that holds several; 1 once all of them are in."""
    first = work.job.result.get("images", 0)
    with parts_of(item, first, work.pool, most=work.at_once) as parts:
        _take_in(work, parts)
        through = first + len(parts) >= len(item.sheets)
        pairs = [*work.job.result.get("pairs", []), *((part.file.identifier, part.sha256) for part in parts)]
        _write(
            work, Rows(), parts, done=done + through, through=[item.file.name] if through else [],
            images=0 if through else first + len(parts), pairs=[] if through else pairs,
        )  # fmt: skip
    if through:
        whole = all(sha256 for _, sha256 in pairs)
        work.reader.release(item.file, [(identifier, sha256) for identifier, sha256 in pairs] if whole else [])
    return int(through)


def _take_in(work: _Import, parts: list[FilePart]) -> None:
    """Put into the store what the collection does not have yet, and note on each part what became of it."""
    there = [part for part in parts if part.taken is None]
    prints = list(work.pool.map(fingerprint, [part.file for part in there]))
    known = known_among(work.job.collection, prints)
    for part, print_ in zip(there, prints, strict=True):
        part.sha256 = print_.sha256
        part.taken = print_ if print_.refusal else None
    new = [part for part in there if part.taken is None and part.file not in known]
    lost = lost_among(work.job.collection, [print_ for print_ in prints if print_.file in known])
    list(work.pool.map(take_file, lost))
    for part, taken in zip(new, work.pool.map(take_file, [part.file for part in new]), strict=True):
        part.taken, part.sha256 = taken, ""


def _write(work: _Import, rows: Rows, parts: list[FilePart], *, done: int, through: list[str], **marks: Any) -> None:
    """Write a chunk's pages, problems and place at once; `through` are the files that are done with it."""
    job = work.job
    with transaction.atomic():
        work.current.hold()
        enter(rows, job, parts, is_late=work.is_late, replaces=contents_of(work.plan))
        replace_agreed(work.current, rows.replaced)
        Page.objects.bulk_create(rows.pages)
        JobProblem.objects.bulk_create(rows.problems)
        _count(job, rows, through, **marks)
        job.done, job.lapses = done, min(job.lapses, 1)  # a worker that dies now dies at another file
        progress = {"result": job.result, "done": done, "total": len(work.listing.files), "lapses": job.lapses}
        if not Job.objects.filter(pk=job.pk).update(**progress, heartbeat=Now()):
            raise SliceVoid


def _count(job: Job, rows: Rows, through: list[str], **marks: Any) -> None:
    result = {**job.result, **marks}
    if through:
        result["after"] = through[-1]
        count, total = _sum_of(through)
        result["through"] = [result["through"][0] + count, (result["through"][1] + total) % (1 << 48)]
    result["added"] += len(rows.pages)
    result["known"] += rows.known if result["passes"] == 1 else 0
    result["refused"] += rows.refused
    result["replaced"] = result.get("replaced", 0) + len(rows.replaced)
    result["late"] += rows.late
    if rows.late:
        first = result.get("late_positions", [rows.pages[0].position])[0]
        result["late_positions"] = [first, rows.pages[-1].position]
    job.result = result
