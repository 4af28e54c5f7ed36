"""Fixtures for tests with real Chromium against a live server, with drawn pages."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from itertools import pairwise

import pytest
from django.conf import settings
from django.contrib.staticfiles import handlers
from django.core.signals import request_finished, request_started
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from clustering.files import original_path, write_thumbnails
from clustering.models import Collection, Preference, Reading, Run, SeamScore, User
from clustering.models import Page as Scan
from tests.conftest import MakeCollection
from tests.e2e.away import away as away
from tests.e2e.contexts import Contexts, KeptStatic
from tests.e2e.driver import PATIENCE_MS, DeskDriver, settled
from tests.e2e.slow import slow_network

# Playwright's sync API runs an event loop in this thread; Django would refuse the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is Chromium without a window, which renders the same with a fifth less CPU time."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
PAPERS = ("#f3ead6", "#f6d9dd", "#e8efe6", "#efe9dc", "#dfe8f1")

expect.set_options(timeout=PATIENCE_MS)
slow_network()

OpenDesk = Callable[..., DeskDriver]


@pytest.fixture(scope="session")
def playwright_api() -> Iterator[Playwright]:
    with sync_playwright() as api:
        yield api


def chromium_path() -> str:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("The browser tests need Chromium: install chromium-headless-shell or chromium (Debian).")
    return path


@pytest.fixture(scope="session")
def chromium(playwright_api: Playwright) -> Iterator[Browser]:
    browser = playwright_api.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """Like pytest-django's own, but browsers cache static files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "StaticFilesHandler", KeptStatic)
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def contexts(chromium: Browser, live_server: LiveServer) -> Contexts:
    return Contexts(chromium, str(live_server))


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Twelve pages in groups of 2, 3, 1, 4, and 2, with images, text, and the seams of a run."""
    made = make_collection("afl", groups=[2, 3, 1, 4, 2])
    give_images(made)
    give_seams(made)
    return made


@cache
def drawn(position: int) -> tuple[Image.Image, bytes]:
    """A small page and its file, drawn once for all tests."""
    image = Image.new("RGB", (232, 300), PAPERS[position % len(PAPERS)])
    ImageDraw.Draw(image).text((30, 40), f"THE FARM WORKERS ASK {position}", fill="#222")
    file = BytesIO()
    image.save(file, "JPEG", quality=70)
    return image, file.getvalue()


def give_images(collection: Collection) -> None:
    """Give each page a small drawn image and a reading."""
    readings = []
    for page in collection.pages.order_by("position"):
        image, content = drawn(page.position)
        path = original_path(page.sha256, page.media_type)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        write_thumbnails(image, page.sha256)
        text = f"THE FARM WORKERS ASK {page.position}"
        line = [text, 30, 40, 180, 52, 91.0]
        readings.append(
            Reading(page=page, text=text, lines=[line], width=232, height=300, confidence=91, engine="drawn")
        )
    Reading.objects.bulk_create(readings)


def give_seams(collection: Collection) -> Run:
    """A run that agrees with the desk, with high confidence except before pages 5 and 8."""
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    pages = list(Scan.objects.filter(collection=collection).order_by("position"))
    fact = {
        "family": "numbers",
        "name": "follows",
        "value": 1,
        "sentence": "The page numbers run on.",
        "contribution": -1.2,
    }
    scores = []
    for left, right in pairwise(pages):
        apart = left.group_id != right.group_id
        chance = 0.5 if right.position in {5, 8} else (0.97 if apart else 0.02)
        scores.append(SeamScore(run=run, page=left, probability=chance, boundary=apart, evidence=[fact]))
    SeamScore.objects.bulk_create(scores)
    return run


class AtWork:
    """Number of requests that the live server is processing."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def began(self, **details: object) -> None:
        self._move(1)

    def ended(self, **details: object) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            with self._lock:
                self.count += by


@pytest.fixture
def requests_at_work() -> Iterator[AtWork]:
    at_work = AtWork()
    request_started.connect(at_work.began)
    request_finished.connect(at_work.ended)
    yield at_work
    request_started.disconnect(at_work.began)
    request_finished.disconnect(at_work.ended)


@pytest.fixture
def open_desk(
    django_db_serialized_rollback: None, live_server: LiveServer, requests_at_work: AtWork, contexts: Contexts
) -> Iterator[OpenDesk]:
    """Open a page in a person's own browser: open_desk(alice, "/c/afl/"). With `tour`, they are new."""
    drivers: list[DeskDriver] = []

    def enter(user: User, path: str = "/c/afl/", *, tour: bool = False, **options: object) -> DeskDriver:
        Preference.objects.update_or_create(user=user, defaults={"tour_seen": None if tour else timezone.now()})
        context = contexts.take(**options)
        page = contexts.page_of(context)
        page.set_default_timeout(PATIENCE_MS)
        driver = DeskDriver(page, str(live_server), lambda: requests_at_work.count)
        contexts.watch(page)
        drivers.append(driver)
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": str(live_server)}])
        driver.go(path)
        return driver

    yield enter
    for driver in drivers:
        # No request may be under way when the tables are emptied, in the browser or in the server.
        driver.page.wait_for_load_state("load")
        settled(driver.quiet)
        driver.let_go()
    contexts.give_back()
    settled(lambda: requests_at_work.count, 0)
    problems = [problem for driver in drivers for problem in driver.problems]
    assert not problems, problems
    assert settings.DEBUG is False
