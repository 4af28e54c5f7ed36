"""Stops the embedded servers when nobody is left who uses them, even if the last user was killed.

It waits for the lock that every user of the servers shares; the kernel takes it from a process however that ends.
It runs as a file, not as a module, and imports nothing of the package before it has to: it waits for days.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_PATIENCE = 10.0
_started: list[subprocess.Popen[bytes]] = []
"""Kept, so that they are not complained about as forgotten children."""


def ensure(data: Path) -> None:
    """Start the data folder's caretaker if there is none."""
    if _holder(data) is not None:
        return
    with (data / "logs" / "caretaker.log").open("ab") as log:
        # -P: this folder has a redis.py of its own, which is not the library.
        command = [sys.executable, "-P", __file__, str(data)]
        _started.append(
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True)
        )


def dismiss(data: Path) -> None:
    """End it: whoever calls this stops the servers and holds the users' lock alone."""
    with suppress(ProcessLookupError):
        while (pid := _holder(data)) is not None:
            os.kill(pid, 9)
            time.sleep(0.01)


def _holder(data: Path) -> int | None:
    """Its process number, None where there is none."""
    handle = os.open(data / "run" / "caretaker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if written := os.pread(handle, 20, 0):
                    return int(written)
                time.sleep(0.01)  # it has the lock and writes its number
            else:
                return None
        raise TimeoutError(f"{data}/run/caretaker.lock is held by a process that does not say which it is.")
    finally:
        os.close(handle)


def wait_and_stop(data: Path) -> None:
    """Wait until the servers have no user, then stop them."""
    mine = os.open(data / "run" / "caretaker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another one was faster
    os.ftruncate(mine, 0)
    os.pwrite(mine, str(os.getpid()).encode(), 0)
    users = os.open(data / "run" / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_EX)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from hhreview.servers import postgres, redis
    from hhreview.servers.starting import Places

    postgres.stop(Places(data))
    redis.stop(Places(data))
    # In this order: whoever gets the users' lock next must find that there is no caretaker.
    os.close(mine)
    os.close(users)


if __name__ == "__main__":
    wait_and_stop(Path(sys.argv[1]))
