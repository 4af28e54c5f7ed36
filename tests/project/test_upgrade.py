"""The data of every release, as it was dumped then, comes through to this version, step by step.

An empty database takes one migration instead of the steps, and ends with the same schema.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from hhreview.servers.starting import ServerPaths
from tests.project.release_dump import ACTS, PASSWORD, RELEASES, SLUG, dump

ROOT = Path(__file__).resolve().parents[2]
DUMPS = sorted(RELEASES.glob("*.sql.gz"))
BETWEEN = "0019_described_search"
"""A step at which a development version may have left a database."""
RENAMED = {
    "clustering_notification_said_not_null": "clustering_notification_message_not_null",
    "clustering_page_turn_check": "clustering_page_chosen_rotation_check",
    "clustering_personalfinding_found_not_null": "clustering_personalfinding_found_at_not_null",
}
"""What PostgreSQL named by itself after columns that have other names since. Nobody asks for these by name."""
LOOK = """
import django, json; django.setup()
from clustering.actions import flag_group, restore_collection, undo_edit
from clustering.models import ApiToken, Collection, Edit, Embedding, Group, Page, Reading, Run, SeamScore, User
collection, alice = Collection.objects.get(slug=%(slug)r), User.objects.get(username="alice")
counts = {"edits": Edit.objects.count(), "version": collection.version}
flag = flag_group(collection.groups.filter(flagged=False).first(), note="after the upgrade", actor=alice)
undo_edit(collection, actor=alice, edit=flag)
first = collection.edits.order_by("sequence").first()
restore_collection(collection, to=first, actor=alice)
data = {
    "password": alice.check_password(%(password)r),
    "roles": sorted(django.apps.apps.get_model("auth", "Group").objects.values_list("name", flat=True)),
    **counts, "verbs": list(collection.edits.order_by("-sequence").values_list("verb", flat=True)[:3]),
    "pages": Page.objects.count(), "groups": Group.objects.count(), "runs": Run.objects.count(),
    "readings": Reading.objects.count(), "embeddings": Embedding.objects.count(), "scores": SeamScore.objects.count(),
    "tokens": ApiToken.objects.usable().count(),
}
print(json.dumps(data))
"""


@contextmanager
def copied(sql: str, name: str = "copied") -> Iterator[str]:
    """A database for a while, made by these statements."""
    with psycopg.connect(f"host={_paths().sockets} user=postgres dbname=postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        url = f"postgresql://postgres@/{name}?host={_paths().sockets}"
        with psycopg.connect(url, autocommit=True) as filling:
            filling.execute(sql)
        try:
            yield url
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.name.removesuffix(".sql.gz"))
def released(request: pytest.FixtureRequest, embedded_servers: None) -> Iterator[str]:
    """A database as a release left it."""
    with copied(gzip.decompress(request.param.read_bytes()).decode(), "released") as url:
        yield url


def test_the_data_of_a_release_comes_through(released: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HHREVIEW_")}
    named = {"DATABASE_URL": released, "REDIS_URL": os.environ.get("REDIS_URL") or _redis(), "HHREVIEW_SECRET_KEY": "a"}
    environment = {**kept, **named, "HHREVIEW_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hhreview.settings"}

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("manage.py", "migrate", "clustering", BETWEEN, "--no-input")
    run("manage.py", "migrate", "--no-input")
    assert schema_of("released") == schema_of("hhreview")
    data = json.loads(run("-c", LOOK % {"slug": SLUG, "password": PASSWORD}).splitlines()[-1])
    assert data["password"]
    assert data["roles"] == ["archivists", "viewers"]
    assert data["edits"] > ACTS
    assert data["version"] == data["edits"]
    assert data["verbs"] == ["restore", "undo", "flag"]  # the journal of then can be read, back to its beginning
    assert all(data[rows] > 0 for rows in ("pages", "groups", "runs", "readings", "embeddings", "scores"))
    assert data["tokens"] == 1


def _redis() -> str:
    return f"unix://{_paths().sockets / 'redis.sock'}?db=6"


def _paths() -> ServerPaths:
    return ServerPaths(Path(os.environ["HHREVIEW_DATA_DIR"]))


def schema_of(database: str) -> str:
    """Return all that defines a database's tables, as a copy of it does.

    PostgreSQL writes some conditions of constraints in other words after they came through a dump.
    """
    with copied(_without_psql(dump(_paths(), database, "--schema-only"))) as copy:
        with psycopg.connect(copy) as renaming:
            query = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conname = ANY(%s)"
            for table, name in renaming.execute(query, [list(RENAMED)]).fetchall():
                renaming.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {name} TO {RENAMED[name]}")
        return _without_psql(dump(_paths(), "copied", "--schema-only"))


def _without_psql(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.startswith("\\"))


@pytest.mark.django_db
def test_a_database_that_has_all_the_steps_needs_no_migration() -> None:
    squashed = {
        key: migration for key, migration in MigrationLoader(None).disk_migrations.items() if migration.replaces
    }
    assert squashed
    recorder = MigrationRecorder(connection)
    for (app, name), migration in squashed.items():
        assert {*migration.replaces} < {*recorder.applied_migrations()}
        recorder.record_unapplied(app, name)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_there_is_a_dump_to_come_from() -> None:
    assert DUMPS
