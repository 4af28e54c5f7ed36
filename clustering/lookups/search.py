"""Search in the text that was read on the pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, QuerySet

from clustering.models import Collection, Page

MARK = ("\ue000", "\ue001")
"""Private characters around what was found; who shows it turns them into marks, and escapes everything else."""


def found_pages(collection: Collection, words: str) -> QuerySet[Page]:
    """Pages whose text has these words, best first; quotes, OR and - work as in other search engines."""
    if not words:
        return Page.objects.none()
    query = _query(words)
    return (
        Page.objects.filter(collection=collection, reading__search=query)
        .annotate(rank=SearchRank(F("reading__search"), query))
        .order_by("-rank", "position")
        .select_related("group", "reading")
    )


def headlines_of(pages: Iterable[Page], words: str) -> dict[int, str]:
    """By page id the piece of text that has the words, each between the two MARKs. One query."""
    if not words:
        return {}
    headline = SearchHeadline(
        "reading__text",
        _query(words),
        config="english",
        start_sel=MARK[0],
        stop_sel=MARK[1],
        max_words=28,
        min_words=12,
    )
    shown = Page.objects.filter(pk__in=[page.pk for page in pages]).annotate(headline=headline)
    return dict(shown.values_list("pk", "headline"))


def _query(words: str) -> SearchQuery:
    return SearchQuery(words, search_type="websearch", config="english")
