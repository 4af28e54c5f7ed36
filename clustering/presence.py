"""Who else is at a collection, and where: told with the question for news, kept in the cache for some seconds."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache

from clustering.models import Collection, User

SECONDS = 15
"""After three missed questions for news somebody counts as gone."""
MOST = 50


def be_here(collection: Collection, user: User, position: int | None) -> list[dict[str, Any]]:
    """Note that this person is here, at this page (None: at none), and return the others: [{name, position}].

    One read and one write of the cache. Two people who ask in the same instant may overwrite each other once; the next
    question, seconds later, repairs it.
    """
    key = f"presence:{collection.pk}"
    now = time.time()
    people: dict[str, tuple[float, int | None]] = cache.get(key) or {}
    people = {name: seen for name, seen in people.items() if now - seen[0] < SECONDS}
    others = [{"name": name, "position": seen[1]} for name, seen in sorted(people.items()) if name != user.username]
    people[user.username] = (now, position)
    cache.set(key, dict(sorted(people.items(), key=lambda item: -item[1][0])[:MOST]), SECONDS)
    return others
