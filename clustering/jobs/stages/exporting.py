"""Exports as a job: checked, written in the background, kept for a while, downloaded from the job's page.

The file is MEDIA_ROOT/exports/<job>/ until it expires. A zip grows entry by entry. When a slice ends, or a worker is
asked to stop, the zip is closed properly, and the next slice continues after the last entry. An incomplete entry is
written again, so the bytes are those of an export in one go.
"""

from __future__ import annotations

import errno
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from clustering import store
from clustering.exports.checking import Finding, check
from clustering.exports.contract import ComparedRuns, ExportedPage, File, GroupRecord, Material, TooLong
from clustering.exports.format import ExportFormat
from clustering.exports.packing import add_to_zip, pieces_of
from clustering.exports.records import material_of
from clustering.exports.registry import FORMATS
from clustering.exports.settings import WrongSettings
from clustering.files import writing
from clustering.jobs.params import ExportParams, params_of
from clustering.jobs.slices import DEFAULT, STOPPING, JobStopped, Slice, Stage
from clustering.jobs.upload_files import KEPT_FREE
from clustering.models import Collection, Job
from clustering.redecode.drafting import draft_waiting
from clustering.selectors.exporting import finding_message, restricted_in
from clustering.sentences import Sentence
from clustering.wording import say, say_n

FOLDER = "exports"
MOST_BEGINNINGS = 5
"""How often an export starts over because the collection was edited in the meantime."""
_REPORT_SECONDS = 1.0


def export_folder(job_id: int) -> Path:
    """Return the path of a job's file."""
    return Path(settings.MEDIA_ROOT) / FOLDER / str(job_id)


def begin_check(job: Job) -> int:
    """Return 1 until the check is stored."""
    return int("check" not in job.result)


def advance_check(current: Slice) -> bool:
    """Check, as one piece of work."""
    job = current.job
    chosen, material = _ordered(job)
    report = check(material, [chosen.name], schemas=settings.SCHEMA_FOLDER)[chosen.name]
    included = params_of(job, ExportParams).included
    missing = 0 if included.restricted else restricted_in(job.collection, included)
    _keep(current, check=report.to_json(), left_out=missing)
    if missing:
        current.problem(
            say_n("%(count)s restricted page is left out.", "%(count)s restricted pages are left out.", missing),
            is_warning=True,
        )
    for finding in report.findings:
        if finding.level != "note":
            current.problem(_whole(finding), is_warning=True)
    gone = next((finding for finding in report.errors if finding.blocks), None)
    if gone is not None:
        raise JobStopped(say("The export can’t be written. %(why)s", why=_whole(gone)))
    return False


def _whole(finding: Finding) -> Sentence:
    return say("%(found)s %(remedy)s", found=finding_message(finding), remedy=say(finding.remedy))


def begin_write(job: Job) -> int:
    """Return the number of groups times the format's passes over them; 0 if the file exists."""
    if job.result.get("file"):
        return 0
    chosen, material = _ordered(job)
    groups = int(job.result["check"]["groups"])
    return max(1, groups * passes(chosen, material))


def advance_write(current: Slice) -> bool:
    """Write until it is done or time is up. Return whether there is more."""
    job = current.job
    if job.result.get("file"):
        return False
    chosen, material = _ordered(job)
    path = export_folder(job.pk) / chosen.filename(material.collection)
    growing = path.with_name(f".growing{path.suffix}")
    if store.is_elsewhere():
        growing.unlink(missing_ok=True)  # another machine may have continued in the meantime
    _begin_anew_if_edited(current, growing)
    material = replace(material, groups=_Watched(current, material.groups), image=_with_room(material.image, growing))
    try:
        if chosen.is_zip:
            assert chosen.files is not None
            if not _grow_zip(chosen.files(material), growing, current):
                return True
        else:
            with writing(growing) as temporary, temporary.open("wb") as handle:
                handle.writelines(pieces_of(chosen, material))
    except TooLong as error:
        raise JobStopped(str(error)) from error
    if job.result["version"] != Collection.objects.values_list("version", flat=True).get(pk=job.collection_id):
        return True
    store.put_as(growing, path)
    growing.replace(path)
    for left in path.parent.iterdir():  # by workers that were killed
        if left != path:
            left.unlink(missing_ok=True)
    _keep(current, file=path.name, size=path.stat().st_size)
    return False


