"""`manage.py up` and the embedded servers, as real processes in a data folder of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from hhreview.servers.starting import end, wait_for_end
from tests.embedded import prepare

ROOT = Path(__file__).resolve().parents[2]


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HHREVIEW_")}
    return {**kept, "HHREVIEW_DATA_DIR": str(data)}


def _manage(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=_environment(data), capture_output=True, text=True, timeout=120)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family_of(data: Path) -> list[str]:
    """Command lines of all processes that name this data folder, or were started with it in their environment."""
    family = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            line = " ".join(process.info["cmdline"] or [])
            if process.pid != os.getpid() and (
                str(data) in line or process.environ().get("HHREVIEW_DATA_DIR") == str(data)
            ):
                family.append(line)
        except psutil.Error:
            continue
    return family


@contextmanager
def _up(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "up", "--port", str(port)]
    log = data.parent / f"up-{port}.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=_environment(data), stdout=output, stderr=output)
    try:
        _wait_for(lambda: "answers at" in log.read_text(), process)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(60)


def _wait_for(happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while not happened():
        assert process.poll() is None, "up ended before it answered"
        assert time.monotonic() < deadline, "up did not answer"
        time.sleep(0.1)


def _health(port: int) -> dict[str, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=10) as response:
        answer: dict[str, str] = json.load(response)
        return answer


def _written(data: Path) -> list[Path]:
    return [path for path in (data, *data.rglob("*")) if not path.is_symlink()]


def _open_to_others(data: Path) -> list[Path]:
    return [path for path in _written(data) if path.stat().st_mode & 0o077]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for tests that need not see how its database is made; each leaves nothing running."""
    folder = tmp_path_factory.mktemp("used") / "data"
    prepare(folder)
    return folder


def test_a_set_ends_with_its_keeper_and_the_next_start_stops_what_is_left_and_ctrl_c_all(used: Path) -> None:
    """What is left stands for a child of the keeper, as where no kernel ends the children with it."""
    port = _free_port()
    with _up(used, port) as process:
        assert _health(port) == {"database": "ok", "redis": "ok"}
        second = _manage(used, "up", "--port", str(_free_port()))
        assert second.returncode == 1
        assert f"already running for {used}: http://127.0.0.1:{port}/" in second.stderr
        process.kill()
        process.wait(10)
        gone = time.monotonic() + 90
        while _family_of(used):  # the databases are stopped in good order
            assert time.monotonic() < gone, _family_of(used)
            time.sleep(0.1)
    left = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        env={**_environment(used), "HHREVIEW_KEPT_FOR": str(used)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with _up(used, port) as process:
            assert left.wait(30) == -signal.SIGKILL
            assert _health(port) == {"database": "ok", "redis": "ok"}
            assert len([line for line in _family_of(used) if "hhreview.web" in line]) == 1
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
    finally:
        left.kill()
        left.wait()
    assert _family_of(used) == []
    assert used / "logs" / "web.log" in _written(used)
    assert _open_to_others(used) == []


def test_a_taken_port_is_named(used: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = _manage(used, "up", "--port", str(port))
    assert refused.returncode == 1
    assert f"can’t listen at 127.0.0.1:{port}" in refused.stderr
    assert "--port" in refused.stderr


def test_a_failed_start_says_which_part_failed_and_where_its_log_is(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("9\n")
    failed = _manage(data, "migrate")
    assert failed.returncode == 1
    assert "PostgreSQL did not start" in failed.stderr
    assert str(data / "logs" / "postgres.log") in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["up", "--scans", "nowhere"], "nowhere"), (["upp"], "upp"), (["process", "--unheard-of"], "slug")],
)
def test_what_is_asked_wrongly_starts_no_server(tmp_path: Path, arguments: list[str], word: str) -> None:
    done = _manage(tmp_path / "data", *arguments)
    assert done.returncode in (1, 2)
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "data/logs").iterdir())


def test_an_unwritable_data_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    failed = _manage(tmp_path / "file" / "data", "migrate")
    assert failed.returncode == 1
    assert "HHREVIEW_DATA_DIR" in failed.stderr
    assert "Traceback" not in failed.stderr


AT_WORK = """
import sys, time
from hhreview import command
def work():
    try:
        print("at work", flush=True)
        time.sleep(60)
    finally:
        print("taken away", flush=True)
command._load = work
sys.argv = ["manage.py", "check"]
command.main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_takes_away_what_it_half_made(number: signal.Signals) -> None:
    command = [sys.executable, "-c", AT_WORK]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert (output, errors, process.returncode) == ("taken away\n", "Stopped.\n", 1)


def test_commands_find_the_servers_and_the_last_one_out_stops_them(data: Path) -> None:
    prepare(data)  # by migrate in an empty folder, as all that the tests use
    assert _manage(data, "migrate", "--verbosity", "0").returncode == 0
    assert _family_of(data) == []
    assert _open_to_others(data) == []
    shown = _manage(data, "showmigrations", "clustering")
    assert "[X] 0001_squashed" in shown.stdout
    forgotten = _manage(data, "forget_data")
    assert "postgres" in forgotten.stdout
    assert not (data / "postgres").exists()


NEGLECTFUL = """
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
input()
"""


def test_a_process_is_gone_though_nobody_collects_its_exit_code() -> None:
    """As in a container whose first process does not do it: a stop would wait for a minute, and fail."""
    with subprocess.Popen(
        [sys.executable, "-c", NEGLECTFUL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert wait_for_end([child], 0) == [child]
        began = time.monotonic()
        end(child, signal.SIGTERM)
        assert time.monotonic() - began < 20
        assert child.status() == psutil.STATUS_ZOMBIE
        parent.communicate("\n")
    assert wait_for_end([child], 20) == []


def test_what_a_crash_leaves_is_cleared_away_by_the_next_start(data: Path) -> None:
    growing = data / "postgres.new"
    growing.mkdir(parents=True)
    (growing / "PG_VERSION").write_text("18\n")  # the making of the database was cut short
    assert _manage(data, "showmigrations", "clustering").returncode == 0
    assert not growing.exists()
    # The numbers of the servers are another process's by now, and Redis wrote onto a full disk.
    for name in ("postgres/postmaster.pid", "postgres/.s.PGSQL.5432.lock", "run/redis.pid", "run/caretaker.lock"):
        (data / name).write_text(f"{os.getpid()}\n{data / 'postgres'}\n1\n5432\n.\n\n")
    (data / "redis" / "appendonly.aof").write_bytes(b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\nGARBAGE\r\n*3\r\n")
    again = _manage(data, "showmigrations", "clustering")
    assert again.returncode == 0, again.stderr
    assert "0001_squashed" in again.stdout
    assert (data / "redis" / "appendonly.aof.damaged").exists()
    assert _family_of(data) == []
