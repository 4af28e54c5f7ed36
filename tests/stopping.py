"""Really stop the tests' embedded servers for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from hhreview import cache, local
from hhreview.servers import postgres, redis
from hhreview.servers.starting import ServerPaths


@contextmanager
def without_redis() -> Iterator[None]:
    paths = ServerPaths(local.data_folder())
    redis.stop(paths)
    try:
        yield
    finally:
        redis.start(paths)
        cache.OpenRedisCache._rest_until = 0.0


@contextmanager
def without_postgres() -> Iterator[None]:
    """Stop PostgreSQL, for tests with transaction=True, since uncommitted data is lost."""
    paths = ServerPaths(local.data_folder())
    postgres.stop(paths)
    try:
        yield
    finally:
        postgres.start(paths)
        connections.close_all()
