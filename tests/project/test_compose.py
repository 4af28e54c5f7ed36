"""docker-compose.yml, without a Docker engine: it fits the Compose Specification, and its commands really run."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from hhreview.servers.starting import Places

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")
FILLED_IN = {"POSTGRES_PASSWORD": "a-password", "HHREVIEW_SECRET_KEY": "a-key-for-tests-only"}


def _interpolate(text: str, values: dict[str, str]) -> str:
    """Compose's own ${NAME:-default} and ${NAME:?message}."""

    def put(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        value = values.get(match["name"], "")
        if not value and match["kind"] == "?":
            raise KeyError(match["rest"])
        return value or (match["rest"] or "" if match["kind"] == "-" else "")

    return _VARIABLE.sub(put, text)


def _compose() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(_interpolate(text, FILLED_IN))
    return {name: part for name, part in loaded.items() if not name.startswith("x-")}


def test_the_file_fits_the_compose_specification() -> None:
    checked = PyCompose.from_yaml(yaml.safe_dump(_compose()))
    checked.validate()
    expected = {"db", "redis", "migrate", "web", "worker-vision", "worker-default", "beat"}
    assert set(checked.service_names()) == expected


@pytest.mark.parametrize("name", sorted(FILLED_IN))
def test_a_missing_secret_stops_the_start_with_its_name(name: str) -> None:
    values = {key: value for key, value in FILLED_IN.items() if key != name}
    with pytest.raises(KeyError, match=f"Set {name} in .env"):
        _interpolate((ROOT / "docker-compose.yml").read_text(encoding="utf-8"), values)


def test_every_variable_of_the_file_stands_in_the_example() -> None:
    used = {match["name"] for match in _VARIABLE.finditer((ROOT / "docker-compose.yml").read_text()) if match["name"]}
    shown = set(re.findall(r"^(?:# )?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used <= shown


def test_services_wait_for_health_and_do_not_run_as_root() -> None:
    services = _compose()["services"]
    for name in ("db", "redis", "web", "worker-vision", "worker-default"):
        assert services[name]["healthcheck"]["test"], name
    for name in ("web", "worker-vision", "worker-default"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    instructions = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in instructions if line.startswith("USER ")]
    assert users == ["hhreview"]


# --- The same commands, on this machine -------------------------------------------------------------------------


def _environment(service: str, data: Path, **more: str) -> dict[str, str]:
    """What the container would see, with this machine's servers in place of db and redis."""
    places = Places(Path(os.environ["HHREVIEW_DATA_DIR"]))
    given = {
        name: value
        for name, value in _compose()["services"][service]["environment"].items()
        if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(data),
        "HOSTNAME": socket.gethostname(),
        "HHREVIEW_DATA_DIR": str(data),
        "DATABASE_URL": f"postgresql://postgres@/compose?host={places.sockets}",
        # A database number of its own: the broker of this set hears nothing of other tests'.
        "REDIS_URL": f"unix://{places.sockets / 'redis.sock'}?db=7",
        **given,
        **more,
    }


@pytest.fixture(scope="module")
def data(embedded_servers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder, and an empty database that the migrate service has to fill."""
    import psycopg

    places = Places(Path(os.environ["HHREVIEW_DATA_DIR"]))
    with psycopg.connect(f"host={places.sockets} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE compose")
        yield tmp_path_factory.mktemp("compose")
        connection.execute("DROP DATABASE compose WITH (FORCE)")


@pytest.fixture(scope="module")
def migrated(data: Path) -> Path:
    command = _compose()["services"]["migrate"]["command"]
    done = subprocess.run(
        command, cwd=ROOT, env=_environment("migrate", data), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "Applying clustering.0001_first" in done.stdout
    return data


@contextmanager
def _running(service: str, data: Path, *, swap: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    command = [(swap or {}).get(word, word) for word in _compose()["services"][service]["command"]]
    log = data / f"{service}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=_environment(service, data), stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _passes(check: list[str], service: str, data: Path, process: subprocess.Popen[bytes]) -> bool:
    """Whether the service's own health check passes within a minute."""
    command = ["sh", "-c", check[1]] if check[0] == "CMD-SHELL" else check[1:]
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, (data / f"{service}.log").read_text()
        if subprocess.run(command, cwd=ROOT, env=_environment(service, data), capture_output=True).returncode == 0:
            return True
        time.sleep(0.5)
    return False


def test_the_web_command_serves_and_passes_its_health_check(migrated: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    check = [word.replace(":8000", f":{port}") for word in _compose()["services"]["web"]["healthcheck"]["test"]]
    with _running("web", migrated, swap={"0.0.0.0:8000": f"127.0.0.1:{port}"}) as process:
        assert _passes(check, "web", migrated, process)


@pytest.mark.parametrize("service", ["worker-vision", "worker-default"])
def test_a_worker_command_answers_its_health_check(migrated: Path, service: str) -> None:
    with _running(service, migrated) as process:
        assert _passes(_compose()["services"][service]["healthcheck"]["test"], service, migrated, process)


def test_the_beat_command_sends_what_is_due(migrated: Path) -> None:
    with _running("beat", migrated, swap={"/data/cache/beat": str(migrated / "beat")}) as process:
        log = migrated / "beat.log"
        deadline = time.monotonic() + 60
        while "beat: Starting" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)


def test_the_image_can_collect_its_static_files(tmp_path: Path) -> None:
    """Every {% static %} and every url() in a style sheet must name a file that is there."""
    line = next(
        part for part in (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines() if "collectstatic" in part
    )
    words = shlex.split(line.removeprefix("RUN "))
    given = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    command = [word for word in words if not re.match(r"[A-Z_]+=", word)]
    environment = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HHREVIEW_COLLECTED_STATIC": "1",
        "HHREVIEW_STATIC_ROOT": str(tmp_path / "static"),
        **given,
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()
