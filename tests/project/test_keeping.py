"""What the keeper does and says where a process keeps ending or cannot be started, and where a sweep fails."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from django.db import OperationalError
from kombu import Connection

from hhreview import keeping
from hhreview.celery import app
from hhreview.keeping import Keeper
from hhreview.processes import Child, worker, worker_answers
from hhreview.servers.starting import ServerFailed
from hhreview.worker import noting


def child(folder: Path, code: str) -> Child:
    return Child("The worker", [sys.executable, "-c", code], folder / "worker.log", folder, lambda: True)


def until(true: Callable[[], object], log: list[str]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, log
        time.sleep(0.02)


@contextmanager
def kept(kept_child: Child, log: list[str], sweep: Callable[[], int] = lambda: 0) -> Iterator[Keeper]:
    keeper = Keeper([], [kept_child], tell=log.append, sweep=sweep, patience=60, sweep_seconds=0.05)
    with keeper:
        keeper.watch()
        yield keeper


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(keeping, "_REST_SECONDS", 1.0)


def test_what_keeps_ending_is_started_less_often_and_its_log_is_quoted(tmp_path: Path) -> None:
    log: list[str] = []
    with kept(child(tmp_path, "print('no such model', flush=True); raise SystemExit(3)"), log):
        until(lambda: len(log) >= 5, log)
        began = time.monotonic()
        until(lambda: len(log) >= 6, log)
    assert time.monotonic() - began > 0.5
    assert log[0] == f"The worker ended (exit code 3). Starting it again. Its log is {tmp_path / 'worker.log'}."
    assert log[3].startswith("The worker ended (exit code 3). Starting it again in 1 seconds.")
    assert log[3].endswith("\n    no such model")


def test_what_cannot_be_started_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []
    starts = Child.start
    missing = [ServerFailed("The worker did not start: there is no room."), OSError("no more processes")]

    def start(self: Child) -> None:
        if log and missing:
            raise missing.pop(0)
        starts(self)

    monkeypatch.setattr(Child, "start", start)
    with kept(child(tmp_path, "import time; time.sleep(60)"), log) as keeper:
        process = keeper._family[0].process
        assert process is not None
        process.kill()
        until(lambda: len(log) == 3, log)
        until(keeper._family[0].runs, log)
    assert log[1] == "The worker did not start: there is no room.\n    Trying again in 1 seconds."
    assert log[2].startswith("The worker can’t be started: no more processes")
    assert not keeper._family[0].runs()


def test_a_sweep_that_fails_is_told_of_once_and_comes_again(tmp_path: Path) -> None:
    log: list[str] = []
    outcomes: Iterator[int | Exception] = iter([OperationalError("gone"), OperationalError("gone"), 0, 2])

    def sweep() -> int:
        outcome = next(outcomes, 0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    with kept(child(tmp_path, "import time; time.sleep(60)"), log, sweep):
        until(lambda: len(log) == 3, log)
    assert log[0].endswith("database right now. Jobs wait.")
    assert log[1:] == [
        "Looking for lost jobs works again. Jobs continue.",
        "2 lost jobs are sent to the workers again.",
    ]


def test_one_that_hangs_makes_no_other_look_as_if_it_hung(tmp_path: Path) -> None:
    log: list[str] = []
    over = Event()

    def silent() -> bool:
        over.wait(30)
        return False

    sleeps = [sys.executable, "-c", "import time; time.sleep(60)"]
    hung = Child("The web server", sleeps, tmp_path / "web.log", tmp_path, silent)
    well = Child("The worker", sleeps, tmp_path / "worker.log", tmp_path, lambda: True)
    keeper = Keeper([], [hung, well], tell=log.append, sweep=lambda: 0, patience=0.6, sweep_seconds=60)
    with keeper:
        for watched in keeper._watched:
            watched.has_answered = True
        keeper.watch()
        until(lambda: "The web server ended (killed by SIGKILL). Starting it again" in " ".join(log), log)
        over.set()
    assert not [words for words in log if words.startswith("The worker")]


def test_a_first_start_that_fails_is_raised(tmp_path: Path) -> None:
    nothing = Child("The worker", [str(tmp_path / "nothing")], tmp_path / "no" / "worker.log", tmp_path, lambda: True)
    with pytest.raises(FileNotFoundError), kept(nothing, []):
        pass


def test_a_worker_that_cannot_be_asked_is_kept_and_is_not_healthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Connection(f"redis+socket://{tmp_path / 'redis.sock'}", transport_options={"max_retries": 0})
    monkeypatch.setattr(app, "connection_or_acquire", lambda *_, **__: away)
    assert worker_answers("vision") is None
    assert worker("vision", log=None, data=tmp_path).answers()
    asked = noting(lambda: worker_answers("vision"), tmp_path / "answered", 60)
    assert asked()
    assert not (tmp_path / "answered").exists()


@pytest.mark.parametrize("answers", [True, False])
def test_an_answer_is_noted_for_as_long_as_it_holds(tmp_path: Path, *, answers: bool) -> None:
    file = tmp_path / "answered"
    assert noting(lambda: answers, file, 60)() == answers
    assert (file.exists() and file.stat().st_mtime > time.time() + 50) == answers
