"""Where the arithmetic is done."""

from __future__ import annotations

import ctypes
import os
from functools import cache

from clustering.engine.encoders.contract import EncoderUnavailable
from clustering.sentences import say

MOST_DECODERS = 8
"""More threads decode faster than a disk or a network store delivers."""
_threads = 0


def use_threads(count: int) -> None:
    """Compute and decode with so many threads in this process: it shares the machine with others. 0: with all."""
    import torch

    global _threads
    _threads = count
    if count:
        torch.set_num_threads(count)


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""As in glibc's malloc.h."""
_LARGE, _KEPT = 1 << 29, 1 << 30
"""Bytes of one block from which it is a huge scan, and given back; and of free memory that the process may keep."""


@cache
def keep_memory() -> None:
    """Have this process keep what a network frees, from now on, for its next layer.

    glibc gives large blocks back at once, and the next ones come page by page, each filled with zeros first: more than
    half the time that a small network takes. The process keeps up to 1 GB of it. One arena, because blocks of
    other threads' arenas are given back all the same. Does nothing where the C library is another.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in ((_M_MMAP_THRESHOLD, _LARGE), (_M_TRIM_THRESHOLD, _KEPT), (_M_ARENA_MAX, 1)):
            mallopt(option, value)


def decoding_threads() -> int:
    """Return how many threads decode scans for a device that computes."""
    return min(MOST_DECODERS, _threads or os.cpu_count() or 1)


def choose_device(wanted: str | None = None) -> str:
    """Return the device asked for, or the best there is: cuda, then mps, then cpu.

    Raises EncoderUnavailable where the one asked for is not there.
    """
    import torch

    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted:
        family = wanted.split(":")[0]
        if not has.get(family, False):
            raise EncoderUnavailable(
                say(
                    "This machine has no device %(wanted)s that PyTorch can use: choose cpu, or leave the device "
                    "out to have the best one chosen.",
                    wanted=repr(wanted),
                )
            )
        return wanted
    return next(name for name, there in has.items() if there)
