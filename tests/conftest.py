"""Fixtures that most tests share: people, collections, and a clean state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from hashlib import sha256
from itertools import accumulate
from os import PathLike
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.models import Group as Role
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from django.utils import translation
from PIL import Image
from pytest_django.fixtures import Settings

from clustering.engine import paper
from clustering.engine.reading import Reader
from clustering.engine.records import PageReading
from clustering.jobs import endings
from clustering.models import Collection, Group, Page, User
from tests import emptying
from tests.language_model import Script, Speak, Speaker, speaking

MakeCollection = Callable[..., Collection]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(embedded_servers: None) -> None:
    """Let pytest-django create the test database as a copy of a prepared one."""
    connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_quick_to_check() -> Iterator[None]:
    """Hash passwords quickly, since people sign in all the time here; the slow hashers are still known."""
    with override_settings(PASSWORD_HASHERS=[f"{hashers.__name__}.MD5PasswordHasher", *settings.PASSWORD_HASHERS]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _tables_are_quick_to_empty() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptying.deleting)
        patch.setattr(BaseDatabaseCreation, "serialize_db_to_string", emptying.keep_rows)
        patch.setattr(BaseDatabaseCreation, "deserialize_db_from_string", emptying.bring_back)
        yield


@pytest.fixture(scope="session", autouse=True)
def _same_pixels_are_measured_once() -> Iterator[None]:
    """Measure the same pixels once, since hundreds of tests import the same few drawn pages."""
    measure, measured = paper.measure_paper, {}

    def remember(image: Image.Image) -> Any:
        key = image.mode, image.size, sha256(image.tobytes()).digest()
        if key not in measured:
            measured[key] = measure(image)
        return deepcopy(measured[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "measure_paper", remember)
        yield


@pytest.fixture(scope="session", autouse=True)
def _same_files_are_read_once() -> Iterator[None]:
    """OCR as well: of the pages that jobs are given to read, five of six were read before."""
    read, known = Reader.read, {}

    def remember(reader: Reader, path: str | PathLike[str]) -> PageReading:
        if not Path(path).is_file():
            return read(reader, path)
        content = sha256(Path(path).read_bytes()).digest()
        key = content, reader.language, reader.tessdata, reader.second is None
        if key not in known:
            known[key] = read(reader, path)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "read", remember)
        yield


@pytest.fixture(autouse=True)
def _content_types_as_they_are() -> None:
    """Clear Django's cache of content types, whose keys differ in a database that was emptied and filled again."""
    ContentType.objects.clear_cache()


@pytest.fixture(autouse=True)
def _language_ends_with_the_test() -> Iterator[None]:
    """Reset the language, which Django leaves active after a request."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _signs_of_life_need_rows_that_others_see(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests in one transaction do without heartbeats, whose own connection can't see their rows.

    On a busy machine, such a test's pages would be discarded as another worker's after a few seconds.
    """
    marker = request.node.get_closest_marker("django_db")
    if not {"transactional_db", "live_server"} & set(request.fixturenames) and not (
        marker and marker.kwargs.get("transaction")
    ):
        monkeypatch.setattr(endings, "BEAT_SECONDS", 3600)


def _user(name: str, role: str = "", *, staff: bool = False) -> User:
    user = User.objects.create(username=name, password=hashers.make_password("a-good-password"), is_staff=staff)
    if role:
        user.groups.add(Role.objects.get_or_create(name=role)[0])
    return user


@pytest.fixture
def alice(db: None) -> User:
    """An archivist, who may edit."""
    return _user("alice", "archivists")


@pytest.fixture
def bob(db: None) -> User:
    """Another archivist, in another browser."""
    return _user("bob", "archivists")


@pytest.fixture
def victor(db: None) -> User:
    """A viewer, who may look but not edit."""
    return _user("victor", "viewers")


@pytest.fixture
def charlie(db: None) -> User:
    """A person without a role, who may do nothing."""
    return _user("charlie")


@pytest.fixture
def sam(db: None) -> User:
    """Staff, with jobs and the admin."""
    user = _user("sam", staff=True)
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    return user


def make_rows(slug: str = "afl", *, groups: list[int] | None = None, pages: int = 0) -> Collection:
    """Create a collection of rows without image files."""
    sizes = groups or []
    collection = Collection.objects.create(
        slug=slug, title=slug.upper(), identifier="HH000001", next_group_number=len(sizes) + 1
    )
    firsts = list(accumulate(sizes, initial=1))
    made = Group.objects.bulk_create(
        Group(collection=collection, number=number, first_position=first, page_count=size, confidence=0.9)
        for number, (first, size) in enumerate(zip(firsts, sizes, strict=False), start=1)
    )
    places = [(group, order) for group in made for order in range(1, group.page_count + 1)]
    Page.objects.bulk_create(
        Page(
            collection=collection,
            position=i,
            identifier=f"HH000001_{i:04}",
            filename=f"HH000001_{i:04}.jpg",
            sha256=f"{i:064x}",
            size_bytes=1000,
            media_type="image/jpeg",
            width=930,
            height=1200,
            group=group,
            group_order=order,
        )
        for i, (group, order) in enumerate(places or [(None, None)] * pages, start=1)
    )
    return collection


@pytest.fixture
def make_collection(db: None) -> MakeCollection:
    """Create a collection of rows without image files: make_collection("afl", groups=[2, 1, 3])."""
    return make_rows


@pytest.fixture(scope="session")
def real_scans() -> Path | None:
    """The folder of real scans next to the checkout, if there is one."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "afl-cio"
    return folder if folder.is_dir() else None


@pytest.fixture
def speak(settings: Settings) -> Iterator[Speak]:
    """Start a server as the installation's language model for this test: speak(says({...}))."""
    cache.clear()
    with ExitStack() as stack:

        def begin(script: Script) -> Speaker:
            speaker = stack.enter_context(speaking(script))
            settings.LLM_URL, settings.LLM_MODEL, settings.LLM_SECONDS = speaker.url, "tiny", 30
            return speaker

        yield begin
