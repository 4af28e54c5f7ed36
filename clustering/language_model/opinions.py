"""Ask a question once: reuse an existing answer, and store a new one with its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from clustering.engine.language_model import Endpoint, NoAnswer, Nonsense, Question, Reply, ask
from clustering.language_model.pace import wait_for_room
from clustering.models import Job, Opinion, Page, User
from clustering.wording import say

Read = Callable[[str], Any]
"""Makes a dataclass of an answer's text. Raises Nonsense."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question came to: an opinion that is not kept yet, or a sentence why there is none."""

    opinion: Opinion | None
    problem: str = ""
    sent: int = 0
    received: int = 0
    seconds: float = 0.0
    cost: Decimal = Decimal(0)


def opinion_on(
    page: Page,
    question: Question,
    read: Read,
    endpoint: Endpoint,
    *,
    next_page: Page | None = None,
    job: Job | None = None,
    actor: User | None = None,
    patience: float,
) -> Asked:
    """Return the answer to a question about a page or the place after it, kept or new. The caller keeps the opinion.

    A timeout, an error of the server or nonsense gives none, and says why. Raises Unusable where the endpoint cannot be
    asked as it is set up, and TooBusy where no turn comes within `patience` seconds.
    """
    row = Opinion(
        collection_id=page.collection_id, kind=question.kind, key=question.key, page=page, next_page=next_page, job=job,
        actor=actor, model=endpoint.model,
    )  # fmt: skip
    kept = Opinion.objects.kept_for(question.key)
    if kept is not None:
        row.answer, row.reused = kept.answer, True
        return Asked(row)
    wait_for_room(patience=patience)
    try:
        reply = ask(question, endpoint)
    except NoAnswer as error:
        return _without(str(error), error.reply, endpoint)
    try:
        row.answer = asdict(read(reply.content))
    except Nonsense as error:
        return _without(
            say("%(host)s gave no usable answer. %(error)s", host=endpoint.host, error=error), reply, endpoint
        )
    cost = endpoint.cost(sent=reply.sent, received=reply.received) or Decimal(0)
    row.sent, row.received, row.seconds, row.cost = reply.sent, reply.received, reply.seconds, cost
    return Asked(row, "", reply.sent, reply.received, reply.seconds, cost)


def _without(problem: str, reply: Reply | None, endpoint: Endpoint) -> Asked:
    """Return a problem, with the tokens that were used if the server reported them."""
    if reply is None:
        return Asked(None, problem)
    cost = endpoint.cost(sent=reply.sent, received=reply.received) or Decimal(0)
    return Asked(None, problem, reply.sent, reply.received, reply.seconds, cost)
