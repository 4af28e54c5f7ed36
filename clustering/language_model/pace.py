"""Not more questions a minute than the setting allows, over all workers and the web server together."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache

from clustering.wording import say

MINUTE = 60
_KEPT = 2 * MINUTE


class TooBusy(Exception):
    """The limit of questions per minute was reached. The message is a full sentence."""


def wait_for_room(*, patience: float, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until another question may be asked. Raises TooBusy if that takes longer than `patience` seconds.

    Counted in the cache; while that is away nothing is counted.
    """
    until = time.monotonic() + patience
    while not _taken():
        left = MINUTE - time.time() % MINUTE
        if time.monotonic() + left > until:
            raise TooBusy(
                say(
                    "%(count)s questions were asked of the language model this minute. Try again in "
                    "%(seconds)s seconds.",
                    count=settings.LLM_PER_MINUTE,
                    seconds=round(left) + 1,
                )
            )
        sleep(min(left, 1.0))


def _taken() -> bool:
    """Take a place in this minute, if there is one."""
    key = f"asking:{int(time.time() // MINUTE)}"
    cache.add(key, 0, _KEPT)
    try:
        return cache.incr(key) <= settings.LLM_PER_MINUTE
    except ValueError:
        return True
