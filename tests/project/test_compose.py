"""docker-compose.yml, without a Docker engine: it fits the Compose Specification, and its commands really run."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from compose_spec import PyCompose

from hhreview.processes import QUEUES
from hhreview.servers.starting import ServerPaths

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")
IN_PRODUCTION = {
    "HHREVIEW_ALLOWED_HOSTS": "desk.example.org",
    "HHREVIEW_BEHIND_PROXY": "1",
    "HHREVIEW_HTTPS": "1",
    "HHREVIEW_SSL_REDIRECT": "1",
}
CLAIMS = "GET /api/v1/me HTTP/1.1\r\nAuthorization: Bearer hhr_no\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.7"
"""Of a visitor who claims to be 6.6.6.6; the proxy before ours, if there is one, saw 203.0.113.7."""
QUICKLY = "12"
"""Seconds of patience: a keeper asks its worker every two seconds then."""
TWO_AT_ONCE = ["--concurrency", "2"]
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
    workers = {f"worker-{queue}" for queue in QUEUES}
    assert set(checked.service_names()) == {"db", "redis", "migrate", "web", "proxy", "beat"} | workers


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
    for name in ("db", "redis", "web", "proxy", *(f"worker-{queue}" for queue in QUEUES)):
        assert services[name]["healthcheck"]["test"], name
    for name in ("web", *(f"worker-{queue}" for queue in QUEUES)):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    instructions = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in instructions if line.startswith("USER ")]
    assert users == ["hhreview"]


# --- The same commands, on this machine -------------------------------------------------------------------------


def _environment(service: str, data: Path, **more: str) -> dict[str, str]:
    """What the container would see, with this machine's servers in place of db and redis."""
    paths = ServerPaths(Path(os.environ["HHREVIEW_DATA_DIR"]))
    given = {
        name: value
        for name, value in _compose()["services"][service]["environment"].items()
        if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(data),
        "TMPDIR": str(data),
        "HHREVIEW_DATA_DIR": str(data),
        "DATABASE_URL": f"postgresql://postgres@/compose?host={paths.sockets}",
        # A database number of its own: the broker of this set hears nothing of other tests'.
        "REDIS_URL": f"unix://{paths.sockets / 'redis.sock'}?db=7",
        **given,
        **more,
    }


