"""The processes that `manage.py up` runs for one data folder: how each starts, and whether it is well.

Only one set runs per data folder, by a file lock. Each process writes a log of its own and ends with its keeper.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Protocol

import psutil

from clustering.engine.kept_memory import KEEPING
from hhreview import layout, lifeline, local
from hhreview.servers import caretaker, postgres, redis
from hhreview.servers.starting import ServerFailed, ServerPaths, sees_processes, wait_for_end

VISION = "vision"
QUEUES = (VISION, "default", "learning")
_PING_SECONDS = 5
_HEALTH_SECONDS = 20
"""The web server itself waits some seconds for the database before it reports an outage."""
STOP_SECONDS = 15
"""Seconds after which a running slice is killed; it is repeated when the job continues."""
_KEPT_FOR = "HHREVIEW_KEPT_FOR"
"""In the environment of every child: its data folder. Whoever holds the lock of that folder knows an orphan by it."""


class Service(Protocol):
    """A process that is started, checked, and replaced if it doesn't respond."""

    name: str

    @property
    def log(self) -> Path | None:
        """Path of its log, unless it writes where its supervisor does."""

    def start(self) -> None:
        """Start it. Raises ServerFailed."""

    def runs(self) -> bool:
        """Whether there is such a process."""

    def answers(self) -> bool:
        """Whether it works now; takes some seconds if it doesn't."""

    def kill(self) -> None:
        """End it at once."""

    def ending(self) -> str:
        """How it ended, in words, if known."""


@dataclass(slots=True)
class Child:
    """The web server, or a worker."""

    name: str
    command: list[str]
    log: Path | None
    """None if it writes where its supervisor does."""
    data: Path
    asked: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C in the terminal reaches the keeper alone."""
        with self.log.open("ab") if self.log else nullcontext() as output:
            # -P: this folder has a celery.py of its own, which is not the library.
            self.process = subprocess.Popen(
                [sys.executable, "-P", lifeline.__file__, str(os.getpid()), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=layout.ROOT,
                env={**os.environ, **self.environment, "HHREVIEW_DATA_DIR": str(self.data)}
                | ({_KEPT_FOR: str(self.data)} if self.log else {}),
            )

    def runs(self) -> bool:
        """Whether it was started and did not end."""
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        """Whether it answers."""
        return self.asked()

    def kill(self) -> None:
        """End it and the other processes in its session."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ending(self) -> str:
        """Return the signal, or the exit code."""
        code = self.process.poll() if self.process is not None else None
        if code is None:
            return ""
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def failure(self) -> str:
        """Its name, the end of its log, and the path of the log."""
        return f"{self.name} ended.{log_of(self)}{end_of(self.log)}"


@dataclass(slots=True)
class EmbeddedServer:
    """The embedded PostgreSQL or Redis, or their caretaker; other commands may have started it."""

    name: str
    log: Path
    paths: ServerPaths
    starts: Callable[[], None]
    find: Callable[[], psutil.Process | None]
    asked: Callable[[], bool]

    def start(self) -> None:
        """Start it, unless another command was faster. Raises ServerFailed."""
        with local.starting(self.paths):
            self.starts()

    def runs(self) -> bool:
        """Whether there is such a process."""
        return self.find() is not None

    def answers(self) -> bool:
        """Whether it answers, if only that it is starting."""
        return self.asked()

    def kill(self) -> None:
        """Kill it; the next start cleans up after it."""
        process = self.find()
        if process is not None:
            with suppress(psutil.NoSuchProcess):
                process.kill()
                wait_for_end([process], STOP_SECONDS)

    def ending(self) -> str:
        """Return None: it isn't our child, so its exit code is unknown."""
        return ""


def log_of(service: Service) -> str:
    """Return a sentence with the path of its log, if it has one of its own."""
    return f" Its log is {service.log}." if service.log else ""


def end_of(log: Path | None) -> str:
    """Return the last lines of a log, each on a line of its own and set in."""
    if log is None:
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-8:]
    return "".join(f"\n    {line}" for line in lines)


def address(host: str, port: int) -> str:
    """Return the desk's address for people."""
    return f"http://{host}:{port}/"


