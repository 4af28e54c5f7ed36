"""A real Celery worker in a process of its own, against the test database and the test broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from django.conf import settings
from django.db import connection

from clustering.jobs.slices import QUEUES

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 120.0


@dataclass
class Worker:
    """One worker process."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """Kill it as the out-of-memory killer does, with nothing acknowledged."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def log_text(self) -> str:
        """Its log, for the message of a failure."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]


def empty_broker() -> None:
    """Delete all messages, so that tests don't affect each other."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()


def environment(slice_seconds: int = 30) -> dict[str, str]:
    """The environment of a process that shares this test's database, broker, and media folder."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={quote(str(database['HOST']))}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "HHREVIEW_SECRET_KEY": "only for a test",
        "HHREVIEW_MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "HHREVIEW_SLICE_SECONDS": str(slice_seconds),
        "OMP_NUM_THREADS": "1",
    }


@contextmanager
def worker(folder: Path, *, slice_seconds: int = 30) -> Iterator[Worker]:
    """Run a worker for all queues, and kill it at the end if it still runs."""
    log = folder / f"worker-{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "celery", "-A", "hhreview", "worker", "--pool", "threads", "--concurrency", "1"]
    command += ["--queues", ",".join(QUEUES), "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    command += ["--hostname", f"{log.stem}@test"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env=environment(slice_seconds),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield Worker(process, log)
    finally:
        process.kill()
        process.wait()


def wait_until(true: Callable[[], bool], *, saying: Callable[[], str]) -> None:
    """Wait until a condition is true, and fail with the worker's log if that takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline, saying()
        time.sleep(0.1)