@pytest.fixture(scope="module")
def data(embedded_servers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder, and an empty database that the migrate service has to fill."""
    import psycopg

    paths = ServerPaths(Path(os.environ["HHREVIEW_DATA_DIR"]))
    with psycopg.connect(f"host={paths.sockets} user=postgres dbname=postgres", autocommit=True) as connection:
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
    assert "Applying clustering.0001_squashed" in done.stdout
    return data


@contextmanager
def _running(
    service: str, data: Path, *, swap: dict[str, str] | None = None, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    command = [(swap or {}).get(word, word) for word in _compose()["services"][service]["command"]]
    log = data / f"{service}.log"
    for noted in data.glob("hhreview-*-answered"):  # another container's
        noted.unlink()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environment(service, data, **more), stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _checked(service: str, data: Path) -> bool:
    """What the health check of a worker finds now."""
    command = _compose()["services"][service]["healthcheck"]["test"][1]
    return subprocess.run(["sh", "-c", command], env=_environment(service, data), capture_output=True).returncode == 0


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


def _worker_passes(service: str, data: Path, process: subprocess.Popen[bytes]) -> bool:
    return _passes(_compose()["services"][service]["healthcheck"]["test"], service, data, process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _web(data: Path, **more: str) -> Iterator[int]:
    """The web service at a port of this machine, as soon as its own health check passes."""
    port = _free_port()
    check = [word.replace(":8000", f":{port}") for word in _compose()["services"]["web"]["healthcheck"]["test"]]
    with _running("web", data, swap={"0.0.0.0": "127.0.0.1", "8000": str(port)}, **more) as process:
        assert _passes(check, "web", data, process)
        yield port


@contextmanager
def _proxy(tmp_path: Path, web: int) -> Iterator[int]:
    """Caddy with the Caddyfile that compose mounts, at a port of this machine, with a certificate of its own."""
    mounted = next(volume for volume in _compose()["services"]["proxy"]["volumes"] if "Caddyfile" in volume)
    port = _free_port()
    environment = {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "HHREVIEW_SITE": "desk.example.org",
        "HHREVIEW_TLS": "tls internal",
        "HHREVIEW_WEB": f"127.0.0.1:{web}",
    }
    adapt = [BIN / "caddy", "adapt", "--config", ROOT / mounted.partition(":")[0], "--adapter", "caddyfile"]
    config = json.loads(subprocess.run(adapt, env=environment, capture_output=True, check=True).stdout)
    # The two ports that are published, as ports that anybody may open; the interface on 2019 may be another test's.
    config["admin"] = {"disabled": True}
    config["apps"]["http"] |= {"http_port": _free_port(), "https_port": port}
    config["apps"]["http"]["servers"]["srv0"]["listen"] = [f"127.0.0.1:{port}"]
    (tmp_path / "caddy.json").write_text(json.dumps(config))
    with (tmp_path / "caddy.log").open("wb") as output:
        command = [str(BIN / "caddy"), "run", "--config", str(tmp_path / "caddy.json")]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None, (tmp_path / "caddy.log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "caddy.log").read_text()
            try:
                _secure(port).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _secure(port: int) -> ssl.SSLSocket:
    """A connection as a browser makes it that was told to trust the certificate."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), 20)
    return trusting.wrap_socket(plain, server_hostname="desk.example.org")


def _asked(port: int, head: str) -> str:
    with _secure(port) as connection:
        connection.sendall(f"{head}\r\nHost: desk.example.org\r\nConnection: close\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            return answer.read().decode(errors="replace")


def test_the_proxy_serves_the_desk_over_https_while_many_clients_send_half_a_request(
    migrated: Path, tmp_path: Path
) -> None:
    """As .env.example has it: the health check asks by number, over HTTP; the desk has another name and speaks HTTPS.

    A visitor who claims to be 6.6.6.6 is known by what the proxy saw.
    """
    form = "POST /sign-in/ HTTP/1.1\r\nHost: desk.example.org\r\nContent-Length: 100000\r\n\r\nusername=al"
    with _web(migrated, **IN_PRODUCTION) as web, _proxy(tmp_path, web) as port, ExitStack() as stack:
        for sent in ("", "GET / HTT", "GET / HTTP/1.1\r\nHost: desk.example.org\r\nX-Slow: ", form):
            for _ in range(40):
                connection = stack.enter_context(_secure(port))
                connection.sendall(sent.encode())
        began = time.monotonic()
        assert '"database": "ok"' in _asked(port, "GET /healthz/ HTTP/1.1")
        page = _asked(port, "GET /sign-in/ HTTP/1.1")
        assert page.startswith("HTTP/1.1 200"), "no redirect to HTTPS: the desk believes that it is reached by it"
        assert "Secure" in page.partition("csrftoken")[2].partition("\r\n")[0]
        packed = _asked(port, "GET /sign-in/ HTTP/1.1\r\nAccept-Encoding: gzip")
        assert "content-encoding: gzip" in packed.partition("\r\n\r\n")[0].lower()
        assert time.monotonic() - began < 10
        assert _asked(port, CLAIMS).startswith("HTTP/1.1 401")
    assert "Token refused: one that never was from 127.0.0.1." in (migrated / "web.log").read_text()


def test_where_two_proxies_are_ours_the_first_of_them_tells_who_asks(migrated: Path, tmp_path: Path) -> None:
    """Without HTTPS and another name, which is how the file has it where .env says nothing of them."""
    more = {"HHREVIEW_BEHIND_PROXY": "1", "HHREVIEW_ALLOWED_HOSTS": "desk.example.org", "HHREVIEW_PROXIES": "2"}
    with _web(migrated, **more) as web, _proxy(tmp_path, web) as port:
        assert _asked(port, CLAIMS).startswith("HTTP/1.1 401")
    assert "Token refused: one that never was from 203.0.113.7." in (migrated / "web.log").read_text()


def test_workers_differ_by_their_queues_and_by_how_much_they_do_at_once() -> None:
    """The default one is run, asked and frozen below; `manage.py up` runs one of each."""
    services = _compose()["services"]
    default = services["worker-default"]
    plain = {**default, "command": default["command"][: -len(TWO_AT_ONCE)]}
    assert default["command"] == [*plain["command"], *TWO_AT_ONCE]
    for queue in QUEUES:
        if queue != "default":
            wanted = json.loads(json.dumps(plain).replace("default", queue))
            assert services[f"worker-{queue}"] == wanted


def test_a_frozen_worker_is_replaced_and_both_end_when_the_container_is_stopped(migrated: Path) -> None:
    with _running("worker-default", migrated, HHREVIEW_PATIENCE_SECONDS=QUICKLY) as process:
        assert _worker_passes("worker-default", migrated, process)
        (frozen,) = psutil.Process(process.pid).children()
        frozen.send_signal(signal.SIGSTOP)
        healthy = [True]
        deadline = time.monotonic() + 180
        while frozen.is_running() and frozen.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, (migrated / "worker-default.log").read_text()
            time.sleep(0.5)
            healthy.append(_checked("worker-default", migrated))
        assert not healthy[-1], "it is found while it is frozen"
        assert _worker_passes("worker-default", migrated, process)
        (other,) = psutil.Process(process.pid).children()
        assert other.pid != frozen.pid
        process.terminate()
        assert process.wait(90) == 0
        assert not other.is_running()


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
    static = tmp_path / "static"
    names = json.loads((static / "staticfiles.json").read_text())["paths"]
    lasting = {static / name for name in names.values()}
    imported = [
        (module.parent / name).resolve()
        for module in lasting
        if module.suffix == ".js" and "vendor" not in module.parts
        for name in re.findall(r"""^(?:import|export)[^;]*?["'](\.[^"']+)["'];""", module.read_text(), re.MULTILINE)
    ]
    assert len(imported) > 100
    assert set(imported) <= lasting, "A browser would ask for these modules again and again."
