"""The address of a page in a repository, by a pattern in the settings of the collection."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from clustering.models import Page
from clustering.sentences import Sentence, say

PLACES = ("identifier", "repository_id", "page", "slug")
_PLACE = re.compile(r"\{([^{}]*)\}")
_LISTED = ", ".join(f"{{{name}}}" for name in PLACES)


def problem_of(pattern: str) -> Sentence | None:
    """Return why it is no web address with placeholders of PLACES; None if it is one."""
    names = _PLACE.findall(pattern)
    unknown = next((name for name in names if name not in PLACES), None)
    if unknown is not None:
        return say("“{%(name)s}” is not a placeholder. Use %(places)s.", name=unknown, places=_LISTED)
    if {"{", "}"} & set(_PLACE.sub("", pattern)):
        return say("A brace has no partner. Write placeholders as %(places)s.", places=_LISTED)
    if not _is_address(_PLACE.sub("x", pattern)):
        return say("Write an address that begins with https:// or http://, without spaces.")
    if not names:
        return say("This address is the same for every page. Add one of %(places)s.", places=_LISTED)
    return None


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", text)


def address_in(pattern: str, page: Page) -> str:
    """Return the address of a page by a pattern; empty for an empty one, or if the page lacks the ID that it needs."""
    values = {
        "identifier": quote(page.identifier, safe=""),
        "repository_id": quote(page.pid, safe=":"),
        "page": str(page.position),
        "slug": page.collection.slug,
    }
    if not all(values[name] for name in _PLACE.findall(pattern)):
        return ""
    return _PLACE.sub(lambda place: values[place[1]], pattern)
