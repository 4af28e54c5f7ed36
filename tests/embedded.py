"""A pytest plugin that gives tests their own embedded servers in their own folder, started when first needed.

Loaded by `-p` before Django's settings are, because the settings read the data folder. The processes of one run share
a prepared data folder, so that a cluster is made and migrated once.
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

_RUN_IS_OURS = "TESTS_SHARED_FOLDER" not in os.environ
if _RUN_IS_OURS:
    os.environ["TESTS_SHARED_FOLDER"] = tempfile.mkdtemp(prefix="hhreview-run-")
_SHARED = Path(os.environ["TESTS_SHARED_FOLDER"])
_FOLDER = Path(tempfile.mkdtemp(prefix="hhreview-tests-"))
os.environ["HHREVIEW_DATA_DIR"] = str(_FOLDER)


def settings_in(names: Iterable[str]) -> list[str]:
    """Return the variables that configure an installation, which tests ignore, but not HHREVIEW_TEST_…."""
    kept = ("HHREVIEW_TEST_", "HHREVIEW_DATA_DIR")
    return [name for name in names if name.startswith("HHREVIEW_") and not name.startswith(kept)]


for _name in settings_in(os.environ):
    del os.environ[_name]
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Commands are started more than a hundred times: what Python compiles is kept, whatever the shell says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
LONGEST = (
    "tests/faults/test_killed_and_hung.py",
    "tests/views/test_every_door.py",
    "tests/e2e/test_typed_at_the_desk.py",
    "tests/views/test_nobody_else.py",
    "tests/project/test_compose.py",
    "tests/e2e/test_accessible.py",
    "tests/engine/test_reading_pages.py",
    "tests/project/test_up.py",
    "tests/jobs/test_intake_cases.py",
    "tests/commands/test_tune.py",
    "tests/project/test_web_server.py",
    "tests/api/test_schemathesis.py",
    "tests/e2e/test_typed_forms.py",
    "tests/jobs/test_workers.py",
    "tests/project/test_surroundings.py",
    "tests/samples/test_drawing.py",
    "tests/faults/test_full_at_start.py",
    "tests/e2e/test_keeping.py",
    "tests/e2e/test_describing.py",
    "tests/faults/test_disk_full.py",
    "tests/project/test_translations.py",
    "tests/e2e/test_intake.py",
    "tests/e2e/test_large_view.py",
    "tests/e2e/test_keys.py",
    "tests/jobs/test_stages.py",
    "tests/e2e/test_seeing.py",
    "tests/project/test_private.py",
    "tests/e2e/test_table.py",
    "tests/engine/test_second_reader.py",
    "tests/engine/test_leaning_pages.py",
    "tests/e2e/test_queue.py",
    "tests/e2e/test_room.py",
    "tests/e2e/test_every_key.py",
    "tests/samples/test_make_sample.py",
    "tests/e2e/test_mouse.py",
    "tests/engine/test_text_encoder.py",
    "tests/views/test_history.py",
    "tests/e2e/test_drafts.py",
    "tests/views/test_typed_forms.py",
    "tests/jobs/test_learning.py",
    "tests/project/test_upgrade.py",
    "tests/project/test_glossary.py",
)
"""The files that take longest. If one began last, one process would still run after the others have ended.

Those that mostly wait stand apart from each other: two at once would leave a processor with nothing to do.
"""
# Languages of OCR that this machine happens to have change no test.
os.environ["TESSDATA_PREFIX"] = str(Path(sys.prefix) / "share" / "tessdata")
# A busy machine may take longer for an example than Hypothesis allows.
settings.register_profile("busy", settings.default, deadline=None)
settings.load_profile("busy")


def prepare(data: Path) -> None:
    """Create a data folder as after `manage.py migrate`, a copy of one that is made once per run."""
    made = _SHARED / "prepared"
    with (_SHARED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            growing = _SHARED / "growing"
            done = subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=Path(__file__).resolve().parents[1],
                env={**os.environ, "HHREVIEW_DATA_DIR": str(growing)},
                capture_output=True,
                text=True,
                timeout=300,
            )
            assert done.returncode == 0, done.stderr
            growing.rename(made)
    shutil.copytree(made, data, symlinks=True, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def embedded_servers() -> Iterator[None]:
    """A real PostgreSQL with pgvector and a real Redis, for the whole session."""
    import psycopg

    from hhreview import local

    prepare(_FOLDER)
    with local.servers() as paths:
        with psycopg.connect(f"host={paths.sockets} user=postgres dbname=postgres", autocommit=True) as connection:
            # The cluster is thrown away afterwards: what it writes need not reach the disk.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("SELECT pg_reload_conf()")
        yield


def pytest_collectstart() -> None:
    """Collect tests without garbage collection, which would find hardly anything and take a fifth of the time."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, since processes take files in this order (`make test`)."""
    begins = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: begins.get(item.nodeid.partition("::")[0], len(begins)))


def pytest_collection_finish() -> None:
    """Exclude what was imported and collected from garbage collection, since it stays until the end."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_sessionfinish() -> None:
    """Collect garbage once: pytest does it five times at the end, through all that was ever imported."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Remove the folders."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    if _RUN_IS_OURS:
        shutil.rmtree(_SHARED, ignore_errors=True)
