"""Who else is in a collection, and where: sent with requests for changes, cached for some seconds."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache

from clustering.models import Collection, User
from clustering.wording import name_of

SECONDS = 15
"""A person counts as gone after missing three requests."""
MOST = 50


def be_here(collection: Collection, user: User, position: int | None) -> list[dict[str, Any]]:
    """Record that this person is here, at this page (None: at none), and return the others: [{name, position}].

    One read and one write of the cache. Two simultaneous requests may overwrite each other; the next ones, seconds
    later, correct that.
    """
    key = f"people-at:{collection.pk}"
    now = time.time()
    people: dict[int, tuple[float, str, int | None]] = cache.get(key) or {}
    people = {pk: seen for pk, seen in people.items() if now - seen[0] < SECONDS}
    others = sorted((name, at or 0) for pk, (_, name, at) in people.items() if pk != user.pk)
    people[user.pk] = (now, name_of(user), position)
    cache.set(key, dict(sorted(people.items(), key=lambda item: -item[1][0])[:MOST]), SECONDS)
    return [{"name": name, "position": at or None} for name, at in others]
