"""Search in the text that was read on the pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import Case, F, FloatField, Q, QuerySet, TextField, When

from clustering.models import Collection, Page, Reading

MARK = ("\ue000", "\ue001")
"""Private characters around what was found; who shows it turns them into marks, and escapes everything else."""


def found_pages(collection: Collection, words: str) -> QuerySet[Page]:
    """Pages whose text has these words, best first; quotes, OR and - work as in other search engines.

    Each page is searched in the language it was read to be in: "Häuser" finds "Haus" on German pages. Two queries.
    """
    queries = _queries(collection, words)
    if not queries:
        return Page.objects.none()
    asked = Q()
    for config, query in queries.items():
        asked |= Q(reading__search_config=config, reading__search=query)
    ranks = [
        When(reading__search_config=config, then=SearchRank(F("reading__search"), query))
        for config, query in queries.items()
    ]
    return (
        Page.objects.filter(asked, collection=collection)
        .annotate(rank=Case(*ranks, output_field=FloatField()))
        .order_by("-rank", "position")
        .select_related("group", "reading")
    )


def headlines_of(pages: Iterable[Page], words: str) -> dict[int, str]:
    """By page id the piece of text that has the words, each between the two MARKs. One query."""
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
            ),
        )
        for config in {page.reading.search_config for page in shown}
    ]
    rows = Page.objects.filter(pk__in=[page.pk for page in shown])
    return dict(rows.annotate(headline=Case(*pieces, output_field=TextField())).values_list("pk", "headline"))


def _queries(collection: Collection, words: str) -> dict[str, SearchQuery]:
    """The words as a query in each configuration that readings of the collection have; none without words."""
    if not words:
        return {}
    configs = Reading.objects.filter(page__collection=collection).values_list("search_config", flat=True)
    return {config: _query(words, config) for config in configs.order_by("search_config").distinct()}


def _query(words: str, config: str) -> SearchQuery:
    return SearchQuery(words, search_type="websearch", config=config)
