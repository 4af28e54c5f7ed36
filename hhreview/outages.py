"""Recognize errors because of an outage: PostgreSQL, Redis, the store of scans, or a full disk."""

from __future__ import annotations

import errno

import kombu.exceptions
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _lazy
from redis.exceptions import RedisError

from clustering.store import StoreAway

RETRY_SECONDS = 5
_DISK_FULL = "53100"
"""PostgreSQL's code for a disk without room."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

DATABASE = _lazy("hhreview can’t reach its database right now.")
STORE = _lazy("hhreview can’t reach the store of the scans right now. Tell the operator.")
DISK = _lazy("The server’s disk is full. Tell the operator.")
WORKERS = _lazy(
    "hhreview can’t reach its workers right now. If you just started a job, it is saved and starts when they are back."
)


def reason(error: BaseException | None) -> str:
    """Return a sentence about the outage behind an error or its causes; "" if there is none."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OperationalError | InterfaceError):
            return str(DISK if getattr(error.__cause__, "sqlstate", None) == _DISK_FULL else DATABASE)
        if isinstance(error, StoreAway):
            return str(STORE)
        if is_workers(error):
            return str(WORKERS)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return str(DISK)
        error = error.__cause__ or error.__context__
    return ""


def is_workers(error: BaseException | None) -> bool:
    """Whether the message to workers couldn't be sent; its subject has been committed by then."""
    return isinstance(error, kombu.exceptions.OperationalError | RedisError)
