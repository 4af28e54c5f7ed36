"""Search results as documents: the best page of each, an excerpt of its text, and its place on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from clustering.models import Page
from clustering.selectors.described import piece_of
from clustering.selectors.search import MARK, headlines_of

MOST = 2000
"""More pages than this are counted as "more than"; people with so many results choose a better word."""
MOST_BOXES = 40

Box = tuple[int, int, int, int]
"""Left, top, width and height on the page as it is shown, in pixels of its reading."""


@dataclass(slots=True)
class Result:
    """A document, or a page in no document."""

    page: Page
    """The best of its pages."""
    others: list[Page]
    """The other matching pages, best first."""
    snippet: str
    likeness: int | None = None
    """Percent, if it was searched by meaning."""
    width: int = 0
    height: int = 0
    boxes: list[Box] = field(default_factory=list)
    """Lines of the best page with the words, on a page of this size."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching page, before it is loaded."""

    page: int
    group: int | None
    likeness: int | None = None
    described: bool = False
    """Whether the words are in the description of its document, of which this is the first page."""


def by_document(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Group matching pages by document, at the place of the best one.

    A document that only matches by its description is represented by its first page.
    """
    documents: dict[tuple[str, int], list[Hit]] = {}
    for hit in hits:
        key = ("page", hit.page) if hit.group is None else ("group", hit.group)
        documents.setdefault(key, []).append(hit)
    return [[hit for hit in of_one if not hit.described] or of_one for of_one in documents.values()]


def results_of(documents: Sequence[Sequence[Hit]], words: str) -> list[Result]:
    """Load what is shown of these documents, including where the words are. Two queries."""
    wanted = {hit.page for document in documents for hit in document}
    pages = Page.objects.select_related("group", "reading", "collection").in_bulk(wanted)
    best = [pages[document[0].page] for document in documents]
    headlines = headlines_of([page for page in best if hasattr(page, "reading")], words)
    results = []
    for document, page in zip(documents, best, strict=True):
        if document[0].described:
            headline = piece_of(page.group, words) if page.group else ""
        else:
            headline = headlines.get(page.pk, "")
        results.append(
            Result(
                page,
                sorted((pages[hit.page] for hit in document[1:]), key=lambda one: one.position),
                headline,
                document[0].likeness,
                *((0, 0, []) if document[0].described else _boxes(page, headline)),
            )
        )
    return results


def lines_with(words: str, page: Page, lines: Sequence[str]) -> list[int]:
    """Return which of these lines of a page have a word that was searched for, in whatever form. One query."""
    if not words or not lines:
        return []
    pattern = _finder(headlines_of([page], words, whole=True).get(page.pk, ""))
    return [at for at, line in enumerate(lines) if pattern and pattern.search(line)]


def _boxes(page: Page, headline: str) -> tuple[int, int, list[Box]]:
    """Return the width and height of the page, and the lines with a matching word."""
    pattern = _finder(headline)
    if not pattern:
        return 0, 0, []
    width, height, lines = page.reading.shown_lines(page.rotation)
    boxes = [
        (left, top, right - left, bottom - top) for text, left, top, right, bottom, *_ in lines if pattern.search(text)
    ]
    return width, height, boxes[:MOST_BOXES]


def _finder(headline: str) -> re.Pattern[str] | None:
    """Return what finds the words that are marked in a headline; None if there are none."""
    forms = {re.escape(part.split(MARK[1])[0]) for part in headline.split(MARK[0])[1:]}
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(forms))})(?!\w)", re.IGNORECASE) if forms else None
