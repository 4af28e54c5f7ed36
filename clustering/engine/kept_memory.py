"""Memory that a process keeps instead of giving it back to the system, where the C library is glibc."""

from __future__ import annotations

import ctypes
from functools import cache

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""As in glibc's malloc.h."""
_LARGE, _KEPT = 1 << 29, 1 << 30
"""Bytes of one block from which it is a huge scan, and given back; and of free memory that the process may keep."""

KEEPING = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(_LARGE),
    "MALLOC_TRIM_THRESHOLD_": str(_KEPT),
}
"""What `use_one_arena` and `keep_memory` do, for the environment of a process that is to be started."""


def use_one_arena() -> None:
    """Have all threads that start from now on take memory from one arena.

    Blocks of other threads' arenas are given back whatever the process keeps, and those that are there stay in use. So
    this helps only before any other thread runs.
    """
    _set(_M_ARENA_MAX, 1)


@cache
def keep_memory() -> None:
    """Have this process keep what a network frees, from now on, for its next layer.

    glibc gives large blocks back at once, and the next ones come page by page, each filled with zeros first: more than
    half the time that a small network takes. The process keeps up to 1 GB of it. See `use_one_arena`.
    """
    _set(_M_MMAP_THRESHOLD, _LARGE)
    _set(_M_TRIM_THRESHOLD, _KEPT)
    use_one_arena()


def _set(option: int, value: int) -> None:
    """Set an option of glibc's malloc; nothing where the C library is another."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(option, value)
