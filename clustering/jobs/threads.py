"""Number of threads for decoding, measuring, and reading, which release Python's lock."""

from __future__ import annotations

from django.conf import settings

from clustering.engine.processors import processors

MOST_THREADS = 8
"""More threads decode faster than a disk or a network store delivers."""


def thread_count() -> int:
    """Return the number of processors this process may use, up to a limit, or HHREVIEW_THREADS."""
    if settings.THREADS:
        return int(settings.THREADS)
    return min(MOST_THREADS, processors())
