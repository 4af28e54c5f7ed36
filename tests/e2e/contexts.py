"""Browser contexts that tests take in turn: as empty as new ones, but the scripts of the desk are there already.

A new context loads and compiles some ninety files before it shows anything, which costs a second of the processor.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import FileResponse, HttpRequest, HttpResponse
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.slow import slow_machine

_STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers"
_FRESH = "max-age=86400"


class Contexts:
    """Those of one browser, by their options; nobody has two people's at once."""

    def __init__(self, chromium: Browser, root: str) -> None:
        self._chromium, self._root = chromium, root
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        self._taken: list[tuple[str, BrowserContext]] = []

    def take(self, **options: Any) -> BrowserContext:
        """One that has no cookies, nothing stored and no page."""
        kind = repr(sorted(options.items()))
        context = self._free[kind].pop() if self._free[kind] else self._make(**options)
        self._taken.append((kind, context))
        return context

    def _make(self, **options: Any) -> BrowserContext:
        context = self._chromium.new_context(viewport={"width": 1280, "height": 800}, **options)
        context.on("page", slow_machine)
        return context

    def give_back(self) -> None:
        """Empty all that were taken, when none of their pages can write any more."""
        while self._taken:
            kind, context = self._taken.pop()
            first, *others = context.pages
            for page in others:
                page.close()
            first.goto("about:blank")
            order = {"origin": self._root, "storageTypes": _STORED}
            context.new_cdp_session(first).send("Storage.clearDataForOrigin", order)
            first.close()
            context.clear_cookies()
            context.unroute_all()
            context.set_offline(False)
            self._free[kind].append(context)


class KeptStatic(StaticFilesHandler):
    """Tells browsers to keep static files, as the web server does where they were collected."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        """Answer with the file."""
        answer = super().serve(request)
        answer["Cache-Control"] = _FRESH
        return answer
