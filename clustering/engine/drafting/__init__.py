"""Draft metadata of one group: title, kind, date and language, each with its evidence in words and a confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clustering.engine.drafting.dates import draft_date
from clustering.engine.drafting.kind import KIND_TERMS, KINDS, draft_kind
from clustering.engine.drafting.language import draft_language
from clustering.engine.drafting.layout import see_pages
from clustering.engine.drafting.title import draft_title
from clustering.engine.records import GroupDraft, PageRecord

__all__ = ["FIRST_READ", "KINDS", "KIND_TERMS", "LAST_READ", "draft_group", "is_read"]

FIRST_READ, LAST_READ = 3, 2
"""Pages of a long document whose text is used: a document names itself at its beginning, and is signed at its end."""


def is_read(index: int, count: int) -> bool:
    """Whether drafting uses the text of the page at this place, from 0, of a document of `count` pages."""
    return index < FIRST_READ or index >= count - LAST_READ


def draft_group(pages: Sequence[PageRecord], *, usual: str = "en") -> GroupDraft:
    """Return what can be said of one document from its pages, in reading order.

    Words are looked for in the language of the document; in `usual` where it has too little text to tell.

    Pages without a reading count for shape and number only, and so do those that `is_read` leaves out; fields of which
    nothing can be said are None. No images are opened: it takes some milliseconds, however long the document is.
    """
    count = len(pages)
    read = [page if is_read(index, count) else replace(page, reading=None) for index, page in enumerate(pages)]
    seen = see_pages(read, usual=usual)
    kind = draft_kind(seen)
    date = draft_date(seen)
    return GroupDraft(title=draft_title(seen, kind, date), kind=kind, date=date, language=draft_language(seen))
