"""Starting and stopping a program, and the one error that says which did not start."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

START_SECONDS = 60
"""How long a server may take to answer: recovery after a crash reads the log first."""
OURS = (
    "postgres",
    "postgres.new",
    "redis",
    "media",
    "cache",
    "sample",
    "staticfiles",
    "logs",
    "run",
    "secret_key",
    "demo_login.json",
)
"""What hhreview keeps in a data folder."""
_STOP_SECONDS = 30
_SOCKET_PATH_BYTES = 90
"""UNIX socket paths end at 107 bytes on Linux and 103 on macOS; the servers append up to 13."""
_PLAIN = re.compile(r"[\w./-]+")
"""What means only itself in an address, and in what libpq is told: no space, quote, comma, or percent sign."""
_FOR_ALL = Path("/tmp")


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says of a disk, or of an account's share of it, that has no room left."""
_HARDLY_ANY_ROOM = 1 << 20
"""Bytes. With less, a server may be unable to write even why it does not start."""


class ServerFailed(RuntimeError):
    """A server did not start; the message says which, why, and where its log is."""


_SERVED = re.compile(r"http://(?P<host>\S+):(?P<port>\d+)/")
_EVERYWHERE = ("0.0.0.0", "::", "[::]")


@dataclass(frozen=True, slots=True)
class ServerPaths:
    """Where the embedded servers keep their things, all below one data folder."""

    data: Path

    @property
    def run(self) -> Path:
        """Locks and sockets."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.data / "logs"

    @property
    def users_lock(self) -> Path:
        """Shared by all who use the servers."""
        return self.run / "users.lock"

    @property
    def set_lock(self) -> Path:
        """Held by the one set of processes that works on this folder; says where it answers."""
        return self.run / "up.lock"

    @property
    def served_at(self) -> str:
        """Where that set answers or answered last, for this machine: http://127.0.0.1:8080; empty if none ever did."""
        try:
            address = _SERVED.match(self.set_lock.read_text(encoding="utf-8"))
        except OSError:
            return ""
        if address is None:
            return ""
        host = "127.0.0.1" if address["host"] in _EVERYWHERE else address["host"]
        return f"http://{host}:{address['port']}"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's cluster."""
        return self.data / "postgres"

    @property
    def redis(self) -> Path:
        """Redis's append-only file."""
        return self.data / "redis"

    @property
    def sockets(self) -> Path:
        """The folder of both sockets: below the data folder, or where that path is too long or not plain, in `/tmp`.

        Whatever TMPDIR says: whoever starts the servers and whoever uses them may not have the same.
        """
        near = self.run
        if len(os.fsencode(near)) <= _SOCKET_PATH_BYTES and _PLAIN.fullmatch(str(near)):
            return near
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        short = _FOR_ALL if os.access(_FOR_ALL, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
        return short / f"hhreview-{digest}"

    @property
    def database_url(self) -> str:
        """For DATABASE_URL."""
        return f"postgresql://postgres@/hhreview?host={self.sockets}"

    @property
    def redis_url(self) -> str:
        """For REDIS_URL."""
        return f"unix://{self.sockets / 'redis.sock'}?db=0"


def run_or_fail(
    name: str, log: Path, command: list[str | Path], *, account: str | None = None, folder: Path | None = None
) -> None:
    """Run a command that ends by itself, its output in the log; with an account, as that one and its own group alone.

    Raises ServerFailed.
    """
    # Output goes to the log: a pipe would stay open in the server that pg_ctl leaves behind.
    with log.open("ab") as output:
        before = output.tell()
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
            user=account,
            group=account,
            extra_groups=None if account is None else [],
            cwd=folder or "/",
            start_new_session=True,  # so that Ctrl-C in the terminal does not reach the server before its users
        )
    if done.returncode:
        reason = f"{Path(command[0]).name} ended with code {done.returncode}"
        raise ServerFailed(failed(name, log, reason, before=before))


def wait_until(answers: Callable[[], bool]) -> bool:
    """Ask until it answers; False after START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers():
            return True
        time.sleep(0.05)
    return False


def failed(name: str, log: Path, reason: str, *, before: int = 0) -> str:
    """Return the sentence of a failed start, with the last lines of the log; `before` is how long that was until then.

    A full disk explains the failure of any program, so then that sentence says what to do about it.
    """
    try:
        written = log.read_bytes()[before:].decode("utf-8", "replace")
    except OSError:
        written = ""
    data = log.parent.parent
    if has_no_room(data) or any(os.strerror(code) in written for code in NO_ROOM):
        return disk_full(data)
    quoted = "".join(f"\n    {line}" for line in written.strip().splitlines()[-5:])
    return f"{name} did not start: {reason}. Its log is {log}.{quoted}"


def has_no_room(folder: Path) -> bool:
    """Whether hardly anything can be written there."""
    try:
        return shutil.disk_usage(folder).free < _HARDLY_ANY_ROOM
    except OSError:
        return False


def disk_full(data: Path) -> str:
    """Return what to do about a data folder whose disk has no room left."""
    return (
        f"The disk of the data folder {data} is full. Free up space on it, or move the data folder to a larger disk "
        "and name it in HHREVIEW_DATA_DIR. Then try again."
    )


def sees_processes() -> bool:
    """Whether the system shows this process which others run: on Linux, not without `/proc`, as in some sandboxes."""
    try:
        return os.getpid() in psutil.pids()
    except (OSError, IndexError, psutil.Error):
        return False


def process_in(file: Path, program: str, folder: Path) -> psutil.Process | None:
    """Return the running process that a pid file names: of this program, at work in this folder. Else None.

    After a crash the number in the file may be another process's by now.
    """
    try:
        process = psutil.Process(int(file.read_text(encoding="ascii").split(maxsplit=1)[0]))
        alive = process.status() != psutil.STATUS_ZOMBIE and process.name().startswith(program)
        return process if alive and Path(process.cwd()).samefile(folder) else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def end(process: psutil.Process, number: int) -> None:
    """Send a signal and wait until the process is gone; kill it where it does not go within half a minute."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
        if wait_for_end([process], _STOP_SECONDS):
            process.send_signal(signal.SIGKILL)
            if wait_for_end([process], _STOP_SECONDS):
                raise psutil.TimeoutExpired(_STOP_SECONDS, process.pid)


def wait_for_end(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until all have ended, for so long at most; return those that have not."""
    deadline = time.monotonic() + seconds
    while left := [process for process in processes if not _has_ended(process)]:
        if time.monotonic() >= deadline:
            break
        time.sleep(0.02)
    return left


def _has_ended(process: psutil.Process) -> bool:
    """Whether it has ended with all its threads, even if nobody has collected its exit code.

    Its parent is the machine's first process. That may look for it every few seconds only or, in a container, never.
    """
    with suppress(psutil.TimeoutExpired):
        process.wait(0)  # collects the exit code of a child of ours
    with suppress(psutil.NoSuchProcess):
        is_zombie = process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
        return is_zombie or not process.is_running()
    return True
