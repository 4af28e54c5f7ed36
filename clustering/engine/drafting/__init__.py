"""Draft metadata of one group: title, kind, date and language, each with its evidence in words and a confidence."""

from __future__ import annotations

from collections.abc import Sequence

from clustering.engine.drafting.dates import draft_date
from clustering.engine.drafting.kind import KIND_TERMS, KINDS, draft_kind
from clustering.engine.drafting.language import draft_language
from clustering.engine.drafting.layout import see_pages
from clustering.engine.drafting.title import draft_title
from clustering.engine.records import GroupDraft, PageRecord

__all__ = ["KINDS", "KIND_TERMS", "draft_group"]


def draft_group(pages: Sequence[PageRecord], *, usual: str = "en") -> GroupDraft:
    """What can be said of one document from its pages, in reading order.

    Words are looked for in the language of the document; in `usual` where it has too little text to tell.

    Pages without a reading count for shape and number only; fields of which nothing can be said are None. No images are
    opened: a group of three pages takes some milliseconds.
    """
    seen = see_pages(pages, usual=usual)
    kind = draft_kind(seen)
    date = draft_date(seen)
    return GroupDraft(title=draft_title(seen, kind, date), kind=kind, date=date, language=draft_language(seen))
