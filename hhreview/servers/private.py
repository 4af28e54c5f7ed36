"""The data folder is its owner's alone: it holds scans, passwords and databases, and other accounts use the machine."""

from __future__ import annotations

import errno
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hhreview.servers.starting import NO_ROOM, OURS, ServerFailed, ServerPaths, disk_full

POSTGRES_ACCOUNT = "pgserver"
"""PostgreSQL refuses to run as root: where root starts it, it runs as this account."""
_OTHERS = 0o077
_given: list[int] = []
"""The umasks that were in force before they were narrowed; the first is the one this process was started with."""


@contextmanager
def private_files() -> Iterator[None]:
    """Make files that this process and its children create in the block accessible only to their owner."""
    _given.append(os.umask(_OTHERS))
    try:
        yield
    finally:
        os.umask(_given.pop())


@contextmanager
def files_as_asked() -> Iterator[None]:
    """Create files with the umask of the caller's shell, for files that people want outside of the data folder."""
    if not _given:
        yield
        return
    before = os.umask(_given[0])
    try:
        yield
    finally:
        os.umask(before)


def account_name(uid: int) -> str:
    """Return the account's name, its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def make_private_folders(paths: ServerPaths) -> None:
    """Make the folders that are missing, and shut others out of those that are there. Raises ServerFailed."""
    try:
        if paths.data.exists():
            _require_own(paths)
            _tighten(paths)
        paths.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (paths.run, paths.logs, paths.redis, paths.sockets):
            folder.mkdir(exist_ok=True, mode=0o700)
        paths.users_lock.touch(mode=0o600)  # the folders may be there, and their disk be read-only
        if paths.run.stat().st_mode & _OTHERS:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
    except OSError as error:
        if error.errno in NO_ROOM:
            raise ServerFailed(disk_full(paths.data)) from error
        if error.errno == errno.EPERM:
            raise ServerFailed(
                f"The disk of the data folder {paths.data} keeps no permissions (as with NTFS, exFAT, and FAT), which "
                "PostgreSQL needs. Set HHREVIEW_DATA_DIR to a folder on another disk."
            ) from error
        raise ServerFailed(
            f"The data folder {paths.data} can’t be written ({error.strerror}). "
            "Set HHREVIEW_DATA_DIR to a folder that you may write to."
        ) from error
    _require_safe(paths.sockets)


def _require_own(paths: ServerPaths) -> None:
    """Refuse what another account keeps here, a copy made by root for instance. Raises ServerFailed."""
    me = os.geteuid()
    # Without the right to look inside, the folder itself is what belongs to somebody else.
    foreign = [paths.data / name for name in OURS] if os.access(paths.data, os.R_OK | os.X_OK) else [paths.data]
    for path in foreign:
        try:
            owner = path.lstat().st_uid
        except FileNotFoundError:
            continue
        if me == 0 and account_name(owner) == POSTGRES_ACCOUNT:
            # An earlier version gave it the run folder as well; a cluster that another start is making stays its own.
            if path not in {paths.postgres, paths.data / "postgres.new"}:
                os.chown(path, 0, 0, follow_symlinks=False)
        elif owner != me:
            theirs, mine = account_name(owner), account_name(me)
            theirs = "root" if theirs == POSTGRES_ACCOUNT else theirs
            raise ServerFailed(
                f"{path} belongs to {theirs}, and hhreview runs as {mine}. Give the whole data folder to {mine} with "
                f"`sudo chown -R {mine} {shlex.quote(str(paths.data))}`, or start hhreview as {theirs}."
            )


def _tighten(paths: ServerPaths) -> None:
    """Take from other accounts whatever an earlier version, or a copy, lets them read."""
    if {path.name for path in paths.data.iterdir()} <= set(OURS):  # else it is a folder of more than hhreview's
        _shut(paths.data)
    # The run folder comes last: as long as it is open, a tightening that was cut short is done again.
    if paths.run.exists() and not paths.run.stat().st_mode & _OTHERS:
        return
    for name in sorted(OURS, key=lambda name: name == paths.run.name):
        top = paths.data / name
        if top.is_symlink():
            continue  # to a disk that may be shared on purpose
        for folder, names, files in os.walk(top):
            for path in (Path(folder, name) for name in (*names, *files)):
                _shut(path)
        _shut(top)


def _shut(path: Path) -> None:
    with suppress(FileNotFoundError):  # a part of this set that is not made yet, or that a running one just removed
        status = path.lstat()
        may = os.geteuid() in {0, status.st_uid}
        if status.st_mode & _OTHERS and may and not stat.S_ISLNK(status.st_mode):
            path.chmod(stat.S_IMODE(status.st_mode) & ~_OTHERS)


def _require_safe(folder: Path) -> None:
    """Check the sockets' folder, which lies in the temporary folder where the data folder's path is long, and anybody
    may make it there first. Raises ServerFailed.
    """
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise ServerFailed(
            f"{folder} belongs to {account_name(status.st_uid)}, so the servers' sockets are not safe there. "
            "Remove it, or set HHREVIEW_DATA_DIR to a folder with a shorter path."
        )
    _shut(folder)
