"""Type-ahead: terms for a field of a description, from this collection, from vocabularies, and from the shipped
genres."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.cache import cache
from django.db import connection
from django.db.models import Case, Value, When
from django.db.models.functions import Length

from clustering.engine.description import TERM_FIELDS, NamedTerm
from clustering.engine.vocabularies import genres, matches
from clustering.models import Collection, Group, Vocabulary
from clustering.models import Term as StoredTerm
from clustering.sentences import say
from clustering.sources.authorities import AUTHORITIES, ask
from clustering.sources.contract import CannotFetch
from clustering.wording import translated

SHORTEST_FAR = 3
"""Letters from which external authorities are asked."""
KEPT_SECONDS = 24 * 3600
MOST = 12
"""Terms offered at a time; people don't read more."""
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """A term, and its source."""

    term: NamedTerm
    source: str


def offers(collection: Collection, field: str, text: str) -> list[Offer]:
    """Return terms with words that begin as typed.

    Those used in the collection come first, then the closest to the typed text, and of equally close ones the shortest.
    Empty for a text without a word. Two queries.
    """
    words = [word.lower() for word in _WORDS.findall(text)][:8]
    if not words:
        return []
    in_use = [Offer(term, say("In this collection")) for term in _used(collection, field, words)]
    typed = " ".join(text.split())
    if field == "kind":
        fitting = [term for term in genres() if matches(term.label, words)]
        fitting.sort(key=lambda term: not term.label.lower().startswith(typed.lower()))
        in_use += [Offer(term, "Art & Architecture Thesaurus") for term in fitting]
    in_use += _stored(field, typed, words)
    known: dict[tuple[str, str], Offer] = {}
    for offer in in_use:
        known.setdefault((offer.term.label.lower(), offer.term.uri), offer)
    return list(known.values())[:MOST]


def far_offers(field: str, text: str) -> tuple[list[Offer], list[str]]:
    """Return the terms of the authorities that the operator allows, and why one did not answer.

    Results are kept for a day; each authority has three seconds.
    """
    results: list[Offer] = []
    problems: list[str] = []
    typed = " ".join(text.split())
    private = tuple(settings.PRIVATE_SOURCES)
    if len(typed) < SHORTEST_FAR:
        return results, problems
    for name, address in settings.LOOKUPS.items():
        authority = AUTHORITIES[name]
        if field not in authority.fields:
            continue
        key = f"lookup:{name}:{sha256(typed.lower().encode()).hexdigest()}"
        kept = cache.get(key)
        if kept is None:
            try:
                kept = ask(name, typed, address=address, private=private, contact=settings.SOURCE_CONTACT)[:MOST]
            except CannotFetch as error:
                problems.append(translated(error))
                continue
            cache.set(key, kept, KEPT_SECONDS)
        results += [Offer(NamedTerm(label, uri), authority.title) for label, uri in kept]
    return results[: 2 * MOST], problems


_USED_TERMS = f"""
SELECT term ->> 'label' AS label, coalesce(term ->> 'uri', '') AS uri
FROM "{Group._meta.db_table}" AS document, jsonb_array_elements(document.details -> %s) AS term
WHERE document.collection_id = %s AND jsonb_typeof(document.details -> %s) = 'array' AND term ->> 'label' ~* %s
GROUP BY 1, 2 ORDER BY count(*) DESC, 1 LIMIT %s
"""


def _used(collection: Collection, field: str, words: list[str]) -> list[NamedTerm]:
    if field not in TERM_FIELDS:
        return []
    # \m is the beginning of a word in PostgreSQL's expressions; the words are letters and digits only.
    pattern = rf"\m{words[0]}"
    with connection.cursor() as cursor:
        cursor.execute(_USED_TERMS, [field, collection.pk, field, pattern, MOST * 4])
        rows = [NamedTerm(label, uri) for label, uri in cursor.fetchall()]
    return [term for term in rows if matches(term.label, words)][:MOST]


def _stored(field: str, typed: str, words: list[str]) -> list[Offer]:
    vocabularies = {
        vocabulary.pk: vocabulary.title for vocabulary in Vocabulary.objects.filter(fields__contains=[field])
    }
    if not vocabularies:
        return []
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    # Otherwise, among thousands with the word, the heading itself would come after longer ones.
    distance = Case(
        When(label__iexact=typed, then=Value(0)),
        When(label__istartswith=typed, then=Value(1)),
        When(own=query, then=Value(2)),
        default=Value(3),
    )
    rows = (
        StoredTerm.objects.annotate(words=SearchVector("label", "other_labels", config="simple"))
        .filter(words=query, vocabulary__in=vocabularies)
        .annotate(own=SearchVector("label", config="simple"))
        .order_by(distance, Length("label"), "label", "vocabulary__name")[:MOST]
    )
    return [Offer(NamedTerm(row.label, row.uri), vocabularies[row.vocabulary_id]) for row in rows]
