"""In a container, its limit is the memory there is."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from clustering.engine.memory import memory
from clustering.jobs.threads import thread_count

MB = 1 << 20
MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
_GROUPS = Path("/sys/fs/cgroup/memory")


def described(proc: Path, *, groups: str, mounts: dict[str, tuple[str, str]]) -> Path:
    """Write what the kernel says of a process: its groups, and by mount point their root and file system."""
    proc.mkdir()
    (proc / "cgroup").write_text(groups)
    lines = [
        f"{number} 23 0:{number} {root} {place} rw,relatime shared:9 - {system}"
        for number, (place, (root, system)) in enumerate(mounts.items(), start=31)
    ]
    (proc / "mountinfo").write_text("\n".join(["22 1 8:1 / / rw - ext4 /dev/sda1 rw", *lines]) + "\n")
    return proc


def limited(group: Path, name: str, value: int | str) -> Path:
    """Write a limit of a control group."""
    group.mkdir(parents=True, exist_ok=True)
    (group / name).write_text(f"{value}\n")
    return group


def test_the_lowest_limit_of_a_service_and_of_the_slices_above_it_counts(tmp_path: Path) -> None:
    top = tmp_path / "cgroup"
    limited(top / "hh.slice/web.service", "memory.max", "max")
    limited(top / "hh.slice", "memory.max", 700 * MB)
    limited(top / "hh.slice", "memory.high", 600 * MB)
    limited(top / "other.slice", "memory.max", MB)
    mounts = {str(top): ("/", "cgroup2 cgroup2 rw,nsdelegate")}
    proc = described(tmp_path / "proc", groups="0::/hh.slice/web.service\n", mounts=mounts)
    assert memory(proc) == 600 * MB


@pytest.mark.parametrize("path", ["/docker/1f", "/../../docker/1f", "/"])
def test_in_a_container_the_group_that_is_mounted_counts_whatever_the_host_calls_it(tmp_path: Path, path: str) -> None:
    top = limited(tmp_path / "its cgroup", "memory.limit_in_bytes", 300 * MB)
    place = str(top).replace(" ", "\\040")
    for number, root in enumerate(("/docker/1f", "/")):
        mounts = {"/cpu": ("/", "cgroup cgroup rw,cpu"), place: (root, "cgroup cgroup rw,memory")}
        groups = f"5:cpu,cpuacct:/elsewhere\n4:memory:{path}\n0::/\n"
        proc = described(tmp_path / f"proc{number}", groups=groups, mounts=mounts)
        assert memory(proc) == 300 * MB


@pytest.mark.parametrize("limit", ["max", str(2**63 - 4096), "0x", ""])
def test_without_a_limit_there_is_what_the_machine_has(tmp_path: Path, limit: str) -> None:
    top = limited(tmp_path / "cgroup", "memory.max", limit)
    mounts = {str(top): ("/", "cgroup2 none rw")}
    assert memory(described(tmp_path / "proc", groups="0::/\n", mounts=mounts)) == MACHINE
    assert memory(tmp_path / "no proc") == MACHINE


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of this machine with one and a half gigabytes."""
    made = _GROUPS / f"hhreview-test-{uuid.uuid4().hex}"
    try:
        made.mkdir()
        (made / "memory.limit_in_bytes").write_text(str(1536 * MB))
    except OSError as error:
        pytest.skip(f"needs the right to make control groups of version 1 ({error.strerror})")
    yield made
    made.rmdir()


def test_a_process_in_a_group_takes_threads_and_buffers_by_its_limit(group: Path, settings: Settings) -> None:
    script = (
        f"open('{group}/cgroup.procs', 'w').write('0')\n"
        "import django; from django.conf import settings; settings.configure(THREADS=0)\n"
        "import clustering.jobs.threads as threads; threads.processors = lambda: 16\n"
        "from hhreview.servers import postgres\n"
        "print(threads.thread_count(), postgres._buffers_mb(), threads.memory())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["3", "128", str(1536 * MB)], done.stderr
    settings.THREADS = 7
    assert thread_count() == 7
