"""The address of a page in a repository, by a pattern in the settings of the collection."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from clustering.models import Page

PLACES = ("identifier", "page", "slug")
_PLACE = re.compile(r"\{([^{}]*)\}")


def is_pattern(pattern: str) -> bool:
    """Whether it is a web address with no other placeholders than PLACES."""
    if any(name not in PLACES for name in _PLACE.findall(pattern)) or re.search(r"\s", pattern):
        return False
    try:
        parts = urlsplit(_PLACE.sub("x", pattern))
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not {"{", "}"} & set(_PLACE.sub("", pattern))


def address_in(pattern: str, page: Page) -> str:
    """Return the address of a page by a pattern; empty for an empty one."""
    values = {"identifier": quote(page.identifier, safe=""), "page": str(page.position), "slug": page.collection.slug}
    return _PLACE.sub(lambda place: values[place[1]], pattern)
