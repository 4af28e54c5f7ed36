"""Scans in a bucket shared by all machines, if HHREVIEW_STORE_BUCKET names one.

MEDIA_ROOT is then this machine's cache: files are stored in the bucket before any row refers to them, fetched once when
needed, and the least recently used ones are removed when the cache is full. Without a bucket, MEDIA_ROOT is the store,
and nothing here does anything.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

from clustering.wording import say

EVICTABLE = ("thumbs", "shown")
"""Other folders of the cache that may be emptied, besides those of the originals, which have two letters."""
IN_USE_SECONDS = 900
"""Files requested this recently stay in the cache: someone may be about to open them."""
_EMPTIED_TO = 0.8
_LOOK_AGAIN = 0.05
"""Share of the cache's limit that is fetched between two checks of its size."""
_REFUSED = frozenset({
    "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "403", "401",
    "Forbidden", "AuthFailure",
})  # fmt: skip
_PIECE = 1 << 20


class StoreAway(Exception):
    """The store can't be used. The message says why and what to do; `passes` whether that ends by itself."""

    def __init__(self, sentence: str, *, passes: bool) -> None:
        super().__init__(sentence)
        self.passes = passes


def is_elsewhere() -> bool:
    """Whether scans are in a bucket."""
    return bool(settings.STORE_BUCKET)


def fetched(path: Path) -> Path:
    """Return a path below MEDIA_ROOT, fetching its file first if only the store has it.

    If the store doesn't have it either, the file doesn't exist. Raises StoreAway, OSError.
    """
    if not is_elsewhere():
        return path
    try:
        os.utime(path)  # it was just requested
    except FileNotFoundError:
        _fetch(path)
    return path


def put(path: Path) -> None:
    """Store a file below MEDIA_ROOT, replacing what is there. Raises StoreAway, OSError."""
    put_as(path, path)


def put_as(source: Path, path: Path) -> None:
    """Store a file as `path` below MEDIA_ROOT. Raises StoreAway, OSError."""
    if is_elsewhere():
        with source.open("rb") as handle, _answering():
            _storage().save(_name(path), File(handle))


def has(path: Path) -> bool:
    """Whether a file below MEDIA_ROOT exists, here or in the bucket. Raises StoreAway."""
    if not is_elsewhere():
        return path.is_file()
    with _answering():
        return _storage().exists(_name(path))


def opened(path: Path) -> IO[bytes]:
    """Open a file that may be too large for the cache: it is streamed. Raises StoreAway, OSError."""
    if not is_elsewhere() or path.is_file():
        return path.open("rb")
    body = _body(path)
    if body is None:
        raise FileNotFoundError(path)
    return body  # type: ignore[no-any-return]


def forget(folder: Path) -> None:
    """Remove everything below a folder of MEDIA_ROOT from the store. Raises StoreAway."""
    if is_elsewhere():
        with _answering():
            _forget(_storage(), _name(folder))


def _forget(storage: Storage, name: str) -> None:
    folders, files = storage.listdir(name)
    for file in files:
        storage.delete(f"{name}/{file}")
    for folder in folders:
        _forget(storage, f"{name}/{folder}")


def folders(folder: Path) -> list[str]:
    """Return the names of the store's folders below one of MEDIA_ROOT. Raises StoreAway."""
    if not is_elsewhere():
        return []
    with _answering():
        return [name for name in _storage().listdir(_name(folder))[0] if name]


def _storage() -> Storage:
    return storages["scans"]


def _name(path: Path) -> str:
    return path.relative_to(settings.MEDIA_ROOT).as_posix()


def _fetch(path: Path) -> None:
    body = _body(path)
    if body is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".fetched-{uuid.uuid4().hex}")
    try:
        with _answering(), partial.open("xb") as target:
            shutil.copyfileobj(body, target, _PIECE)
            size = target.tell()
        partial.replace(path)
    finally:
        body.close()
        partial.unlink(missing_ok=True)
    _CACHE.grew(size)


def _body(path: Path) -> Any:
    """Return the stored object, to be read and closed; None if it doesn't exist."""
    from botocore.exceptions import ClientError

    key = "/".join(part for part in (settings.STORE_PREFIX, _name(path)) if part)
    with _answering():
        try:
            return _storage().bucket.Object(key).get()["Body"]  # type: ignore[attr-defined] # of S3Storage
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise


@contextmanager
def _answering() -> Iterator[None]:
    """Return a sentence about what is wrong with the store."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise _refused() from error
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _REFUSED or status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise _refused() from error
        if code == "NoSuchBucket" or status == HTTPStatus.NOT_FOUND:
            raise StoreAway(
                say(
                    "%(place)s has no bucket called %(bucket)s. Create it, or correct HHREVIEW_STORE_BUCKET.",
                    place=_place(),
                    bucket=settings.STORE_BUCKET,
                ),
                passes=False,
            ) from error
        raise _away(code) from error
    except (BotoCoreError, Boto3Error, HTTPError) as error:
        raise _away(type(error).__name__) from error


def _place() -> str:
    return (
        say("The store at %(address)s", address=settings.STORE_ENDPOINT)
        if settings.STORE_ENDPOINT
        else say("The store")
    )


def _refused() -> StoreAway:
    return StoreAway(
        say(
            "%(place)s refused the key. Check HHREVIEW_STORE_KEY and HHREVIEW_STORE_SECRET, and that "
            "this key may read, write, and list the bucket %(bucket)s.",
            place=_place(),
            bucket=settings.STORE_BUCKET,
        ),
        passes=False,
    )


def _away(what: str) -> StoreAway:
    return StoreAway(say("%(place)s does not answer (%(what)s). Check it.", place=_place(), what=what), passes=True)


class _Cache:
    """Bytes fetched since the size of the cache was last checked."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since = 0.0

    def grew(self, size: int) -> None:
        """Count fetched bytes, and make room if the cache may be too large."""
        bound = settings.STORE_CACHE_GB * 10**9
        with self._lock:
            self._since += size
            if self._since < bound * _LOOK_AGAIN:
                return
            self._since = 0.0
        evict(bound)


_CACHE = _Cache()


def evict(bound: int, *, in_use: float = IN_USE_SECONDS) -> int:
    """Remove the least recently used files until the cache is well below its limit; return how many bytes were freed.

    Only one process of a machine does this at a time; others return.
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".evicting").open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        files = sorted(_cached(root))
        full = sum(size for _, size, _ in files)
        if full <= bound:
            return 0
        gone, newest = 0, time.time() - in_use
        for asked, size, path in files:
            if full - gone <= bound * _EMPTIED_TO or asked > newest:
                break
            if path.relative_to(root).parts[0] != "shown" and not has(path):
                continue  # from before there was a bucket: `manage.py fill_store` moves it there
            with suppress(FileNotFoundError):
                path.unlink()
            gone += size
    return gone


def kept_files(root: Path) -> Iterator[Path]:
    """Yield the originals and the files made from them below a media folder."""
    for top in sorted(root.iterdir()) if root.is_dir() else []:
        if top.is_dir() and (top.name in EVICTABLE or _is_of_originals(top.name)):
            yield from (path for path in top.rglob("*") if not path.name.startswith(".") and path.is_file())


def _is_of_originals(name: str) -> bool:
    return len(name) == 2 and set(name) <= set("0123456789abcdef")


def _cached(root: Path) -> Iterator[tuple[float, int, Path]]:
    for path in kept_files(root):
        with suppress(FileNotFoundError):
            status = path.stat()
            yield status.st_mtime, status.st_size, path
