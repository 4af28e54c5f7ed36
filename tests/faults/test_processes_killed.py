"""kill -9, or a hang, of each process that `up` keeps, and of `up` itself: the jobs go on and no act is lost."""

from __future__ import annotations

import signal
import uuid
from functools import partial

import psutil

from tests.faults.desk import Desk

Acts = list[uuid.UUID]
PARTS = {"hhreview.web": "The web server", "vision@": "The vision worker", "default@": "The default worker"}


def acts_go_on(desk: Desk, acts: Acts) -> None:
    before = len(acts)
    desk.until(lambda: len(acts) > before, "acts are taken again")


def test_hung_processes_are_replaced(desk: Desk, acts: Acts) -> None:
    """The first of this file: what was just started may be silent for a minute longer."""
    hung = [desk.part(words) for words in PARTS]
    for process in hung:
        process.send_signal(signal.SIGSTOP)
    desk.goes_on()
    acts_go_on(desk, acts)
    assert not any(process.is_running() and process.status() == psutil.STATUS_STOPPED for process in hung)
    for name in PARTS.values():
        assert desk.logged(f"{name} has not answered for")


def test_killed_processes_are_started_again(desk: Desk, acts: Acts) -> None:
    for words, name in PARTS.items():
        killed = desk.part(words)
        killed.kill()
        desk.until(partial(desk.logged, f"{name} ended (killed by SIGKILL). Starting it again."), "people are told")
        desk.until(partial(desk.has_another, words, killed.pid), f"{name} is there again")
    desk.goes_on()
    acts_go_on(desk, acts)


def _is_at_work(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_killed_up_takes_all_with_it_and_of_two_starts_at_once_one_goes_on(desk: Desk, acts: Acts) -> None:
    assert desk.up is not None
    family = psutil.Process(desk.up.pid).children(recursive=True)
    orphans = [child for child in family if "caretaker.py" not in " ".join(child.cmdline())]
    assert len(orphans) == len(PARTS)
    desk.up.kill()
    desk.up.wait()
    desk.until(lambda: not any(map(_is_at_work, orphans)), "none of them is left")
    output = desk.start_twice_at_once()
    assert f"hhreview is already running for {desk.data}: http://127.0.0.1:{desk.port}/" in output
    desk.goes_on()
    acts_go_on(desk, acts)
