"""The set of processes that `manage.py up` keeps: the web server and the workers of one data folder.

Only one set runs per data folder, by a file lock. Each process writes a log of its own; one that dies is started again
a few times, then the whole set stops and says which it was. A set whose keeper was killed is cleared away first.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from hhreview.servers.starting import Places, ServerFailed

_START_SECONDS = 60
_STOP_SECONDS = 15
"""A slice under way is given up after this; it is done again when the job goes on."""
_RESTARTS = 3
_RESTART_WINDOW = 60.0


@dataclass(slots=True)
class Child:
    """One process of the set."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C in the terminal reaches the keeper alone."""
        self.starts.append(time.monotonic())
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=Path(__file__).resolve().parent.parent,
            )

    def died(self) -> bool:
        """Whether it ended although nobody asked it to."""
        return self.process is not None and self.process.poll() is not None

    def may_start_again(self) -> bool:
        """Whether it died less often than a crash loop does."""
        recent = [moment for moment in self.starts if time.monotonic() - moment < _RESTART_WINDOW]
        return len(recent) <= _RESTARTS

    def failure(self) -> str:
        """Which one, the end of its log, and where the log is."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-8:]
        return f"{self.name} ended. Its log is {self.log}." + "".join(f"\n    {line}" for line in lines)


def address(host: str, port: int) -> str:
    """The desk's address for people."""
    return f"http://{host}:{port}/"


@contextmanager
def only_set(places: Places, url: str) -> Iterator[None]:
    """Hold the data folder's one place for a set of processes. Raises ServerFailed where another set has it."""
    file = places.run / "up.lock"
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            there = os.read(handle, 500).decode() or "another terminal"
            raise ServerFailed(
                f"hhreview already runs for {places.data}: {there}. Open that address, stop it with Ctrl-C in its "
                "terminal, or set HHREVIEW_DATA_DIR to another folder."
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{url} (process {os.getpid()})".encode(), 0)
        yield
    finally:
        os.close(handle)


def require_free_port(host: str, port: int) -> None:
    """Raises ServerFailed where somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServerFailed(
                f"The web server cannot listen at {host}:{port} ({error.strerror}). Choose another with --port."
            ) from error


def children(places: Places, host: str, port: int) -> list[Child]:
    """The web server and one worker a queue."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "hhreview", "worker", "--loglevel", "INFO", "--without-gossip"]
    # Threads, not forks: the main thread answers pings while a slice runs, and CUDA and psycopg do not survive a fork.
    celery += ["--without-mingle", "--pool", "threads", "--concurrency", "1"]
    web = [python, "-m", "hhreview.web", "--host", host, "--port", str(port)]
    return [
        Child("The web server", web, places.logs / "web.log"),
        Child(
            "The vision worker",
            [*celery, "--queues", "vision", "--hostname", "vision@%h"],
            places.logs / "worker-vision.log",
        ),
        Child(
            "The default worker",
            [*celery, "--queues", "default", "--hostname", "default@%h"],
            places.logs / "worker-default.log",
        ),
    ]


@contextmanager
def running(places: Places, family: list[Child]) -> Iterator[None]:
    """Start the set, and stop all of it on the way out, whatever happened."""
    try:
        for child in family:
            child.start()
            _remember(places, family)
        yield
    finally:
        _stop(family)
        _orphan_file(places).unlink(missing_ok=True)


def wait_for_web(url: str, family: list[Child]) -> None:
    """Return when the web server answers that all is well. Raises ServerFailed with the log of what died."""
    deadline = time.monotonic() + _START_SECONDS
    reason = "it does not answer"
    while time.monotonic() < deadline:
        for child in family:
            if child.died():
                raise ServerFailed(child.failure())
        try:
            with urllib.request.urlopen(f"{url}healthz/", timeout=5):
                return
        except urllib.error.HTTPError as error:
            reason = error.read().decode("utf-8", "replace")
        except OSError as error:
            reason = str(error)
        time.sleep(0.1)
    raise ServerFailed(f"{family[0].name} did not start: {reason}. Its log is {family[0].log}.")


def keep(family: list[Child], tell: object = None) -> None:
    """Watch the set for ever; start again what dies. Raises ServerFailed on a crash loop."""
    while True:
        for child in family:
            if child.died():
                if not child.may_start_again():
                    raise ServerFailed(child.failure())
                if callable(tell):
                    tell(f"{child.name} ended and is started again; its log is {child.log}.")
                child.start()
        time.sleep(0.5)


def _stop(family: list[Child]) -> None:
    for child in family:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for child in family:
        if child.process is None:
            continue
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)  # its own session: children it left behind go too
        child.process.wait()


def _orphan_file(places: Places) -> Path:
    return places.run / "processes.json"


def _remember(places: Places, family: list[Child]) -> None:
    rows = [
        (child.process.pid, psutil.Process(child.process.pid).create_time())
        for child in family
        if child.process is not None and psutil.pid_exists(child.process.pid)
    ]
    _orphan_file(places).write_text(json.dumps(rows), encoding="ascii")


def clear_orphans(places: Places) -> None:
    """Stop what a killed keeper left running; a process number used again is told by its start time."""
    try:
        rows = json.loads(_orphan_file(places).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    left = []
    for pid, started in rows:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            orphan = psutil.Process(pid)
            if abs(orphan.create_time() - started) < 1:
                left += [orphan, *orphan.children(recursive=True)]
                os.killpg(pid, signal.SIGKILL)
    psutil.wait_procs(left, timeout=_STOP_SECONDS)  # their port is free only then
