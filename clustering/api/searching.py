"""Search in what was read on the pages."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from clustering.access import access_collection
from clustering.api.answers.pages import Page, page_told
from clustering.api.shapes import Answer, Slug
from clustering.selectors.search import MARK, found_pages, headlines_of

router = Router(tags=["Search"])

MOST_LETTERS = 200
DEEPEST = 10_000


class Asked(BaseModel):
    """What to search for, and which part of the results."""

    model_config = ConfigDict(frozen=True)

    q: str = Field(
        min_length=1,
        max_length=MOST_LETTERS,
        description="Words to search for. Quotation marks, OR, and - work as in search engines.",
    )
    offset: int = Field(0, ge=0, le=DEEPEST, description="Skip this many results.")
    limit: int = Field(40, ge=1, le=200, description="The most to return.")


class Hit(Answer):
    """A page with the text that was found."""

    page: Page
    headline: str = Field(
        description="The passage with the words, each between ** and **. Empty for a restricted page."
    )


class Hits(Answer):
    """Pages found, best match first."""

    total: int
    items: list[Hit]


@router.get("/{slug:slug}/search", response=Hits, summary="Search the text")
def search(request: HttpRequest, slug: Slug, asked: Query[Asked]) -> Hits:
    """Pages whose text contains these words, best match first."""
    collection = access_collection(request.user, slug, whole=False)
    words = asked.q.replace("\0", "")
    matches = found_pages(collection, words)
    pages = list(matches[asked.offset : asked.offset + asked.limit])
    headlines = headlines_of([page for page in pages if not page.is_restricted], words)
    return Hits(
        total=matches.count(),
        items=[Hit(page=page_told(page, slug=slug), headline=_marked(headlines.get(page.pk, ""))) for page in pages],
    )


def _marked(headline: str) -> str:
    return headline.replace(MARK[0], "**").replace(MARK[1], "**")
