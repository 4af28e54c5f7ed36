"""`python lifeline.py KEEPER COMMAND …`: become the command, and end as soon as the keeper does, however it ends.

It runs as a file, not as a module, and imports nothing of the package: it is gone in a moment.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def hold_on(keeper: int) -> None:
    """Have the kernel kill this process when the thread that started it is gone. Linux can; elsewhere nothing happens,
    and the next start clears away what was left.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != keeper:  # it went before we could hold on to it
        os._exit(1)


if __name__ == "__main__":
    hold_on(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
