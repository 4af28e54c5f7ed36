"""How acts name pages, groups and people in their sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import ngettext

from clustering.models import User

MOST_NAMED = 6
"""More stretches of pages, or more groups, are counted instead of named."""


def listed(parts: Sequence[str]) -> str:
    """a; a and b; a, b, and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])}{',' if len(parts) > 2 else ''} and {parts[-1]}"


def stretches(positions: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of every unbroken stretch, ascending."""
    found: list[tuple[int, int]] = []
    for position in sorted(set(positions)):
        if found and position == found[-1][1] + 1:
            found[-1] = (found[-1][0], position)
        else:
            found.append((position, position))
    return found


def pages_in_words(positions: Iterable[int]) -> str:
    """By scan order: "page 5", "pages 31 to 36", "pages 3, 7 and 9 to 12", "41 pages between 3 and 90"."""
    places = sorted(set(positions))
    parts = stretches(places)
    if len(parts) > MOST_NAMED:
        return f"{len(places)} pages between {places[0]} and {places[-1]}"
    named = listed([str(a) if a == b else f"{a} to {b}" for a, b in parts])
    return ngettext("page %(named)s", "pages %(named)s", len(places)) % {"named": named}


def groups_in_words(numbers: Iterable[int]) -> str:
    """By number: "document 12", "documents 12 and 13", "31 documents"."""
    known = sorted(set(numbers))
    if len(known) > MOST_NAMED:
        return f"{len(known)} documents"
    return ngettext("document %(named)s", "documents %(named)s", len(known)) % {
        "named": listed([str(n) for n in known])
    }


def counted_pages(count: int) -> str:
    """ "1 page", "3 pages"."""
    return ngettext("%(count)d page", "%(count)d pages", count) % {"count": count}


def counted_groups(count: int) -> str:
    """ "1 document", "3 documents"."""
    return ngettext("%(count)d document", "%(count)d documents", count) % {"count": count}


def in_words(field: str) -> str:
    """What the interface calls a field of a document: "type" for "kind"."""
    return {"kind": "type"}.get(field, field)


def name_of(user: User | None, *, to: User | None = None) -> str:
    """Full name, else log-in name; "You" where the sentence is said `to` that person."""
    if user is None:
        return "hhreview"
    if to is not None and user.pk == to.pk:
        return "You"
    return user.get_full_name() or user.get_username()


def capital(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def percent(probability: float) -> int:
    """As people read it: what counts is what they see, so that no two places count differently."""
    return round(100 * probability)
