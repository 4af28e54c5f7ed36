"""What an upload may bring: names and sizes, room on the disk, and chunks that follow each other."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Sum
from django.template.defaultfilters import filesizeformat

from clustering.jobs import upload_files
from clustering.models import Upload, UploadedFile
from clustering.sources.uploaded import BadName, checked_name

MOST_CHUNK = 32 << 20
"""Bytes of one chunk: what a slow line brings in a few minutes."""
_HEX = re.compile(r"[0-9a-f]{64}")


class UploadRefused(Exception):
    """It cannot be done. `sentence` says why and what to do; `status` is the answer's; `received` how far a file is."""

    def __init__(self, sentence: str, *, status: int = 422, received: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.received = received


@dataclass(frozen=True, slots=True)
class Announced:
    """A file as the sender announces it."""

    name: str
    size: int
    modified: int = 0
    fingerprint: str = ""
    sha256: str = ""


def refusal_of(item: Announced) -> str:
    """Why a file cannot come in, or nothing."""
    try:
        checked_name(item.name)
    except BadName as error:
        return str(error)
    if item.size < 1:
        return f"{item.name} is empty. Copy it again, then choose it again."
    if item.size > settings.MAX_UPLOAD_BYTES:
        return (
            f"{item.name} has {filesizeformat(item.size)}; {filesizeformat(settings.MAX_UPLOAD_BYTES)} are allowed. "
            "Split it, or have the operator put it on the server and import it from there."
        )
    if item.sha256 and not _HEX.fullmatch(item.sha256):
        return f"The SHA-256 of {item.name} is none: 64 hexadecimal digits are needed."
    return ""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a sender says of a chunk, so that one that was damaged on its way is told."""

    algorithm: str
    """A name that hashlib knows."""
    digest: bytes


def check_count(upload: Upload, more: int) -> None:
    """Raise UploadRefused where so many more files would be too many."""
    if upload.files.count() + more > settings.MAX_UPLOAD_FILES:
        raise UploadRefused(
            f"More than {settings.MAX_UPLOAD_FILES:,} files in one upload are not allowed. Use a ZIP or TAR file.",
            status=413,
        )


def check_room(wanted: int) -> None:
    """Raise UploadRefused; uploads under way have reserved what they still lack."""
    under_way = UploadedFile.objects.filter(upload__state=Upload.State.RECEIVING)
    lacking = under_way.aggregate(lacking=Sum(F("size") - F("received")))["lacking"] or 0
    free = upload_files.free_bytes() - lacking - upload_files.KEPT_FREE
    if wanted and upload_files.COPIES * wanted > free:
        raise UploadRefused(
            f"The server's disk has no room: {filesizeformat(max(free, 0))} can be used, and these files need "
            f"{filesizeformat(upload_files.COPIES * wanted)} while they are taken in. Have the operator make room, "
            "or send fewer at a time.",
            status=507,
        )


def check_chunk(file: UploadedFile, offset: int, size: int) -> None:
    """Raise UploadRefused where a chunk is too large, or does not belong where the sender says."""
    if offset != file.received:
        raise gap_of(file)
    if size > MOST_CHUNK:
        raise UploadRefused(
            f"A chunk may have {filesizeformat(MOST_CHUNK)}. Send smaller ones.", status=413, received=file.received
        )
    if offset + size > file.size:
        raise UploadRefused(
            f"{file.name} was announced with {file.size} bytes; this chunk would go beyond them. Begin "
            "the file again with its true size.",
            status=413,
            received=file.received,
        )


def gap_of(file: UploadedFile) -> UploadRefused:
    """Return what tells a sender how far the file is, so that it goes on from there."""
    return UploadRefused(
        f"{file.name} has {file.received} bytes here. Continue from there.", status=409, received=file.received
    )


def disk_refusal(error: OSError) -> UploadRefused:
    """Return what tells a sender that the disk does not take what it sent."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return UploadRefused("The server’s disk is full. Ask the operator to make room, then continue.", status=507)
    return UploadRefused(
        f"The server cannot write what comes in ({error.strerror}). Have the operator look at the folder uploads in "
        "HHREVIEW_MEDIA_ROOT, then go on.",
        status=507,
    )
