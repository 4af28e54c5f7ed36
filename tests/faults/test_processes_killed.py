"""kill -9, or a hang, of each process that `up` keeps, and of `up` itself: the jobs go on and no act is lost."""

from __future__ import annotations

import signal
import time
import uuid

import psutil
import pytest

from tests.faults.desk import Desk

Acts = list[uuid.UUID]


def acts_go_on(desk: Desk, acts: Acts) -> None:
    before = len(acts)
    desk.until(lambda: len(acts) > before, "acts are taken again")


@pytest.mark.parametrize("words", ["hhreview.web", "vision@", "default@"])
def test_a_killed_process_is_started_again(desk: Desk, acts: Acts, words: str) -> None:
    name = {"hhreview.web": "The web server", "vision@": "The vision worker", "default@": "The default worker"}[words]
    killed = desk.part(words)
    killed.kill()
    desk.until(lambda: desk.said(f"{name} ended (killed by SIGKILL). It is started again."), "people are told")
    desk.goes_on()
    acts_go_on(desk, acts)
    assert desk.part(words).pid != killed.pid


def test_hung_processes_are_replaced(desk: Desk, acts: Acts) -> None:
    hung = [desk.part(words) for words in ("hhreview.web", "vision@", "default@")]
    for process in hung:
        process.send_signal(signal.SIGSTOP)
    desk.goes_on()
    acts_go_on(desk, acts)
    assert not any(process.is_running() and process.status() == psutil.STATUS_STOPPED for process in hung)
    assert desk.said("The vision worker has not answered for")
    assert desk.said("The web server has not answered for")


def test_all_that_a_killed_up_kept_ends_with_it_and_the_next_start_goes_on(desk: Desk, acts: Acts) -> None:
    assert desk.up is not None
    family = psutil.Process(desk.up.pid).children(recursive=True)
    orphans = [child for child in family if "caretaker.py" not in " ".join(child.cmdline())]
    assert len(orphans) == 3
    desk.up.kill()
    desk.up.wait()
    time.sleep(1)
    assert [child for child in orphans if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []
    desk.start()  # at the same port
    desk.goes_on()
    acts_go_on(desk, acts)
