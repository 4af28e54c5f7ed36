"""Name authorities that offer terms during typing: the Library of Congress, VIAF, Wikidata.

Each is asked at its public address or at a compatible one: https://id.loc.gov/techcenter/searching.html,
https://developer.api.oclc.org/viaf-api, https://www.wikidata.org/w/api.php?action=help&modules=wbsearchentities
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from clustering.sentences import say
from clustering.sources.contract import CannotFetch
from clustering.sources.fetching import Fetcher, Patience
from clustering.sources.guarding import Rules

PATIENCE = Patience(delay=0, tries=1, stall=2.0, total=3.0, document_bytes=1 << 20)
"""Short, since a suggestion that comes late is useless."""
QUERY = "{query}"
Named = tuple[str, str]
"""A label and its address."""


def _library_of_congress(reply: Any) -> Iterator[Named]:
    for hit in reply["hits"]:
        yield (str(hit["aLabel"]), str(hit["uri"]))


def _viaf(reply: Any) -> Iterator[Named]:
    for hit in reply["result"] or ():
        yield (str(hit["term"]), f"http://viaf.org/viaf/{hit['viafid']}")


def _wikidata(reply: Any) -> Iterator[Named]:
    for hit in reply["search"]:
        yield (str(hit["label"]), str(hit["concepturi"]))


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority."""

    title: str
    fields: frozenset[str]
    """Fields of a description that it has terms for."""
    address: str
    read: Callable[[Any], Iterator[Named]]


_LOC = "https://id.loc.gov/authorities/{}/suggest2?count=10&q={{query}}"
AUTHORITIES: Mapping[str, Authority] = {
    "lcnaf": Authority(
        "Library of Congress Names", frozenset({"creators", "people"}), _LOC.format("names"), _library_of_congress
    ),
    "lcsh": Authority(
        "Library of Congress Subjects", frozenset({"subjects", "places"}), _LOC.format("subjects"), _library_of_congress
    ),
    "viaf": Authority(
        "VIAF", frozenset({"creators", "people"}), "https://viaf.org/viaf/AutoSuggest?query={query}", _viaf
    ),
    "wikidata": Authority(
        "Wikidata",
        frozenset({"creators", "people", "places", "subjects"}),
        "https://www.wikidata.org/w/api.php?action=wbsearchentities&format=json&language=en&limit=10&search={query}",
        _wikidata,
    ),
}


def ask(name: str, text: str, *, address: str = "", private: tuple[str, ...] = (), contact: str = "") -> list[Named]:
    """Return the terms that an authority suggests for a text. Raises CannotFetch.

    `address` replaces its public address. Only its own host is asked, at a private address only if `private` names it.
    """
    authority = AUTHORITIES[name]
    asked = (address or authority.address).replace(QUERY, quote(text, safe=""))
    rules = Rules((urlsplit(asked).hostname or "",), private)
    answer = Fetcher(rules, PATIENCE, contact=contact).document(asked)
    try:
        return [(label, uri) for label, uri in authority.read(answer) if label]
    except (KeyError, TypeError) as error:
        raise CannotFetch(
            say("%(title)s sent an answer that hhreview can’t read. Tell the operator.", title=authority.title)
        ) from error
