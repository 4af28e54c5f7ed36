"""Draft title, kind, date, and language of a group, each with its evidence in words and a confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clustering.engine.drafting.dates import draft_date
from clustering.engine.drafting.kind import KIND_TERMS, KINDS, draft_kind
from clustering.engine.drafting.language import draft_language
from clustering.engine.drafting.layout import SeenPage, see_pages
from clustering.engine.drafting.title import draft_title
from clustering.engine.records import GroupDraft, PageRecord

__all__ = ["FIRST_READ", "KINDS", "KIND_TERMS", "LAST_READ", "draft_group", "is_read", "see_document"]

FIRST_READ, LAST_READ = 3, 2
"""Pages of a long document whose text is used: its title is at the beginning, and its signature at the end."""


def is_read(index: int, count: int) -> bool:
    """Whether drafting uses the text of the page at this 0-based index of a document of `count` pages."""
    return index < FIRST_READ or index >= count - LAST_READ


def see_document(pages: Sequence[PageRecord], *, usual: str = "en") -> tuple[SeenPage, ...]:
    """Return the pages of a document as drafting sees them: without the text of those that `is_read` leaves out."""
    count = len(pages)
    read = [page if is_read(index, count) else replace(page, reading=None) for index, page in enumerate(pages)]
    return see_pages(read, usual=usual)


def draft_group(pages: Sequence[PageRecord], *, usual: str = "en") -> GroupDraft:
    """Draft the metadata of one document from its pages, in reading order.

    Searches for words of the document's language, or of `usual` if it has too little text to tell. Pages that weren't
    read or that `is_read` leaves out count for shape and number only. A field without evidence is None. Opens no
    images: takes a few milliseconds, however long the document is.
    """
    seen = see_document(pages, usual=usual)
    kind = draft_kind(seen)
    date = draft_date(seen)
    return GroupDraft(title=draft_title(seen, kind, date), kind=kind, date=date, language=draft_language(seen))
