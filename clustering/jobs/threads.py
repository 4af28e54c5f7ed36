"""Number of threads for decoding, measuring, and reading, which release Python's lock."""

from __future__ import annotations

from django.conf import settings

from clustering.engine.memory import memory
from clustering.engine.processors import processors

MOST_THREADS = 8
"""More threads decode faster than a disk or a network store delivers."""
MEMORY_A_THREAD = 512 << 20
"""Bytes. A page of 9 million pixels in color takes some 140 MB while it is imported, one of 60 million 700 MB; larger
ones are opened one at a time."""


def thread_count() -> int:
    """Return HHREVIEW_THREADS, or else as many threads as this process has processors and memory for, up to a limit."""
    if settings.THREADS:
        return int(settings.THREADS)
    return max(1, min(MOST_THREADS, processors(), memory() // MEMORY_A_THREAD))