@contextmanager
def only_set(paths: ServerPaths, url: str) -> Iterator[None]:
    """Hold the data folder's lock for a set of processes. Raises ServerFailed if another set holds it."""
    file = paths.set_lock
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            there = os.read(handle, 500).decode() or "another terminal"
            raise ServerFailed(
                f"hhreview is already running for {paths.data}: {there}. Open that address, stop it with Ctrl-C in "
                "its terminal, or set HHREVIEW_DATA_DIR to another folder."
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{url} (process {os.getpid()})".encode(), 0)
        yield
    finally:
        os.close(handle)


def require_free_port(host: str, port: int) -> None:
    """Raise ServerFailed if another program listens on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServerFailed(
                f"The web server can’t listen at {host}:{port} ({error.strerror}). Choose another port with --port."
            ) from error


def servers(paths: ServerPaths) -> list[Service]:
    """Return the embedded servers that no URL replaces, and who stops them in the end."""

    def service(name: str, module: ModuleType, *, log: str) -> EmbeddedServer:
        starts, finds, asked = (partial(act, paths) for act in (module.start, module.process, module.responds))
        return EmbeddedServer(name, paths.logs / log, paths, starts, finds, asked)

    services: list[Service] = [service("The caretaker", caretaker, log="caretaker.log")]
    if local.embedded("DATABASE_URL"):
        services.append(service("PostgreSQL", postgres, log="postgres.log"))
    if local.embedded("REDIS_URL"):
        services.append(service("Redis", redis, log="redis.log"))
    return services


def children(paths: ServerPaths, host: str, port: int) -> list[Child]:
    """Return the web server, and one worker a queue."""
    web = [sys.executable, "-m", "hhreview.web", "--host", host, "--port", str(port)]
    url = address(host, port)
    family = [Child("The web server", web, paths.logs / "web.log", paths.data, lambda: health(url) is not None)]
    workers = [worker(queue, log=paths.logs / f"worker-{queue}.log", data=paths.data) for queue in QUEUES]
    return [*family, *workers]


def worker(queue: str, *, log: Path | None, data: Path, concurrency: int = 1) -> Child:
    """One worker of a queue."""
    command = [sys.executable, "-m", "celery", "-A", "hhreview", "worker", "--loglevel", "INFO", "--without-gossip"]
    # Threads, not forks: the main thread answers pings while a slice runs, and CUDA and psycopg do not survive a fork.
    command += ["--without-mingle", "--pool", "threads", "--concurrency", str(concurrency)]
    command += ["--queues", queue, "--hostname", f"{queue}@%h"]
    # Its threads run before its network does, so it has to keep memory from its start.
    environment = KEEPING if queue == VISION else {}
    return Child(f"The {queue} worker", command, log, data, lambda: worker_answers(queue) is not False, environment)


def health(url: str) -> str | None:
    """Return what is wrong according to the web server; "" if all is well, None if it doesn't respond."""
    try:
        with urllib.request.urlopen(f"{url}healthz/", timeout=_HEALTH_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        return error.read().decode("utf-8", "replace")
    except OSError:
        return None


def worker_answers(queue: str) -> bool | None:
    """Return whether the worker responds; None if that can't be found out."""
    from celery import current_app
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    try:
        node = f"{queue}@{socket.gethostname()}"
        return bool(current_app.control.ping(destination=[node], timeout=_PING_SECONDS, limit=1))
    except (OperationalError, RedisError, OSError):
        return None


def clear_orphans(paths: ServerPaths) -> None:
    """Stop processes that a killed supervisor left behind. The caller holds the data folder's lock."""
    if not sees_processes():
        return  # that is a Linux without /proc, where the kernel has ended them with their supervisor
    left = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(_KEPT_FOR) == str(paths.data) and process.pid != os.getpid():
                process.kill()
                left.append(process)
    wait_for_end(left, STOP_SECONDS)  # their port is free only then


def stop(family: list[Child], seconds: float = STOP_SECONDS) -> None:
    """Ask all of them to end, and kill who does not in time."""
    for child in family:
        if child.process is not None and child.runs():
            child.process.terminate()
    deadline = time.monotonic() + seconds
    for child in family:
        if child.process is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            child.kill()
