"""What a language model suggests for the description of a document. Nothing is kept before a person takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clustering.engine.drafting import KINDS
from clustering.engine.language_model import DocumentAnswer, Endpoint, Question, document_question, read_document_answer
from clustering.engine.written_dates import UnreadableDate, read_written_date
from clustering.language_model.opinions import Asked, opinion_on
from clustering.language_model.shown import can_be_judged, page_shown
from clustering.models import Group, Job, Page, User
from clustering.wording import say


def question_about(group: Group, endpoint: Endpoint) -> tuple[list[Page], Question | None]:
    """Return the pages of a document in reading order, and the question about it; None if there is nothing to send."""
    rows = group.pages.order_by("group_order").select_related("reading")
    pages = list(rows.defer("reading__lines", "reading__search"))
    shown = [page_shown(page) for page in pages]
    question = document_question(shown, KINDS, endpoint)
    return pages, question if any(can_be_judged(page, endpoint) for page in shown) else None


def described(
    group: Group, endpoint: Endpoint, *, job: Job | None = None, actor: User | None = None, patience: float
) -> Asked:
    """Ask about a document, or reuse an existing answer. Raises Unusable and TooBusy, like `opinion_on`."""
    pages, question = question_about(group, endpoint)
    if question is None:
        return Asked(None, say("No text was read on these pages, so there is nothing to ask about. Run OCR first."))
    return opinion_on(
        pages[0], question, lambda content: read_document_answer(content, KINDS), endpoint, job=job, actor=actor,
        patience=patience,
    )  # fmt: skip


def suggestion_of(answer: Mapping[str, Any]) -> DocumentAnswer:
    """Return a stored answer as fields of a description, with the date in EDTF, or without if it isn't one."""
    people, places = tuple(answer["people"]), tuple(answer["places"])
    return DocumentAnswer(**{**answer, "date": _edtf(answer["date"]), "people": people, "places": places})


def _edtf(text: str) -> str:
    """Return the date in EDTF; one that cannot be read is left out rather than guessed."""
    try:
        return read_written_date(text).edtf if text else ""
    except UnreadableDate:
        return ""
