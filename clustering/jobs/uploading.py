"""Uploads: begun, filled piece by piece, resumed after interruptions, handed to an import, or abandoned.

Senders use the tus protocol (clustering/views/intake/tus.py): the server says how far a file is, and the sender sends
the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from clustering import store
from clustering.files import fingerprint
from clustering.jobs import upload_files
from clustering.jobs.launching import launch_job
from clustering.jobs.upload_checks import (
    MOST_CHUNK,
    Announced,
    Checksum,
    UploadRefused,
    check_chunk,
    check_count,
    check_disk_space,
    disk_refusal,
    gap_of,
    refusal_of,
)
from clustering.jobs.upload_files import Body, Chunk, CutShort, Lost
from clustering.models import Collection, Job, Upload, UploadedFile, User
from clustering.wording import say

DAMAGED = 460
"""tus's status for a chunk whose checksum differs."""


class Posted(Body, Protocol):
    """A file that came with a form."""

    @property
    def name(self) -> str | None:
        """Its name, without folders."""

    @property
    def size(self) -> int | None:
        """Its size in bytes."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The result of an announcement: the file's row, or a sentence that says why it can't be uploaded.

    Both where another file of this name was received, in whole or in part: its row, and that this one isn't it.
    """

    name: str
    file: UploadedFile | None = None
    refusal: str = ""


def begin_upload(collection: Collection, *, actor: User, process: bool, made_collection: bool = False) -> Upload:
    """Start an upload for a collection. Raises UploadRefused."""
    if collection.closed is not None:
        why = say("%(collection)s is closed. Reopen it under History, then add scans.", collection=collection.title)
        raise UploadRefused(why, status=409)
    return Upload.objects.create(collection=collection, owner=actor, process=process, made_collection=made_collection)


def expect_files(upload: Upload, announced: Sequence[Announced], *, later: tuple[int, int] = (0, 0)) -> list[Expected]:
    """Create the rows of announced files, or find those of partly uploaded ones; results are in the same order.

    `later` is how many files and bytes will follow, so that an upload that can't fit is refused before anything is
    sent. Another file of the name of one that was received in part is refused: what is here is kept. Raises
    UploadRefused if none can be accepted: too many, no room, or the upload was handed over.
    """
    checked = [(item, refusal_of(item)) for item in announced]
    with transaction.atomic():
        _hold(upload)
        fit = [item.name for item, refusal in checked if not refusal]
        there = {file.name: file for file in upload.files.filter(name__in=fit)}
        new = {item.name for item, refusal in checked if not refusal and item.name not in there}
        check_count(upload, len(new) + later[0])
        check_disk_space(sum(item.size for item, refusal in checked if not refusal and item.name in new) + later[1])
        answers = []
        for item, refusal in checked:
            if refusal:
                answers.append(Expected(item.name, refusal=refusal))
                continue
            file = there[item.name] = _row(upload, item, there.get(item.name))
            answers.append(Expected(item.name, file, _another(file, item)))
        _touch(upload)
    return answers


def receive_chunk(
    file: UploadedFile, body: Body, *, offset: int, size: int, checksum: Checksum | None = None
) -> UploadedFile:
    """Store a chunk and return the file's new state.

    Raises UploadRefused with how far the file is, so that the sender can continue from there: 409 if the chunk doesn't
    begin where the file ends, 460 if it was damaged.
    """
    check_chunk(file, offset, size)
    try:
        with upload_files.incoming_chunk(file, body, size, checksum.algorithm if checksum else "sha256") as chunk:
            if checksum and checksum.digest != chunk.digest:
                raise UploadRefused(
                    say("The chunk was damaged in transit. Send it again."), status=DAMAGED, received=file.received
                )
            held, refusal = _put(file, chunk, offset)
    except CutShort as error:
        raise UploadRefused(say("The connection broke before the chunk arrived. Send it again."), status=400) from error
    except OSError as error:
        raise disk_refusal(error) from error
    if refusal:
        raise refusal
    return held


