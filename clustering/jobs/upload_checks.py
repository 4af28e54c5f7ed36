"""Limits of an upload: names and sizes, disk space, and the order of chunks."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Sum
from django.template.defaultfilters import filesizeformat

from clustering.jobs import upload_files
from clustering.models import Upload, UploadedFile
from clustering.sentences import failure
from clustering.sources.uploaded import BadName, checked_name
from clustering.wording import say

MOST_CHUNK = 32 << 20
"""Bytes of one chunk: what a slow connection sends in a few minutes."""
_HEX = re.compile(r"[0-9a-f]{64}")


class UploadRefused(Exception):
    """A refusal. The message says why and what to do; `status` is that of the response, `received` the file's
    progress, `file` what stays here unfinished."""

    def __init__(
        self, sentence: str, *, status: int = 422, received: int | None = None, file: UploadedFile | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.received = received
        self.file = file


@dataclass(frozen=True, slots=True)
class Announced:
    """A file as the sender announces it."""

    name: str
    size: int
    modified: int = 0
    fingerprint: str = ""
    sha256: str = ""


def refusal_of(item: Announced) -> str:
    """Return why a file can't be uploaded, or nothing."""
    try:
        checked_name(item.name)
    except BadName as error:
        return str(error)
    if item.size < 1:
        return say("%(file)s is empty. Copy it again, then choose it again.", file=item.name)
    if item.size > settings.MAX_UPLOAD_BYTES:
        return say(
            "%(file)s has %(size)s; the most is %(most)s. Split it, or ask the operator to put it on the server and "
            "import it from there.",
            file=item.name,
            size=filesizeformat(item.size),
            most=filesizeformat(settings.MAX_UPLOAD_BYTES),
        )
    if item.sha256 and not _HEX.fullmatch(item.sha256):
        return say("The SHA-256 of %(file)s must have 64 hexadecimal digits.", file=item.name)
    return ""


@dataclass(frozen=True, slots=True)
class Checksum:
    """The sender's checksum of a chunk, to detect damage on the way."""

    algorithm: str
    """A name that hashlib knows."""
    digest: bytes


def check_count(upload: Upload, more: int) -> None:
    """Raise UploadRefused if this many more files would be too many."""
    if upload.files.count() + more > settings.MAX_UPLOAD_FILES:
        raise UploadRefused(
            say(
                "An upload can have at most %(count)s files. Use a ZIP or TAR file for more.",
                count=f"{settings.MAX_UPLOAD_FILES:,}",
            ),
            status=413,
        )


def check_disk_space(wanted: int) -> None:
    """Raise UploadRefused if there isn't enough room; running uploads have reserved what they still lack."""
    under_way = UploadedFile.objects.filter(upload__state=Upload.State.RECEIVING)
    lacking = under_way.aggregate(lacking=Sum(F("size") - F("received")))["lacking"] or 0
    free = upload_files.free_bytes() - lacking - upload_files.KEPT_FREE
    if wanted and upload_files.COPIES * wanted > free:
        raise UploadRefused(
            say(
                "The server’s disk does not have enough space: %(free)s is available, and importing these files needs "
                "%(needed)s. Ask the operator to free up space, or send fewer files at a time.",
                free=filesizeformat(max(free, 0)),
                needed=filesizeformat(upload_files.COPIES * wanted),
            ),
            status=507,
        )


def check_chunk(file: UploadedFile, offset: int, size: int) -> None:
    """Raise UploadRefused if a chunk is too large, or doesn't belong where the sender says."""
    if offset != file.received:
        raise gap_of(file)
    if size > MOST_CHUNK:
        why = say("A chunk can have at most %(most)s. Send smaller ones.", most=filesizeformat(MOST_CHUNK))
        raise UploadRefused(why, status=413, received=file.received)
    if offset + size > file.size:
        raise UploadRefused(
            say(
                "%(file)s was announced with %(size)s bytes, and this chunk goes beyond them. Start the file again "
                "with its actual size.",
                file=file.name,
                size=file.size,
            ),
            status=413,
            received=file.received,
        )


def gap_of(file: UploadedFile) -> UploadRefused:
    """Return the refusal that tells a sender how far the file is, so that it can continue from there."""
    why = say("%(file)s has %(received)s bytes here. Continue from there.", file=file.name, received=file.received)
    return UploadRefused(why, status=409, received=file.received)


def disk_refusal(error: OSError) -> UploadRefused:
    """Return the refusal for a full or unwritable disk."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        why = say("The server’s disk is full. Ask the operator to free up space, then continue.")
        return UploadRefused(why, status=507)
    return UploadRefused(
        say(
            "The server can’t write uploaded files (%(why)s). Ask the operator to check the folder uploads in "
            "HHREVIEW_MEDIA_ROOT, then continue.",
            why=failure(error),
        ),
        status=507,
    )
