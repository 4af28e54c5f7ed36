"""Number of threads for decoding, measuring, and reading, which release Python's lock."""

from __future__ import annotations

import os

from django.conf import settings

MOST_THREADS = 8
"""More threads decode faster than a disk or a network store delivers."""


def thread_count() -> int:
    """Return the number of processors this process may use, up to a limit, or HHREVIEW_THREADS."""
    if settings.THREADS:
        return int(settings.THREADS)
    try:
        available = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows cannot bind a process to processors
        available = os.cpu_count() or 1
    return max(1, min(MOST_THREADS, available))
