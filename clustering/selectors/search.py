"""Search in the text that was read on the pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import Case, F, FloatField, Q, QuerySet, TextField, When

from clustering.access import shown_pages
from clustering.engine.languages import languages
from clustering.models import Collection, Page
from clustering.models.collection import CollectionQuerySet
from clustering.models.reading import PLAIN_SEARCH

MARK = ("\ue000", "\ue001")
"""Private characters around a match, which are turned into marks for display after the rest is escaped."""


def found_pages(where: Collection | CollectionQuerySet, words: str) -> QuerySet[Page]:
    """Return the pages of a collection, or of these, whose text has these words, best first.

    Quotes, OR and - work as in search engines. Each page is searched in the language it was read to be in: "Häuser"
    finds "Haus" on German pages.
    """
    if not words:
        return Page.objects.none()
    queries = {config: _query(words, config) for config in _configs()}
    asked = Q()
    for config, query in queries.items():
        asked |= Q(reading__search_config=config, reading__search=query)
    ranks = [
        When(reading__search_config=config, then=SearchRank(F("reading__search"), query))
        for config, query in queries.items()
    ]
    return (
        _of(where)
        .filter(asked)
        .annotate(rank=Case(*ranks, output_field=FloatField()))
        .order_by("-rank", "collection", "position")
        .select_related("group", "reading", "collection")
    )


def headlines_of(pages: Iterable[Page], words: str, *, whole: bool = False) -> dict[int, str]:
    """Return by page id the excerpt with the words, or the `whole` text, each of them between the two MARKs. One
    query."""
    shown = list(pages)
    if not words or not shown:
        return {}
    pieces = [
        When(
            reading__search_config=config,
            then=SearchHeadline(
                "reading__text",
                _query(words, config),
                config=config,
                start_sel=MARK[0],
                stop_sel=MARK[1],
                max_words=28,
                min_words=12,
                highlight_all=whole,
            ),
        )
        for config in {page.reading.search_config for page in shown}
    ]
    rows = Page.objects.filter(pk__in=[page.pk for page in shown])
    return dict(rows.annotate(headline=Case(*pieces, output_field=TextField())).values_list("pk", "headline"))


def _of(where: Collection | CollectionQuerySet) -> QuerySet[Page]:
    return shown_pages(where) if isinstance(where, Collection) else Page.objects.filter(collection__in=where)


def _configs() -> list[str]:
    """Return the search configurations of readings: those of the known languages, and the one for unknown ones."""
    return sorted({PLAIN_SEARCH, *(spoken.search for spoken in languages().values() if spoken.search)})


def _query(words: str, config: str) -> SearchQuery:
    return SearchQuery(words, search_type="websearch", config=config)
