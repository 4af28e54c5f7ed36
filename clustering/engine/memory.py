"""The memory of a shared machine: what its container or service leaves of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc/self")
_LIMITS = {"cgroup2": ("memory.max", "memory.high"), "cgroup": ("memory.limit_in_bytes",)}
"""Files with a limit in bytes, by the file system of control groups; version 1 has one for each controller."""


def memory(proc: Path = PROC) -> int:
    """Return the bytes of memory that this process and its children may use together.

    That is the machine's memory or, if less, the lowest limit of the control groups that this process is in: those of
    its container, of a systemd service, and of all groups above them. `proc` is where the kernel describes the process.
    """
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([machine, *_limits(proc)])


def _limits(proc: Path) -> Iterator[int]:
    """Yield every limit on the memory of this process; none where there are no control groups."""
    for folder, names in _groups(proc):
        for name in names:
            with suppress(OSError, ValueError):  # "max" is no number: there is no limit
                yield int((folder / name).read_text(encoding="ascii"))


def _groups(proc: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield the folder of each control group that this process is in, up to the topmost that can be seen from here."""
    try:
        mounts = (proc / "mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        paths = dict(_paths(proc))
    except OSError:
        return
    for line in mounts:
        fields, _, system = line.partition(" - ")
        kind, _, options = system.split(" ", 2)
        if kind == "cgroup2" or (kind == "cgroup" and "memory" in options.split(",")):
            root, place = (_unescaped(field) for field in fields.split(" ")[3:5])
            below = _below(root, paths.get(kind, "/"))
            for group in (below, *below.parents):
                yield Path(place) / group, _LIMITS[kind]


def _paths(proc: Path) -> Iterator[tuple[str, str]]:
    """Yield (file system, path) of the groups that may limit memory."""
    for line in (proc / "cgroup").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0" or "memory" in controllers.split(","):
            yield ("cgroup2" if number == "0" else "cgroup"), path


def _below(root: str, path: str) -> Path:
    """Return a group's path below the root that is mounted. In a container that root may be the group itself."""
    if ".." in Path(path).parts:  # outside of the groups that can be seen from here
        return Path()
    with suppress(ValueError):
        return Path(path).relative_to(root)
    return Path(path).relative_to("/")


def _unescaped(field: str) -> str:
    """Return a field of `mountinfo`, in which spaces are octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)
