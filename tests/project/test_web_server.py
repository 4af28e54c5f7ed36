"""The web server that `up` and compose start, under clients that are slow, rude, or guess at passwords."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from clustering.accounts.sign_in_brakes import PAUSE_SECONDS
from clustering.models import User
from hhreview import web
from hhreview.processes import children
from hhreview.servers.starting import ServerPaths
from tests.conftest import MakeCollection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 10.0
"""Seconds within which an answer counts as one."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, cookie: str = "") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def opened(port: int, sent: bytes) -> socket.socket:
    """A connection on which something was sent, and no more is."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.sendall(sent)
    return connection


# --- As `up` starts it ---------------------------------------------------------------------------------------------


@contextmanager
def served(tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The command of the set, over the database of this test."""
    port = free_port()
    paths = ServerPaths(Path(os.environ["HHREVIEW_DATA_DIR"]))
    database = settings.DATABASES["default"]
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "HHREVIEW_SECRET_KEY": settings.SECRET_KEY,
    }
    log = tmp_path / "web.log"
    command = children(paths, "127.0.0.1", port)[0].command
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            try:
                get(port, "/healthz/")
                break
            except OSError:
                time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def desk(
    django_db_serialized_rollback: None, transactional_db: None, alice: User, make_collection: MakeCollection
) -> str:
    """A collection to look at, and the cookie of somebody who may. Their password takes as long as anybody's."""
    alice.password = make_password("a-good-password", hasher="pbkdf2_sha256")
    alice.save(update_fields=["password"])
    make_collection(groups=[2, 3])
    client = Client()
    client.force_login(alice)
    return f"sessionid={client.cookies['sessionid'].value}"


pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def looks(port: int, cookie: str, *, times: int = 15) -> list[float]:
    """Seconds that the desk and the health check took, each time both were asked for and both answered well."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        status, health = get(port, "/healthz/")
        assert (status, b'"database": "ok"' in health) == (200, True)
        status, page = get(port, "/c/afl/", cookie)
        assert (status, b"AFL" in page) == (200, True)
        taken.append(time.monotonic() - began)
    return sorted(taken)


def test_the_desk_answers_while_many_clients_are_slow_in_every_way(desk: str, tmp_path: Path) -> None:
    form = b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    asked = f"GET /c/afl/index/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {desk}\r\n\r\n".encode()
    ways = {
        "connects and says nothing": b"",
        "sends half a line": b"GET /c/af",
        "sends half its headers": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        "sends half its body": form + b"Content-Length: 100000\r\n\r\nusername=al",
        "sends half a piece of its body": form + b"Transfer-Encoding: chunked\r\n\r\nffff\r\nuser",
        "waits to be told to go on": form + b"Content-Length: 100000\r\nExpect: 100-continue\r\n\r\n",
        "asks and never reads": asked * 4,
    }
    with served(tmp_path) as (port, _), ExitStack() as stack:
        looks(port, desk, times=2)
        for sent in ways.values():
            for _ in range(40):
                stack.enter_context(opened(port, sent))
        assert looks(port, desk)[-1] < PATIENCE
        body = urlencode({"username": "alice", "password": "x" * 20}).encode()
        slow = opened(port, form + b"Content-Length: %d\r\n\r\n" % len(body))
        for at in range(len(body)):
            slow.sendall(body[at : at + 1])
            time.sleep(0.02)
        assert slow.recv(100).startswith(b"HTTP/1.1 403"), "no CSRF token: it was read to its end, slow as it was"


def test_eight_loops_of_guesses_do_not_make_others_slow(desk: str, tmp_path: Path) -> None:
    answers: list[int] = []
    over = threading.Event()

    def guess(port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/sign-in/")
        page = connection.getresponse()
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        match = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert match
        form = urlencode({"csrfmiddlewaretoken": match[1], "username": "alice", "password": "guess"})
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        while not over.is_set():
            connection.request("POST", "/sign-in/", form, headers)
            answer = connection.getresponse()
            answer.read()
            answers.append(answer.status)
        connection.close()

    with served(tmp_path) as (port, _):
        looks(port, desk, times=3)
        quiet = statistics.median(looks(port, desk))
        loops = [threading.Thread(target=guess, args=[port]) for _ in range(8)]
        for loop in loops:
            loop.start()
        began = time.monotonic()
        loud = [statistics.median(looks(port, desk)) for _ in range(4)]
        seconds = time.monotonic() - began
        over.set()
        for loop in loops:
            loop.join(60)
    assert (answers.count(200), set(answers)) == (5, {200, 429})
    assert len(answers) < 5 + 8 / PAUSE_SECONDS * (seconds + 2), "each loop waits before it is refused"
    assert min(loud) < 2 * quiet + 0.1


def test_a_request_under_way_has_its_answer_when_the_server_is_stopped(desk: str, tmp_path: Path) -> None:
    with served(tmp_path) as (port, process), ExitStack() as stack:
        looks(port, desk, times=1)
        asked = f"GET /c/afl/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {desk}\r\n\r\n".encode()
        waiting = [stack.enter_context(opened(port, asked)) for _ in range(10)]
        stack.enter_context(opened(port, b"GET / HTTP/1.1\r\nHost"))
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        for connection in waiting:
            with connection.makefile("rb") as answer:
                assert b"</html>" in answer.read()
        assert process.wait(8) == 0, "who has not asked yet is not waited for"


# --- How long it waits ---------------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, list[str]]]:
    """A server that waits for seconds where the real one waits for a minute; its port, and the answers that ended."""
    monkeypatch.setattr(web, "_HEAD_SECONDS", 1)
    monkeypatch.setattr(web, "_SILENT_SECONDS", 3)
    monkeypatch.setattr(web, "_ANSWER_BYTES", 1 << 20)
    ended: list[str] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] != "/long":
            yield str(len(environ["wsgi.input"].read())).encode()
            return
        try:
            for _ in range(200):
                yield bytes(1 << 20)
        finally:
            ended.append("long")

    port = free_port()
    serving = web.server(application, "127.0.0.1", port)
    thread = threading.Thread(target=serving.run)
    thread.start()
    yield port, ended
    serving.stop()
    thread.join(15)
    serving.close()
    assert not thread.is_alive()


def is_closed(connection: socket.socket, *, within: float) -> bool:
    connection.settimeout(within)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


@pytest.mark.parametrize("sent", [b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n12"])
def test_a_request_that_drips_is_cut_off(small: tuple[int, list[str]], sent: bytes) -> None:
    connection = opened(small[0], sent)
    began = time.monotonic()
    with pytest.raises(OSError):
        while time.monotonic() - began < 40:
            connection.sendall(b"x")
            time.sleep(0.2)
    assert time.monotonic() - began < 40
    connection.close()


def test_a_body_that_comes_at_a_fair_pace_is_waited_for(small: tuple[int, list[str]]) -> None:
    connection = opened(small[0], b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000\r\n\r\n")
    for _ in range(20):
        connection.sendall(b"x" * 400)
        time.sleep(0.2)
    assert connection.recv(1000).endswith(b"8000\r\n0\r\n\r\n")
    connection.close()


def test_a_clock_that_is_set_meanwhile_cuts_nobody_off_and_keeps_nobody(
    small: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = time.time
    fair = opened(small[0], b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000\r\n\r\n")
    fair.sendall(b"x" * 7600)
    time.sleep(1.5)  # until it was looked at
    monkeypatch.setattr(time, "time", lambda: right() + 24 * 3600)
    time.sleep(1.5)
    fair.sendall(b"x" * 400)
    assert fair.recv(1000).endswith(b"8000\r\n0\r\n\r\n")
    fair.close()
    monkeypatch.setattr(time, "time", lambda: right() - 3600)
    drips = opened(small[0], b"GET / HT")
    assert is_closed(drips, within=10)
    drips.close()


def test_a_connection_that_says_nothing_is_closed(small: tuple[int, list[str]]) -> None:
    connection = opened(small[0], b"")
    assert is_closed(connection, within=60)
    connection.close()


def test_an_answer_that_nobody_reads_is_given_up(small: tuple[int, list[str]]) -> None:
    port, ended = small
    connection = opened(port, b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
    deadline = time.monotonic() + 60
    while not ended and time.monotonic() < deadline:
        time.sleep(0.1)
    assert ended == ["long"], "its thread is free again"
    connection.close()
