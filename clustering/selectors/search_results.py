"""Search results as documents: the best page of each, an excerpt of its text, and its place on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from clustering.models import Page
from clustering.selectors.described import piece_of
from clustering.selectors.search import MARK, headlines_of

MOST = 2000
"""More pages than this are counted as "more than"; people with so many results choose a better word."""
MOST_BOXES = 40

Box = tuple[int, int, int, int]
"""Left, top, width and height on the upright page, in pixels of its reading."""


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
    boxes: list[Box] = field(default_factory=list)
    """Lines of the best page with the words."""


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
                [] if document[0].described else _boxes(page, headline),
            )
        )
    return results


def _boxes(page: Page, headline: str) -> list[Box]:
    """Return the lines with a matching word, in whatever form."""
    forms = {part.split(MARK[1])[0].casefold() for part in headline.split(MARK[0])[1:]}
    if not forms or page.upright:
        return []
    return [
        (left, top, right - left, bottom - top)
        for text, left, top, right, bottom, *_ in page.reading.lines
        if any(form in text.casefold() for form in forms)
    ][:MOST_BOXES]
