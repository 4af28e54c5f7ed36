"""Whether this process can do its work: for load balancers, container health checks and `manage.py up`."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

ADDRESS = "/healthz/"


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Return 200 with {"database": "ok", "redis": "ok"}, or 503 with what is wrong, and no other details."""
    states = {"database": _database(), "redis": _redis()}
    return JsonResponse(states, status=200 if set(states.values()) == {"ok"} else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return "does not answer"
    return "ok"


def _redis() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3) as client:
            client.ping()
    except redis.RedisError:
        return "does not answer"
    return "ok"
