"""kill -9, or a hang, of `up`, of each process that it keeps, and of its servers: jobs go on, and no act is lost."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psutil
import redis as redis_library

from hhreview import local
from hhreview.processes import QUEUES
from hhreview.servers import postgres, redis
from hhreview.servers.starting import wait_for_end
from tests.faults.desk import Desk

Acts = list[uuid.UUID]
AWAY_SECONDS = 4.0
PARTS = {"hhreview.web": "The web server"} | {f"{queue}@": f"The {queue} worker" for queue in QUEUES}


def acts_go_on(desk: Desk, acts: Acts) -> None:
    before = len(acts)
    desk.until(lambda: len(acts) > before, "acts are taken again")


def killed(process: psutil.Process | None) -> None:
    assert process is not None
    process.kill()
    assert not wait_for_end([process], 60)


@contextmanager
def nothing_starts(desk: Desk) -> Iterator[None]:
    """Hold the lock of those who start servers: what is killed meanwhile stays away."""
    with local.alone(desk.paths):
        yield


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


def test_a_postgres_that_recovers_from_a_lost_process_of_its_own_is_waited_for(desk: Desk, acts: Acts) -> None:
    server = postgres.process(desk.paths)
    assert server is not None
    connected = "SELECT pid FROM pg_stat_activity WHERE datname = 'hhreview' AND pid <> pg_backend_pid()"
    desk.until(lambda: desk.sql(connected), "somebody is connected")
    psutil.Process(desk.sql(f"{connected} ORDER BY backend_start")[0][0]).kill()
    desk.goes_on()
    acts_go_on(desk, acts)
    still = postgres.process(desk.paths)
    assert still is not None
    assert still.pid == server.pid, "it recovers by itself"


def test_while_postgres_is_away_the_desk_says_so_and_then_goes_on(desk: Desk, acts: Acts) -> None:
    with nothing_starts(desk):
        killed(postgres.process(desk.paths))
        assert desk.ask("/api/v1/me")[0] == 503
        before = len(acts)
        time.sleep(AWAY_SECONDS)
        assert len(acts) <= before + 1, "nothing is taken that cannot be kept"
    desk.until(lambda: desk.logged("PostgreSQL ended. Starting it again."), "people are told")
    desk.goes_on()
    acts_go_on(desk, acts)


def test_while_redis_is_away_acts_go_on_and_so_do_the_jobs_afterwards(desk: Desk, acts: Acts) -> None:
    with nothing_starts(desk):
        killed(redis.process(desk.paths))
        acts_go_on(desk, acts)
        status, body = desk.ask("/api/v1/collections/afl/jobs", {"kind": "learn"})
        assert status == 503
        assert "It starts when they can." in body
        time.sleep(AWAY_SECONDS)
    desk.until(lambda: desk.logged("Redis ended. Starting it again."), "people are told")
    desk.goes_on()
    learning = "SELECT started FROM clustering_job WHERE kind = 'learn'"
    desk.until(lambda: desk.sql(learning)[0][0], "what was ordered meanwhile starts")


def test_an_emptied_redis_loses_no_job(desk: Desk, acts: Acts) -> None:
    workers = [desk.part(f"{queue}@") for queue in QUEUES]
    for worker in workers:
        worker.send_signal(signal.SIGSTOP)  # no slice is at work, so that none sends the next
    with redis_library.Redis(unix_socket_path=str(desk.paths.sockets / "redis.sock")) as client:
        client.flushall()
        for worker in workers:
            worker.kill()
        client.flushall()
    desk.goes_on()
    acts_go_on(desk, acts)


def test_hung_servers_are_replaced(desk: Desk, acts: Acts) -> None:
    hung = [postgres.process(desk.paths), redis.process(desk.paths)]
    for process in hung:
        assert process is not None
        process.send_signal(signal.SIGSTOP)
    desk.until(lambda: desk.logged("PostgreSQL has not answered for"), "PostgreSQL is replaced")
    desk.until(lambda: desk.logged("Redis has not answered for"), "Redis is replaced")
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
    # Where it runs is what stood there before, for the moment until the other one has written it.
    assert f"hhreview is already running for {desk.data}: " in output
    desk.goes_on()
    acts_go_on(desk, acts)
