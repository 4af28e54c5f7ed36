"""Memory of a worker that looks at images."""

from __future__ import annotations

import platform
import subprocess
import sys


def test_memory_that_a_network_frees_is_kept_for_its_next_layer() -> None:
    """What is given back comes page by page, each filled with zeros first: half the time of a small network."""
    script = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from clustering.engine.encoders.devices import keep_memory
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
