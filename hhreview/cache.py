"""The cache, which nothing depends on: without Redis every question is a miss and every write is left out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
REST_SECONDS = 2.0
"""Redis is left alone that long after it did not answer, so that no request waits for it twice."""


class OpenRedisCache(RedisCache):
    """Django's own, failing open."""

    _rest_until: ClassVar[float] = 0.0

    def _try(self, ask: Callable[[], Answer], without: Answer) -> Answer:
        if time.monotonic() < OpenRedisCache._rest_until:
            return without
        try:
            return ask()
        except (RedisError, OSError) as error:
            OpenRedisCache._rest_until = time.monotonic() + REST_SECONDS
            logger.warning("Continuing without the cache: Redis does not answer: %s", error)
            return without

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Return False where nothing was kept."""
        return self._try(partial(super().add, key, value, timeout, version), without=False)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the default where nothing is kept."""
        return self._try(partial(super().get, key, default, version), default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep it, where it can."""
        self._try(partial(super().set, key, value, timeout, version), None)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Return False where nothing is kept."""
        return self._try(partial(super().touch, key, timeout, version), without=False)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Return False where nothing was kept."""
        return self._try(partial(super().delete, key, version), without=False)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Those that are kept."""
        return self._try(partial(super().get_many, keys, version), {})

    def has_key(self, key: str, version: int | None = None) -> bool:
        """Whether it is kept."""
        return self._try(partial(super().has_key, key, version), without=False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Return the number that was counted up. Raises ValueError where nothing is kept, as every cache does."""
        counted = self._try(partial(super().incr, key, delta, version), None)
        if counted is None:
            raise ValueError(f"Key '{key}' not found.")
        return counted

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        """Return the keys that were not kept."""
        return self._try(partial(super().set_many, data, timeout, version), list(data))

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        """Forgets them, where it can."""
        self._try(partial(super().delete_many, keys, version), None)

    def clear(self) -> None:
        """Forgets everything, where it can."""
        self._try(super().clear, None)