def _put(file: UploadedFile, chunk: Chunk, offset: int) -> tuple[UploadedFile, UploadRefused | None]:
    """Append under the locks; return the file's new state, and what is wrong with it, which is stored too."""
    with transaction.atomic():
        _hold(file.upload)
        held = UploadedFile.objects.select_for_update(of=("self",)).select_related("upload").get(pk=file.pk)
        if offset != held.received:
            raise gap_of(held)
        refusal = None
        try:
            held.received = upload_files.append(held, chunk)
            refusal = _complete(held) if held.is_whole else None
        except Lost as lost:
            held.received = lost.kept
            refusal = gap_of(held)
        held.save(update_fields=["received"])
        _touch(held.upload)
    return held, refusal


def leave_out(file: UploadedFile) -> None:
    """Remove a file from its upload, so that the others can be imported without it. Raises UploadRefused."""
    with transaction.atomic():
        _hold(file.upload)
        UploadedFile.objects.filter(pk=file.pk).delete()
        transaction.on_commit(lambda: upload_files.forget_file(file))


def take_whole(upload: Upload, posted: Iterable[Posted]) -> None:
    """Store files that came with a form, all of them or none. Raises UploadRefused for the first bad one."""
    files = list(posted)
    answers = expect_files(upload, [Announced(file.name or "", file.size or 0) for file in files])
    for answer, content in zip(answers, files, strict=True):
        if answer.file is None or answer.refusal:
            raise UploadRefused(answer.refusal)
        for offset in range(0, answer.file.size, MOST_CHUNK):
            size = min(MOST_CHUNK, answer.file.size - offset)
            receive_chunk(answer.file, content, offset=offset, size=size)
            answer.file.received = offset + size


def finish_upload(upload: Upload, *, actor: User) -> Job:
    """Hand the files to an import and return its job; if called again, the same job.

    Raises UploadRefused if files are missing, AlreadyActive if another import is running in the collection.
    """
    with transaction.atomic():
        held = Upload.objects.select_for_update().get(pk=upload.pk)
        if held.state != Upload.State.RECEIVING and held.job is not None:
            return held.job
        if held.collection.closed is not None:
            raise UploadRefused(
                say(
                    "%(collection)s was closed in the meantime. Reopen it under History, then continue.",
                    collection=held.collection.title,
                ),
                status=409,
            )
        missing = list(held.files.exclude(received=F("size")).values_list("name", flat=True)[:3])
        if missing:
            why = say("Some files are still missing: %(files)s. Send the rest first.", files=", ".join(missing))
            raise UploadRefused(why, status=409)
        if not held.files.exists():
            raise UploadRefused(say("No files were uploaded. Choose at least one scan."))
        _settle_all(held)
        params: dict[str, Any] = {"folder": str(upload_files.scans_of(held)), "upload": str(held.key)}
        if not held.made_collection:
            params["ask"] = True
        if held.process:
            params["then"] = Job.Kind.PROCESS
        job = launch_job(held.collection, kind=Job.Kind.IMPORT, actor=actor, params=params)
        held.state, held.job = Upload.State.HANDED, job
        held.save(update_fields=["state", "job"])
    return job


def _settle_all(upload: Upload) -> None:
    """Check that everything is on disk as the rows say. Raises UploadRefused for the first file that isn't."""
    for file in upload.files.iterator():
        file.upload = upload
        try:
            upload_files.settle(file)
        except Lost as lost:
            raise UploadRefused(
                say(
                    "%(file)s is incomplete on the server’s disk (%(there)s of %(size)s bytes). Cancel this upload and "
                    "start again.",
                    file=file.name,
                    there=lost.kept,
                    size=file.size,
                ),
                status=409,
            ) from lost


def abandon_upload(upload: Upload) -> bool:
    """Remove an upload with its files, and the collection that was created with it if that is still empty.

    Returns False if it was already handed over: its files then belong to the import.
    """
    with transaction.atomic():
        gone, _ = Upload.objects.filter(pk=upload.pk, state=Upload.State.RECEIVING).delete()
        if not gone:
            return False
        if upload.made_collection:
            _remove_empty(upload.collection)
        transaction.on_commit(lambda: upload_files.forget(upload.key))
    return True


