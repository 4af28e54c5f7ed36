"""Search in the text of pages and in descriptions of documents."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from clustering import models
from clustering.access import access_collection, hidden_in
from clustering.api.responses.pages import Page, page_response
from clustering.api.shapes import ResponseBody, Slug
from clustering.selectors.described import described_pages, piece_of
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


class Hit(ResponseBody):
    """A page whose text has the words, or the first page of a document whose description has them."""

    page: Page
    described: bool = Field(
        description="Whether the words are in what people entered about the document of which this is the first page, "
        "not in the text of the page."
    )
    headline: str = Field(
        description="The passage with the words, each between ** and **; of a description, “Field: passage.” Empty for "
        "a restricted page."
    )


class Hits(ResponseBody):
    """Results: documents by their descriptions, in scan order, then pages by their text, best match first."""

    total: int
    items: list[Hit]


@router.get("/{slug:slug}/search", response=Hits, summary="Search text and descriptions")
def search(request: HttpRequest, slug: Slug, asked: Query[Asked]) -> Hits:
    """Find documents whose description has these words, then pages whose text has them, as Search at the desk does.

    Descriptions come first, in scan order; text follows, best match first. Each page is listed once.
    """
    collection = access_collection(request.user, slug, whole=False)
    words = asked.q.replace("\0", "")
    end = asked.offset + asked.limit
    read = found_pages(collection, words)
    # A page whose text has the words is listed by its text, which shows more than the description.
    entered = described_pages(models.Collection.objects.filter(pk=collection.pk), words, hidden=hidden_in(collection))
    entered = entered.exclude(pk__in=read.order_by().values("pk"))
    count = entered.count()
    named = list(entered.select_related("group")[asked.offset : end])
    pages = list(read[max(0, asked.offset - count) : max(0, end - count)])
    headlines = headlines_of([page for page in pages if not page.is_restricted], words)
    hits = [(page, _described(page, words)) for page in named]
    hits += [(page, headlines.get(page.pk, "")) for page in pages]
    items = [
        Hit(page=page_response(page, slug=slug), described=index < len(named), headline=_marked(headline))
        for index, (page, headline) in enumerate(hits)
    ]
    return Hits(total=count + read.count(), items=items)


def _described(page: models.Page, words: str) -> str:
    return piece_of(page.group, words, title=True) if page.group and not page.is_restricted else ""


def _marked(headline: str) -> str:
    return headline.replace(MARK[0], "**").replace(MARK[1], "**")