def _begin_anew_if_edited(current: Slice, growing: Path) -> None:
    """Start over if someone edited, because all passes over the groups must see the same ones.

    Raises JobStopped if people keep editing.
    """
    job = current.job
    version = job.collection.version
    if job.result.get("version") == version:
        return
    begun = job.result.get("begun", 0) + 1
    if begun > MOST_BEGINNINGS:
        raise JobStopped(
            say(
                "%(collection)s was edited %(count)s times while the export was being written, so its parts would not "
                "agree. Start it again when nobody is editing, or close the collection first.",
                collection=job.collection.title,
                count=MOST_BEGINNINGS,
            )
        )
    growing.unlink(missing_ok=True)
    _keep(current, version=version, begun=begun)


def _with_room(image: Callable[[ExportedPage], Path], growing: Path) -> Callable[[ExportedPage], Path]:
    """Return what gives scans while there is room for them: a full disk would stop everybody, not the export alone.
    It raises OSError where there is none."""

    def given(page: ExportedPage) -> Path:
        disk = shutil.disk_usage(settings.MEDIA_ROOT)
        if disk.free < page.size_bytes + min(KEPT_FREE, disk.total // 20):
            raise OSError(errno.ENOSPC, str(growing))
        return image(page)

    return given


def _grow_zip(files: Iterator[File], growing: Path, current: Slice) -> bool:
    """Add entries after the existing ones until time is up; return whether the zip is complete.

    If an error cuts an entry off, as when the database is away, the zip is removed: the entry would count as whole.
    """
    growing.parent.mkdir(parents=True, exist_ok=True)
    there = _entries(growing)
    is_whole = True
    try:
        with zipfile.ZipFile(growing, "a" if there else "w", allowZip64=True) as archive:
            for name, pieces in files:
                if name in there:
                    continue
                is_whole = False
                for _ in add_to_zip(archive, name, pieces):
                    pass
                is_whole = True
                if not _may_go_on(current):
                    return False
    except BaseException:
        if not is_whole:
            growing.unlink(missing_ok=True)
        raise
    return True


def _may_go_on(current: Slice) -> bool:
    """Whether another entry may begin. The next slice may be on another machine, without the file being written
    here."""
    return current.has_time or (store.is_elsewhere() and not STOPPING.is_set())


def _entries(growing: Path) -> frozenset[str]:
    """Return the names in a zip; none if it is incomplete, because it then starts over."""
    with suppress(FileNotFoundError, zipfile.BadZipFile), zipfile.ZipFile(growing) as archive:
        return frozenset(archive.namelist())
    return frozenset()


def passes(chosen: ExportFormat, material: Material) -> int:
    """Return how often a format iterates over the groups, by letting it write none."""
    counted = _Passes()
    for _ in pieces_of(chosen, replace(material, groups=counted, compare=lambda: ComparedRuns((), ()))):
        pass
    return max(1, counted.count)


class _Passes:
    """No groups, counting iterations."""

    def __init__(self) -> None:
        self.count = 0

    def __iter__(self) -> Iterator[GroupRecord]:
        self.count += 1
        return iter(())


class _Watched:
    """Passes groups on and reports progress about every second; a canceled job ends here."""

    def __init__(self, current: Slice, groups: Iterable[GroupRecord]) -> None:
        self._current = current
        self._groups = groups
        self._done = 0
        self._told = time.monotonic()

    def __iter__(self) -> Iterator[GroupRecord]:
        job = self._current.job
        for group in self._groups:
            yield group
            self._done += 1
            if time.monotonic() - self._told > _REPORT_SECONDS:
                self._told = time.monotonic()
                # A later slice iterates over the first groups again, which isn't progress.
                self._current.report(min(max(self._done, job.done), job.total), job.total)


def _ordered(job: Job) -> tuple[ExportFormat, Material]:
    params = params_of(job, ExportParams)
    chosen = FORMATS.get(params.format)
    if chosen is None:
        raise JobStopped(
            say(
                "There is no export called %(format)s. Choose one of these: %(formats)s.",
                format=params.format,
                formats=", ".join(FORMATS),
            )
        )
    draft_waiting(job.collection)
    try:
        return chosen, material_of(job.collection, params.included)
    except WrongSettings as error:
        why = say(
            "%(why)s Fix this in the export settings, then start the export again.", why=say(error.text, **error.values)
        )
        raise JobStopped(why) from error


def _keep(current: Slice, **entries: object) -> None:
    """Put it into the job's result. Raises SliceVoid if another worker has the job by now."""
    current.check()
    current.job.result = {**current.job.result, **entries}
    current.job.save(update_fields=["result"])


STAGES = (
    Stage(Job.Stage.CHECKING_EXPORT, DEFAULT, begin_check, advance_check),
    Stage(Job.Stage.WRITING_EXPORT, DEFAULT, begin_write, advance_write),
)
