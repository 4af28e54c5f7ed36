"""Two starts at once, of `up` and of commands: one set, one cluster, and a sentence for who came second."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.faults.desk import ROOT, Desk


def test_of_two_starts_at_once_one_runs_and_the_other_is_told_where(home: Path) -> None:
    first, second = (Desk(home / "data", home / name) for name in ("one", "two"))
    running: dict[Desk, subprocess.Popen[str]] = {}
    for desk in (first, second):
        desk.home.mkdir()
        command = [sys.executable, "manage.py", "up", "--port", str(desk.port)]
        running[desk] = subprocess.Popen(
            command, cwd=ROOT, env=desk.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    try:
        first.log.write_text("")
        first.until(lambda: any(process.poll() is not None for process in running.values()), "one gives up")
        (loser,) = [desk for desk, process in running.items() if process.poll() is not None]
        winner = first if loser is second else second
        _, told = running[loser].communicate(timeout=10)
        assert f"hhreview already runs for {winner.data}: http://127.0.0.1:{winner.port}/" in told
        first.until(winner.healthy, "the other one runs")
        winner.manage("propose", "--help")
        running[winner].send_signal(signal.SIGINT)
        assert running[winner].wait(60) == 0
    finally:
        for process in running.values():
            process.kill()
            process.wait()
