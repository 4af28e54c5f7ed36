"""The embedded servers: a private PostgreSQL with pgvector and a private Redis, for when no URL names others.

Both live below the data folder and listen on UNIX sockets only. Every process that needs them holds a shared lock on
`run/users.lock` for as long as it lives; the kernel lets go of it however the process ends. Whoever leaves and can
have the lock alone is the last one out and stops the servers.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hhreview.servers import postgres, redis
from hhreview.servers.starting import Places, ServerFailed

_NO_SERVER_COMMANDS = frozenset(
    {"help", "--help", "-h", "--version", "version", "make_sample", "check", "collectstatic", "forget_data"}
)
_OURS = ("postgres", "redis", "media", "cache", "sample", "logs", "run", "secret_key", "demo_login.json")
_ENTERED: dict[Path, int] = {}


def data_folder() -> Path:
    """The data folder: HHREVIEW_DATA_DIR, else `.local` beside manage.py."""
    named = os.environ.get("HHREVIEW_DATA_DIR")
    return Path(named).expanduser().resolve() if named else Path(__file__).resolve().parent.parent / ".local"


@contextmanager
def servers_for_command(argv: Sequence[str]) -> Iterator[None]:
    """Hold the embedded servers while a command runs, unless it needs none. Raises ServerFailed."""
    command = argv[1] if len(argv) > 1 else "help"
    if command in _NO_SERVER_COMMANDS:
        yield
        return
    with servers():
        yield


@contextmanager
def servers(data: Path | None = None) -> Iterator[Places]:
    """Start what is not running and not named by a URL, and stop it again if nobody else uses it.

    Raises
    ------
    ServerFailed
        With the server's name, the last lines of its log and where the log is.
    """
    places = Places(data or data_folder())
    need_postgres = not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))
    need_redis = not (os.environ.get("REDIS_URL") or os.environ.get("REDIS_URL_FILE"))
    if not (need_postgres or need_redis):
        yield places
        return
    _make_folders(places)
    users = os.open(places.run / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_SH)
    try:
        with _alone(places.run / "start.lock"):
            if need_postgres:
                postgres.start(places)
            if need_redis:
                redis.start(places)
        yield places
    finally:
        _leave(places, users)


def hold_servers() -> None:
    """Hold the embedded servers until this process ends: for entry points that are not manage.py (web, workers).

    Calling it again does nothing. Raises ServerFailed.
    """
    data = data_folder()
    if _ENTERED.get(data) == os.getpid():
        return
    manager = servers(data)
    manager.__enter__()
    _ENTERED[data] = os.getpid()
    owner = os.getpid()

    def leave() -> None:
        if os.getpid() == owner:
            manager.__exit__(None, None, None)

    atexit.register(leave)


def _make_folders(places: Places) -> None:
    try:
        for folder in (places.data, places.run, places.logs, places.redis, places.sockets):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerFailed(
            f"The data folder {places.data} cannot be written ({error.strerror}). "
            "Set HHREVIEW_DATA_DIR to a folder that you may write to."
        ) from error


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _leave(places: Places, users: int) -> None:
    """Let go of the servers; stop them where nobody else holds them."""
    try:
        with _alone(places.run / "start.lock"):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            stop_servers(places)
    finally:
        os.close(users)


def forget(places: Places) -> list[str]:
    """Delete everything hhreview keeps in the data folder, and nothing else there; the names of what went.

    Raises ServerFailed while anybody uses the servers.
    """
    if not places.run.exists():
        return []
    users = os.open(places.run / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServerFailed(f"hhreview runs for {places.data}: stop it first, then forget its data.") from error
        stop_servers(places)
        gone = []
        for name in _OURS:
            path = places.data / name
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
            else:
                continue
            gone.append(name)
        if places.sockets != places.run:
            shutil.rmtree(places.sockets, ignore_errors=True)
        return gone
    finally:
        os.close(users)


def stop_servers(places: Places) -> None:
    """Stop both servers and wait until they are gone; what is not running is no error."""
    postgres.stop(places)
    redis.stop(places)
