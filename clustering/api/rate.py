"""How many requests one person may send in a period, over all web servers."""

from __future__ import annotations

from time import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from clustering.api.signing_in import person
from clustering.models import ApiToken


class RateLimit(BaseThrottle):
    """Counts in the cache that all web servers share; while that is away nothing is counted.

    ninja's own throttles keep what they count on themselves, where requests in several threads would mix it up. A
    person's scripts are counted together and the desk apart, so that no script stops its person's review.
    """

    def allow_request(self, request: HttpRequest) -> bool:
        """Return whether this request is within the rate, and count it."""
        most, period = settings.API_RATE
        if not most:
            return True
        by = "token" if isinstance(getattr(request, "auth", None), ApiToken) else "session"
        key = f"api-rate:{person(request).pk}:{by}:{int(time() // period)}"
        cache.add(key, 0, 2 * period)
        try:
            return cache.incr(key) <= most
        except ValueError:  # the cache is away
            return True

    def wait(self) -> float:
        """Return the seconds until the next period begins."""
        period = settings.API_RATE[1]
        return float(period - time() % period)
