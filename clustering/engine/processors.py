"""The processors of a shared machine: fewer than there are."""

from __future__ import annotations


def processors() -> int:
    """Return how many processors this process may use: by its affinity, and by the quota of its container."""
    from joblib import cpu_count

    return int(cpu_count())
