"""`python -m hhreview.worker QUEUE`: a worker that is kept as `up` keeps its own. The first process of a container.

A container is only restarted where its first process ends. So this one stays, starts the worker again where it ends,
and replaces it where it does not answer any more. Each answer is noted in a file of the container: its modification
time is when the answer is too old, so that a health check need only compare it with now.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FrameType

LET_END_SECONDS = 80
"""How long a worker may finish its work after a signal to stop: less than compose's stop_grace_period."""
_ONE_DAY = 86_400.0


def main() -> None:
    """Keep the worker until SIGTERM or Ctrl-C."""
    from hhreview.processes import QUEUES, worker, worker_answers

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("queue", choices=QUEUES)
    parser.add_argument("--concurrency", type=int, default=1, help="Slices and shifts side by side.")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhreview.settings")
    import django

    django.setup()
    from django.conf import settings

    from hhreview.keeping import Keeper

    file = answered(options.queue)
    file.unlink(missing_ok=True)  # a container that starts again has that of the worker before
    kept = worker(options.queue, log=None, data=settings.DATA_DIR, concurrency=options.concurrency)
    kept.asked = noting(partial(worker_answers, options.queue), file, settings.PATIENCE_SECONDS / 2)
    keeper = Keeper(
        [],
        [kept],
        tell=_tell,
        sweep=lambda: 0,  # beat does that, once for all workers
        patience=settings.PATIENCE_SECONDS,
        sweep_seconds=_ONE_DAY,
        stop_seconds=LET_END_SECONDS,
    )
    with suppress(KeyboardInterrupt), keeper:
        keeper.watch()
        keeper.wait()


def answered(queue: str) -> Path:
    """Return the file with the time until which this container's worker counts as alive."""
    return Path(tempfile.gettempdir()) / f"hhreview-{queue}-answered"


def noting(answers: Callable[[], bool | None], file: Path, seconds: float) -> Callable[[], bool]:
    """Return the same question, which notes in the file for how long an answer holds.

    A worker that cannot be asked, as while Redis is away, is not replaced, but neither is it healthy: it gets no work.
    """

    def asked() -> bool:
        answer = answers()
        if answer:
            file.touch()
            until = time.time() + seconds
            os.utime(file, (until, until))
        return answer is not False

    return asked


def _tell(text: str) -> None:
    sys.stderr.write(f"{datetime.now():%H:%M:%S} {text}\n")


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
