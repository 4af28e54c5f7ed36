"""A whole installation run by `manage.py up`, with two long jobs and a person who acts all the time."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import psycopg

from hhreview.servers.starting import ServerPaths
from tests.faults import resting
from tests.jobs.conftest import ENOUGH_WORDS, draw_page

ROOT = Path(__file__).resolve().parents[2]
TWO_MINUTES = 120.0
HEARTBEAT_SECONDS = 5
PATIENCE_SECONDS = 15
PAGES = 60_000
"""More pages than both jobs can process while the tests run."""
_IMPORT_AND_MAKE_TOKEN = """
from clustering.models import User
from django.core.management import call_command
from clustering.accounts.tokens import make_token
call_command("import_pages", "afl", {scans!r})
user = User.objects.create_superuser("reviewer", password="none of this is signed in with")
print("token", make_token(user, name="faults", scope="write", days=None)[1])
"""
_ACTS_OF_THE_REVIEWER = "SELECT act_id FROM clustering_edit WHERE verb = 'mark' AND summary LIKE '%not a document%'"
_COPY_THE_PAGE = """
INSERT INTO clustering_page
  (collection_id, position, identifier, pid, label, filename, sha256, size_bytes, media_type, width, height, role,
   restricted, restricted_reason)
SELECT collection_id, n, 'copy ' || n, '', '', filename, sha256, size_bytes, media_type, width, height, '', false, ''
FROM clustering_page, generate_series(2, %s) AS n
"""


class Desk:
    """One data folder and its `up`."""

    def __init__(self, data: Path, home: Path, **settings: str) -> None:
        self.data, self.home, self.paths = data, home, ServerPaths(data)
        self.log = home / "up.txt"
        self.conninfo = f"host={self.paths.sockets} user=postgres dbname=hhreview connect_timeout=5"
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HHREVIEW_")}
        self.environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": resting.__name__,
            "PYTHONPATH": str(ROOT),
            "HHREVIEW_DATA_DIR": str(data),
            "HHREVIEW_HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
            "HHREVIEW_PATIENCE_SECONDS": str(PATIENCE_SECONDS),
            "HHREVIEW_SLICE_SECONDS": "3",
            "HHREVIEW_ENCODER": "efficientnet-lite0@64",
            "OMP_NUM_THREADS": "1",
            "HHREVIEW_THREADS": "1",  # jobs only have to go on; other tests want the processors
            **settings,
        }
        self.up: subprocess.Popen[Any] | None = None
        self.token = ""
        self.jobs: tuple[str, ...] = ()

    def manage(self, *arguments: str) -> str:
        """Run a command and return its output; it must succeed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """Start `up`, and return when it responds."""
        command = [sys.executable, "manage.py", "up", "--port", str(self.port)]
        with self.log.open("ab") as output:
            before = output.tell()
            self.up = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
        self.until(lambda: "answers at" in self.log.read_bytes()[before:].decode(), "up answers")

    def start_twice_at_once(self) -> str:
        """Start two at different ports, keep the one that runs, and return the output of the other."""
        starts = {}
        for port in (self.port, free_port()):
            command = [sys.executable, "manage.py", "up", "--port", str(port)]
            starts[port] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
        try:
            self.until(lambda: any(start.poll() is not None for start in starts.values()), "one gives up")
            (output,) = [start.communicate()[1] for start in starts.values() if start.poll() is not None]
            self.port, self.up = next((port, start) for port, start in starts.items() if start.poll() is None)
            self.until(self.healthy, "the other one answers")
        except BaseException:
            for start in starts.values():
                start.kill()
            raise
        return output

    def has_another(self, words: str, pid: int) -> bool:
        """Whether `up` has such a child process other than this one."""
        assert self.up is not None
        children = psutil.Process(self.up.pid).children()
        return any(words in " ".join(_cmdline(child)) and child.pid != pid for child in children)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.up is not None and self.up.poll() is None:
            self.up.send_signal(signal.SIGINT)
            self.up.wait(60)

    def until(self, true: Callable[[], object], what: str) -> None:
        """Wait until a condition is true, and fail with the terminal's output after two minutes."""
        deadline = time.monotonic() + TWO_MINUTES
        while not true():
            assert time.monotonic() < deadline, f"{what}: not within two minutes\n{self.log.read_text()}"
            time.sleep(0.1)

    def logged(self, words: str) -> bool:
        """Whether the terminal shows it."""
        return words in self.log.read_text()

    def part(self, words: str) -> psutil.Process:
        """The child of `up` whose command line has these words."""
        assert self.up is not None
        matching = [child for child in psutil.Process(self.up.pid).children() if words in " ".join(_cmdline(child))]
        assert len(matching) == 1, (words, matching, self.log.read_text())
        return matching[0]

    def ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Return the status and JSON of a response, or (0, reason) if there is none."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def healthy(self) -> bool:
        """Whether the web server reports that all is well."""
        return self.ask("/healthz/")[0] == 200

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return rows of the installation's database, waiting for it if necessary."""
        deadline = time.monotonic() + TWO_MINUTES
        while True:
            try:
                with psycopg.connect(self.conninfo, autocommit=True) as connection:
                    cursor = connection.execute(query.encode(), values or None)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.2)

    def fill(self, *kinds: str) -> None:
        """Create a collection of many pages, all of one scan, and launch two long jobs: "embed" and "read"."""
        scans = self.home / "scans"
        scans.mkdir()
        draw_page(f"MEETING OF THE LOCAL\nPage 1\nPlease come and vote\n{ENOUGH_WORDS}").save(scans / "afl_0001.jpg")
        script = _IMPORT_AND_MAKE_TOKEN.format(scans=str(scans))
        self.token = self.manage("shell", "--no-imports", "--command", script).rpartition("token ")[2].strip()
        self.sql(_COPY_THE_PAGE, PAGES)
        self.jobs = kinds
        for kind in kinds:
            status, body = self.ask("/api/v1/collections/afl/jobs", {"kind": kind})
            assert status == 202, body

    def work(self) -> dict[str, int]:
        """Return the number of pages that each job has done."""
        rows = self.sql(
            "SELECT 'embed', count(*) FROM clustering_embedding UNION SELECT 'read', count(*) FROM clustering_reading"
        )
        return {str(kind): int(count) for kind, count in rows}

    def _has_done_more(self, kind: str, before: dict[str, int]) -> bool:
        return self.work()[kind] > before[kind]

    def goes_on(self) -> None:
        """Wait until the jobs do more without help, within two minutes."""
        before = self.work()
        for kind in self.jobs:
            self.until(partial(self._has_done_more, kind, before), f"{kind} goes on")
        states = self.sql("SELECT kind, state, error FROM clustering_job WHERE kind = ANY(%s)", list(self.jobs))
        assert {state for _, state, _ in states} <= {"queued", "running"}, states


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def reviewing(desk: Desk) -> Iterator[list[uuid.UUID]]:
    """Mark one page after the other, and send each act until there is a response, as the browser does.

    Yields the acts that were answered with 200: by the end each of them stands in the journal, once.
    """
    answered: list[uuid.UUID] = []
    over = Event()

    def review() -> None:
        for position in range(1, PAGES):
            act = uuid.uuid4()
            body = {"pages": [position], "role": "other", "act_id": str(act)}
            while desk.ask("/api/v1/collections/afl/acts/mark", body)[0] != 200:
                if over.wait(0.5):
                    return
            answered.append(act)
            if over.wait(0.2):
                return

    thread = Thread(target=review, daemon=True)
    thread.start()
    try:
        yield answered
    finally:
        over.set()
        thread.join()
    kept = {act for (act,) in desk.sql(_ACTS_OF_THE_REVIEWER)}
    assert set(answered) <= kept, "an act that was answered is lost"
    assert len(kept) - len(set(answered)) <= 1, "only the last one may have been done without its answer coming through"
    others = desk.sql("SELECT count(*) FROM clustering_page WHERE role = 'other'")
    assert others == [(len(kept),)]
