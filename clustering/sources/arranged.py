"""What every reader of document structures returns, and how it chooses the names of pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from clustering.sentences import say_n

Names = list[list[str]]
"""For each document, the names of its pages in reading order."""


class NoArrangement(ValueError):
    """The file doesn't say which pages belong together. The message is a full sentence with the remedy."""


@dataclass(slots=True)
class Arranged:
    """One document as the file has it."""

    title: str = ""
    identifiers: list[str] = field(default_factory=list)
    """Names of its pages in reading order."""


def best_names(ways: Iterable[Names], known: Collection[str]) -> Names:
    """Return the way of naming all pages that fits a collection best.

    A file may give a page several names: its identifier, the file, a URL. Of the ways that give every page a different
    name, the one with the most names that the collection knows is chosen, the earlier if tied; if there is none, the
    first.
    """
    offered = list(ways)
    apart = [way for way in offered if _names_all_apart(way)]
    if not apart:
        return offered[0]
    return max(apart, key=lambda way: sum(name in known for names in way for name in names))


def _names_all_apart(way: Names) -> bool:
    names = [name for of_document in way for name in of_document]
    return all(names) and len(set(names)) == len(names)


def only_once(documents: Sequence[tuple[str, Sequence[str]]], notes: list[str]) -> list[tuple[str, list[str]]]:
    """Return (title, pages) with each page only in the first document that has it, and note how many were in several.

    If one text ends and the next begins on the same page, a table of contents lists that page twice.
    """
    seen: set[str] = set()
    kept, shared = [], 0
    for title, pages in documents:
        own = [page for page in dict.fromkeys(pages) if page not in seen]
        shared += len(set(pages)) - len(own)
        seen.update(own)
        kept.append((title, own))
    if shared:
        notes.append(
            say_n(
                "%(count)s page is in more than one document there and stayed with the first.",
                "%(count)s pages are in more than one document there and stayed with the first.",
                shared,
            )
        )
    return kept
