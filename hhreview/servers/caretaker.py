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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

    from hhreview.servers.starting import ServerPaths

_PATIENCE = 10.0
_started: list[subprocess.Popen[bytes]] = []
"""Kept, so that they are not complained about as forgotten children."""


def start(paths: ServerPaths) -> None:
    """Start the data folder's caretaker if there is none."""
    if process(paths) is not None:
        return
    with (paths.logs / "caretaker.log").open("ab") as log:
        # -P: this folder has a redis.py of its own, which is not the library.
        command = [sys.executable, "-P", __file__, str(paths.data)]
        _started.append(
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True)
        )


def process(paths: ServerPaths) -> psutil.Process | None:
    """Return the data folder's caretaker, or None."""
    import psutil

    handle = os.open(paths.run / "caretaker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            # Shared: two who look at once are no caretaker, nor in the way of one that starts.
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            with suppress(ValueError, OSError, psutil.Error):
                running = psutil.Process(int(os.pread(handle, 20, 0)))
                *_, program, data = running.cmdline()
                if program.endswith("caretaker.py") and Path(data).samefile(paths.data):
                    return running
            time.sleep(0.01)  # it has the lock, but the file is still empty or has its predecessor's number
        raise TimeoutError(
            f"{paths.run}/caretaker.lock is locked by another process, which is not hhreview's caretaker."
        )
    finally:
        os.close(handle)


def responds(paths: ServerPaths) -> bool:
    """Return None: it only waits, and cannot be asked."""
    return True


def stop(paths: ServerPaths) -> None:
    """End it. The caller stops the servers and holds the users' lock exclusively."""
    import psutil

    from hhreview.servers.starting import wait_for_end

    while (running := process(paths)) is not None:
        with suppress(psutil.NoSuchProcess):
            running.kill()
            wait_for_end([running], _PATIENCE)


def wait_and_stop(data: Path) -> None:
    """Wait until the servers have no user, then stop them."""
    mine = os.open(data / "run" / "caretaker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not _take(mine):
        return  # another one was faster
    os.ftruncate(mine, 0)
    os.pwrite(mine, str(os.getpid()).encode(), 0)
    users = os.open(data / "run" / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_EX)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from hhreview.servers import postgres, redis
    from hhreview.servers.starting import ServerPaths

    postgres.stop(ServerPaths(data))
    redis.stop(ServerPaths(data))
    # In this order, because the next holder of the users' lock must find that there is no caretaker.
    os.close(mine)
    os.close(users)


def _take(handle: int) -> bool:
    """Take the lock of the one caretaker, past those who only look; False where there is one."""
    for _ in range(20):
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.05)
    return False


if __name__ == "__main__":
    wait_and_stop(Path(sys.argv[1]))
