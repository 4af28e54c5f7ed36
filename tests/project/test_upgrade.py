"""The data of every release, as it was dumped then, comes through to this version."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hhreview.servers.starting import ServerPaths
from tests.project.release_dump import ACTS, PASSWORD, RELEASES, SLUG

ROOT = Path(__file__).resolve().parents[2]
DUMPS = sorted(RELEASES.glob("*.sql.gz"))
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
told = {
    "password": alice.check_password(%(password)r),
    "roles": sorted(django.apps.apps.get_model("auth", "Group").objects.values_list("name", flat=True)),
    **counts, "verbs": list(collection.edits.order_by("-sequence").values_list("verb", flat=True)[:3]),
    "pages": Page.objects.count(), "groups": Group.objects.count(), "runs": Run.objects.count(),
    "readings": Reading.objects.count(), "embeddings": Embedding.objects.count(), "scores": SeamScore.objects.count(),
    "tokens": ApiToken.objects.usable().count(),
}
print(json.dumps(told))
"""


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.name.removesuffix(".sql.gz"))
def released(request: pytest.FixtureRequest, embedded_servers: None) -> Iterator[str]:
    """A database as a release left it."""
    paths = ServerPaths(Path(os.environ["HHREVIEW_DATA_DIR"]))
    url = f"postgresql://postgres@/released?host={paths.sockets}"
    with psycopg.connect(f"host={paths.sockets} user=postgres dbname=postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE released")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(gzip.decompress(request.param.read_bytes()))
        yield url
        server.execute("DROP DATABASE released WITH (FORCE)")


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

    run("manage.py", "migrate", "--no-input")
    data = json.loads(run("-c", LOOK % {"slug": SLUG, "password": PASSWORD}).splitlines()[-1])
    assert data["password"]
    assert data["roles"] == ["archivists", "viewers"]
    assert data["edits"] > ACTS
    assert data["version"] == data["edits"]
    assert data["verbs"] == ["restore", "undo", "flag"]  # the journal of then can be read, back to its beginning
    assert all(data[rows] > 0 for rows in ("pages", "groups", "runs", "readings", "embeddings", "scores"))
    assert data["tokens"] == 1


def _redis() -> str:
    return f"unix://{ServerPaths(Path(os.environ['HHREVIEW_DATA_DIR'])).sockets / 'redis.sock'}?db=6"


def test_there_is_a_dump_to_come_from() -> None:
    assert DUMPS
