"""The embedded servers: a private PostgreSQL with pgvector and a private Redis, for when no URL names others.

Both live below the data folder and listen on UNIX sockets only. Every process that needs them holds a shared lock on
`run/users.lock` for as long as it lives; the kernel lets go of it however the process ends. Whoever leaves and can
have the lock alone is the last one out and stops the servers.
"""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from hhreview import layout
from hhreview.servers import caretaker, postgres, redis
from hhreview.servers.private import make_private_folders, private_files
from hhreview.servers.starting import OURS, ServerFailed, ServerPaths, sees_processes

_NO_SERVER_COMMANDS = frozenset(
    {"help", "--help", "-h", "--version", "version", "make_sample", "check", "collectstatic", "forget_data"}
)

_LARGEST_FILE = 1 << 30
"""Of PostgreSQL's: a table goes on in another file after that."""


def data_folder() -> Path:
    """Return the data folder: HHREVIEW_DATA_DIR, else `.local` in a checkout, else `hhreview` in the person's own
    data. Raises ImproperlyConfigured if it is named by a path that leads nowhere."""
    named = os.environ.get("HHREVIEW_DATA_DIR")
    if named:
        try:
            return Path(named).expanduser().resolve()
        except (RuntimeError, OSError, ValueError) as error:
            raise ImproperlyConfigured(
                f"HHREVIEW_DATA_DIR is {named!r}, which leads to no folder ({error}). Set it to a full path."
            ) from error
    if layout.CHECKOUT:
        return layout.ROOT / ".local"
    own = os.environ.get("XDG_DATA_HOME", "")
    return (Path(own) if Path(own).is_absolute() else Path.home() / ".local/share") / "hhreview"


@contextmanager
def servers_for_command(
    argv: Sequence[str], check: Callable[[Sequence[str]], None] = lambda _: None
) -> Iterator[ServerPaths | None]:
    """Hold the embedded servers while a command runs, and keep what it writes private; None if it needs none.

    `check` looks at the arguments before any server is started for them. Raises ServerFailed.
    """
    command = argv[1] if len(argv) > 1 else "help"
    needs_none = command in _NO_SERVER_COMMANDS and "--database" not in argv
    if needs_none or {"--help", "-h"} & set(argv):
        yield None
        return
    # Files for an operator's own servers are shared with other accounts and machines according to the umask.
    with private_files() if _any_embedded() else nullcontext():
        if _any_embedded():
            make_private_folders(ServerPaths(data_folder()))
            check(argv)
        with servers() as paths:
            yield paths


@contextmanager
def servers(data: Path | None = None) -> Iterator[ServerPaths]:
    """Start servers that aren't running or named by a URL, and stop them at the end unless others use them.

    Raises
    ------
    ServerFailed
        With the server's name, the last lines of its log, and the path of the log.
    """
    paths = ServerPaths(data or data_folder())
    if not _any_embedded():
        yield paths
        return
    ignore_other_databases()
    _require_large_files()
    if not sees_processes():
        raise ServerFailed(
            "hhreview can’t see which processes run here, since /proc is missing or closed, so it can’t look after its "
            "own PostgreSQL and Redis. Mount it (`mount -t proc proc /proc`, or as your sandbox does), or set "
            "DATABASE_URL and REDIS_URL to servers that run elsewhere."
        )
    with private_files():
        make_private_folders(paths)
    users = os.open(paths.users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_SH)
    try:
        with starting(paths):
            caretaker.start(paths)
            if embedded("DATABASE_URL"):
                postgres.start(paths)
            if embedded("REDIS_URL"):
                redis.start(paths)
        yield paths
    finally:
        _leave(paths, users)


@contextmanager
def starting(paths: ServerPaths) -> Iterator[None]:
    """For starting a server of the data folder: alone, and with private files."""
    with alone(paths), private_files():
        yield


def embedded(name: str) -> bool:
    """Whether the server that DATABASE_URL or REDIS_URL would name is the one in the data folder."""
    return not (os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def ignore_other_databases() -> None:
    """Delete variables that libpq and PostgreSQL read, since they are about other databases of this account.

    PGPORT moves the server's socket, PGHOSTADDR and PGSERVICE lead elsewhere, PGOPTIONS changes the search path. A
    database that DATABASE_URL names is its operator's, and so is what he says of it here.
    """
    if embedded("DATABASE_URL"):
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]


def _require_large_files() -> None:
    """Raise the limit on the size of files as far as possible. Raises ServerFailed if PostgreSQL can't work with it:
    it would start, and fail in the middle of the work.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if soft == resource.RLIM_INFINITY:
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    if embedded("DATABASE_URL") and hard != resource.RLIM_INFINITY and hard < _LARGEST_FILE:
        raise ServerFailed(
            f"Files may only grow to {hard / 1e6:.1f} MB here, and PostgreSQL needs {_LARGEST_FILE / 1e6:.0f} MB. "
            "Raise the limit (`ulimit -f unlimited`, or `fsize` in /etc/security/limits.conf), then try again."
        )


def _any_embedded() -> bool:
    return embedded("DATABASE_URL") or embedded("REDIS_URL")


@contextmanager
def alone(paths: ServerPaths) -> Iterator[None]:
    """One process of a data folder at a time: for starting, stopping and migrating."""
    handle = os.open(paths.run / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _leave(paths: ServerPaths, users: int) -> None:
    """Release the servers, and stop them unless others use them."""
    try:
        with alone(paths):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            stop_servers(paths)
    finally:
        os.close(users)


def forget(paths: ServerPaths) -> list[str]:
    """Delete everything that hhreview keeps in the data folder, and nothing else; return the names of what was deleted.

    Raises ServerFailed while anybody uses the servers.
    """
    if not paths.run.exists():
        return []
    users = os.open(paths.users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServerFailed(f"hhreview runs for {paths.data}: stop it first, then delete its data.") from error
        stop_servers(paths)
        gone = []
        for name in OURS:
            path = paths.data / name
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
            else:
                continue
            gone.append(name)
        if paths.sockets != paths.run:
            shutil.rmtree(paths.sockets, ignore_errors=True)
        return gone
    finally:
        os.close(users)


def stop_servers(paths: ServerPaths) -> None:
    """Stop both servers, if they run, and wait until they have ended. No one else may be using them."""
    caretaker.stop(paths)
    postgres.stop(paths)
    redis.stop(paths)
