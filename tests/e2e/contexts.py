"""Browser contexts that tests share one after the other: as empty as new ones, but with the desk's scripts cached.

A new context loads and compiles some ninety files before it shows anything, which costs a second of the processor.
A new page starts a process and compiles them again, which costs most of another second: the page is taken in turn as
well, where a test did nothing to it that outlives a reload.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import FileResponse, HttpRequest, HttpResponse
from django.templatetags.static import static
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.slow import slow_machine
from tests.e2e.typing import LISTENING

_STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers"
_FRESH = "max-age=86400"
_LASTING = (
    "add_init_script",
    "add_locator_handler",
    "emulate_media",
    "expose_binding",
    "expose_function",
    "on",
    "once",
    "set_extra_http_headers",
    "set_viewport_size",
)
"""Changes to a page that survive a reload; such a page is closed."""


class Contexts:
    """Contexts of one browser, by their options; no context is shared at the same time."""

    def __init__(self, chromium: Browser, root: str) -> None:
        self._chromium, self._root = chromium, root
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        self._taken: list[tuple[str, BrowserContext]] = []
        self._unchanged: set[Page] = set()

    def take(self, **options: Any) -> BrowserContext:
        """Return a context without cookies and storage, and with at most the page that `page_of` returns."""
        kind = repr(sorted(options.items()))
        context = self._free[kind].pop() if self._free[kind] else self._make(**options)
        self._taken.append((kind, context))
        return context

    def page_of(self, context: BrowserContext) -> Page:
        """Return an empty page: one that an earlier test left unchanged, or a new one."""
        return context.pages[0] if context.pages else context.new_page()

    def watch(self, page: Page) -> None:
        """Note from now on whether a test changes the page permanently."""
        self._unchanged.add(page)
        for name in _LASTING:
            setattr(page, name, self._noting(page, getattr(page, name)))

    def _noting(self, page: Page, change: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **options: Any) -> Any:
            self._unchanged.discard(page)
            return change(*arguments, **options)

        return noted

    def _make(self, **options: Any) -> BrowserContext:
        context = self._chromium.new_context(viewport={"width": 1280, "height": 800}, **options)
        context.on("page", slow_machine)
        context.add_init_script(LISTENING)
        return context

    def give_back(self) -> None:
        """Empty all contexts in use, after which none of their pages can write."""
        while self._taken:
            kind, context = self._taken.pop()
            first, *others = context.pages
            for page in others:
                page.close()
            context.unroute_all()
            context.set_offline(False)
            self._empty(first) if first in self._unchanged else first.goto("about:blank")
            session = context.new_cdp_session(first)
            session.send("Storage.clearDataForOrigin", {"origin": self._root, "storageTypes": _STORED})
            session.detach()
            if first not in self._unchanged:
                first.close()
            self._unchanged.discard(first)
            context.clear_cookies()
            self._free[kind].append(context)

    def _empty(self, page: Page) -> None:
        """Take from it what it holds itself, at an address where no script of the desk puts it back.

        It stays there: leaving the site would end the process of the page, which knows the scripts.
        """
        for name in _LASTING:
            delattr(page, name)  # the wrapper: what is called is the page's own again
        page.unroute_all()
        page.goto(self._root + static("img/favicon.svg"))
        page.evaluate("sessionStorage.clear()")
        for key in ("Shift", "Control", "Alt", "Meta"):
            page.keyboard.up(key)
        page.mouse.up()
        page.mouse.move(0, 0)


class KeptStatic(StaticFilesHandler):
    """Let browsers cache static files, as the web server does if they were collected."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        """Respond with the file."""
        answer = super().serve(request)
        answer["Cache-Control"] = _FRESH
        return answer
