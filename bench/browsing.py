"""A real web server over a bench's database, and a browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]

PATIENCE_MS = 120_000
"""Time limit of a page: on a busy machine, thirty seconds are too few."""
_BEGAN = time.monotonic()


def progress(sentence: str) -> None:
    """Print progress and elapsed time on standard error."""
    print(f"[{time.monotonic() - _BEGAN:5.0f} s] {sentence}", file=sys.stderr, flush=True)


def chromium() -> str:
    """Return the path of the browser. Raises SystemExit if none is installed."""
    names = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise SystemExit("Chromium is not installed; install it or give --no-browser.")
    return path


@contextmanager
def launched() -> Iterator[Any]:
    """Yield a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as api:
        browser = api.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, root: str, cookie: str, *, width: int = 1440, height: int = 900) -> Iterator[Any]:
    """Yield an empty page of a signed-in person, with its own cache."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": root}])
    yield context.new_page()
    context.close()


def archivist() -> tuple[Any, Any, str]:
    """Return a staff member who has seen the tour, a signed-in client, and its session's cookie."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from clustering.models import Preference, User

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    person = User.objects.create_user("alice", is_staff=True, is_superuser=True)
    Preference.objects.create(user=person, tour_seen=timezone.now())
    client = Client()
    client.force_login(person)
    return person, client, client.cookies["sessionid"].value


@contextmanager
def web_server() -> Iterator[str]:
    """Yield the address of a real web server over the bench's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hhreview.web", "--port", str(port)]
    log = (Path(os.environ["HHREVIEW_DATA_DIR"]) / "web.log").open("wb")
    server = subprocess.Popen(command, cwd=ROOT, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=5):
                    break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)
        log.close()
