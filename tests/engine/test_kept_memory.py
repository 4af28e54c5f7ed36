"""Memory of a worker that looks at images."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

from clustering.engine.kept_memory import KEEPING
from hhreview.processes import VISION, worker


def test_memory_that_a_network_frees_is_kept_for_its_next_layer() -> None:
    """What is given back comes page by page, each filled with zeros first: half the time of a small network."""
    script = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from clustering.engine.kept_memory import keep_memory
if sys.argv[1] == "kept":
    keep_memory()
def work():
    for _ in range(2):
        bytearray(64 << 20)
with ThreadPoolExecutor(1) as pool:
    pool.submit(work).result()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        b"x" * (64 << 20)
    pool.submit(work).result()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    faults = {
        how: int(subprocess.run([sys.executable, "-c", script, how], check=True, capture_output=True, text=True).stdout)
        for how in ("given back", "kept")
    }
    if platform.libc_ver()[0] == "glibc":
        assert faults["given back"] > 10 * faults["kept"], faults


def test_a_process_that_has_threads_keeps_memory_only_from_its_start() -> None:
    """Those threads' arenas give back what they like; a worker has such threads before it loads its network."""
    script = """
import resource
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from clustering.engine.kept_memory import keep_memory
barrier = Barrier(4)
with ThreadPoolExecutor(4) as others:
    list(others.map(lambda _: (barrier.wait(), bytearray(1 << 20)), range(4)))
    keep_memory()
    with ThreadPoolExecutor(4) as pool:
        work = lambda _: (barrier.wait(), len([b"x" * (33 << 20) for _ in range(2)]), barrier.wait())
        list(pool.map(work, range(4)))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        list(pool.map(work, range(16)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    faults = [
        int(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, env=env).stdout)
        for env in (dict(os.environ), os.environ | KEEPING)
    ]
    if platform.libc_ver()[0] == "glibc":
        assert faults[0] > 10 * faults[1], faults
    assert worker(VISION, log=None, data=Path()).environment == KEEPING
