"""A slow network and a slow machine for the browser tests, if HHREVIEW_TEST_SLOW is set.

What a page fetches arrives late and in another order there. A test that reads too early fails on this desk
and not only on a busy machine. The number is the seed: another one makes another order.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from playwright.sync_api import Page

SEED = os.environ.get("HHREVIEW_TEST_SLOW", "")
HELD_SECONDS = (0.2, 1.0)
TIMES_SLOWER = 4

_delays = random.Random(SEED)


def held_back(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what a page of the live server asks for once it is there is answered late; the page itself is not."""

    def late(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        in_browser = threading.current_thread() is not threading.main_thread()
        if in_browser and request.headers.get("Sec-Fetch-Mode") != "navigate":
            time.sleep(_delays.uniform(*HELD_SECONDS))
        return response

    return late


def slow_network() -> None:
    """Delay responses; call it before the live server starts."""
    if SEED:
        settings.MIDDLEWARE = [f"{__name__}.{held_back.__name__}", *settings.MIDDLEWARE]


def slow_machine(page: Page) -> None:
    """Slow the scripts of a page down."""
    if SEED:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})