def pass_on(key: str, job: Job) -> None:
    """Give the files of an upload to another job, at whose end they are removed."""
    Upload.objects.filter(key=key).exclude(state=Upload.State.TAKEN).update(job=job, touched=Now())


def taken_in(key: str) -> None:
    """Mark an upload as imported, and remove its files after the transaction."""
    if Upload.objects.filter(key=key).update(state=Upload.State.TAKEN):
        UploadedFile.objects.filter(upload__key=key).delete()
        transaction.on_commit(lambda: upload_files.forget(key))


def remove_stale() -> int:
    """Remove abandoned uploads, and folders without an upload; return how many.

    Safe from any number of processes: each is removed once.
    """
    removed = 0
    for upload in Upload.objects.stale().select_related("collection", "job"):
        if upload.state == Upload.State.RECEIVING:
            removed += abandon_upload(upload)
        else:
            taken_in(str(upload.key))
            removed += 1
    folders = upload_files.old_folders()
    if folders:
        known = {str(key) for key in Upload.objects.exclude(state=Upload.State.TAKEN).values_list("key", flat=True)}
        for name in set(folders) - known:
            upload_files.forget(name)
            removed += 1
    return removed


def _row(upload: Upload, item: Announced, there: UploadedFile | None) -> UploadedFile:
    if there is None:
        return UploadedFile.objects.create(
            upload=upload,
            name=item.name,
            size=item.size,
            modified=item.modified,
            fingerprint=item.fingerprint,
            sha256=item.sha256,
        )
    there.upload = upload
    if not there.received:
        there.size, there.modified, there.fingerprint = item.size, item.modified, item.fingerprint
        there.sha256 = item.sha256
        there.save(update_fields=["size", "modified", "fingerprint", "sha256"])
    return there


def _another(there: UploadedFile, item: Announced) -> str:
    """Say that this isn't the file of which something is here already; empty if it may be.

    A copy may have another time. Then its fingerprint has to be the same, and `received_checksum` tells for certain.
    """
    is_timed = there.modified == item.modified or bool(item.fingerprint)
    if is_timed and (there.size, there.fingerprint) == (item.size, item.fingerprint):
        return ""
    return say(
        "%(file)s is not the file that was being uploaded under this name. What is here is kept. Choose that file "
        "again, or import the others and add this one afterward.",
        file=item.name,
    )


def received_checksum(file: UploadedFile, item: Announced) -> str:
    """Return the CRC-32 of what was received, in hexadecimal, if the sender should compare it with the file it has.

    That is before the rest is added to a part, and where a copy of a complete file has another time. Empty otherwise.
    """
    is_certain = file.is_whole and file.modified == item.modified
    return "" if is_certain or not file.received else upload_files.checksum_of(file)


def _complete(file: UploadedFile) -> UploadRefused | None:
    """Check a complete file and give it its name, or reset it to its beginning and say why."""
    part = upload_files.part_path(file)
    if file.sha256 and part.exists() and fingerprint(part) != file.sha256:
        upload_files.forget_file(file)
        file.received = 0
        why = say("%(file)s arrived with a different SHA-256 than announced. Send it again.", file=file.name)
        return UploadRefused(why, received=0)
    try:
        upload_files.settle(file)
    except (NotADirectoryError, IsADirectoryError, FileExistsError):
        upload_files.forget_file(file)
        file.received = 0
        why = say("%(file)s has the same name as a folder of this upload. Rename it.", file=file.name)
        return UploadRefused(why, received=0)
    store.put(upload_files.place_of(file))
    return None


def _hold(upload: Upload) -> None:
    """Lock the upload's row. Raises UploadRefused unless it is receiving."""
    held = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if held is None:
        raise UploadRefused(say("This upload was canceled. Start a new one."), status=410)
    if held.state != Upload.State.RECEIVING:
        why = say("This upload is already being imported. Start a new one for more files.")
        raise UploadRefused(why, status=409)


def _touch(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).update(touched=Now())


def _remove_empty(collection: Collection) -> None:
    if not (collection.pages.exists() or collection.jobs.exists() or collection.uploads.exists()):
        collection.delete()
