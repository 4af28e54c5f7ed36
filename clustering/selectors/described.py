"""Search in what people entered about documents: titles, names, subjects, summaries, notes, boxes, and identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from clustering.engine.description import FIELDS, TERM_FIELDS, details_from, labels
from clustering.models import Group, Page
from clustering.models.collection import CollectionQuerySet
from clustering.models.group import DESCRIBED
from clustering.selectors.search import MARK

_SEARCHED = tuple(field for field in FIELDS if field.name not in {"kind", "date", "language"})
_AROUND = 80
"""Characters shown before the first match, and half of those after it."""


def described_pages(among: CollectionQuerySet, words: str, *, hidden: QuerySet[Page]) -> QuerySet[Page]:
    """Return the first page of each document whose description has these words, in scan order.

    A document with a hidden page is left out: its fields may hold what a machine read there.
    """
    query = SearchQuery(words, search_type="websearch", config="simple")
    groups = Group.objects.filter(collection__in=among).alias(described=DESCRIBED).filter(described=query)
    first = Page.objects.filter(group__in=groups.exclude(pages__in=hidden), position=F("group__first_position"))
    return first.order_by("collection", "position")


def piece_of(group: Group, words: str, *, title: bool = False) -> str:
    """Return the first field with one of the words, as "People: O’Brien, John", each word between the two MARKs.

    Searches the title only if asked to, since most doors show it anyway.
    """
    wanted = {word.casefold() for word in re.findall(r"\w+", words)}
    for label, text in _texts(group, title=title):
        spans = [word.span() for word in re.finditer(r"\w+", text) if word[0].casefold() in wanted]
        if not spans:
            continue
        first, end = spans[0][0], spans[0][1] + 2 * _AROUND
        start = text.find(" ", first - _AROUND, first) + 1 if first > _AROUND else 0
        piece = text[start:end]
        for left, right in reversed(spans):
            if right <= end:
                piece = f"{piece[: left - start]}{MARK[0]}{text[left:right]}{MARK[1]}{piece[right - start :]}"
        return f"{label}: {'…' if start else ''}{piece}{'…' if end < len(text) else ''}"
    return ""


def _texts(group: Group, *, title: bool) -> Iterator[tuple[str, str]]:
    details = details_from(group.details)
    for field in _SEARCHED if title else _SEARCHED[1:]:
        value = getattr(group if field.is_column else details, field.name)
        yield _(field.label), "; ".join(labels(value)) if field.name in TERM_FIELDS else value
