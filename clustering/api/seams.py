"""Seams: the places between two pages, with their probabilities, evidence, and answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from clustering import models
from clustering.access import access_collection, signed_in
from clustering.actions import Scope
from clustering.actions.answer import AnswerSeam
from clustering.api.acts import done_by
from clustering.api.paging import MOST_AT_ONCE, Sheet, Window, part_of
from clustering.api.responses.edits import Done
from clustering.api.shapes import AtPosition, ResponseBody, Slug
from clustering.quality import kindly, record_check
from clustering.redecode.live import desk_run
from clustering.selectors.desk_shapes import Changes
from clustering.selectors.queue import open_seams
from clustering.wording import fact_sentence, say

router = Router(tags=["Seams"])

Verdict = Literal["same", "different"]


class Seam(ResponseBody):
    """The place between one page and the next in scan order."""

    left: int = Field(description="Position of the page before the seam; identifies it.")
    right: int
    probability: float | None = Field(
        description="Probability that a document ends here, by the applied proposal and later decisions."
    )
    joined: bool = Field(description="Whether both pages are currently in one group.")
    answer: Verdict | None = Field(description="What a person answered about these two pages.")
    versions: dict[str, int] = Field(description="Version of each group at the seam, by ID, as acts take them.")


class Fact(ResponseBody):
    """One piece of evidence."""

    family: str = Field(description="paper, look, numbers, text, hand, page or kind.")
    name: str
    sentence: str
    contribution: float = Field(description="Log-odds of a page break; a negative value suggests one document.")


class RunSays(ResponseBody):
    """What one proposal says about a seam."""

    run: int
    method: str
    probability: float
    boundary: bool
    on_the_desk: bool
    evidence: list[Fact] = Field(description="Strongest first.")


class WholeSeam(Seam):
    """A seam with its evidence."""

    answered_by: str | None
    runs: list[RunSays] = Field(description="Newest first, at most 20.")


class OpenSeam(ResponseBody):
    """A seam that nobody has reviewed."""

    left: int
    right: int
    probability: float
    joined: bool
    saved: float = Field(description="How many corrections checking this is expected to save.")


class Queue(ResponseBody):
    """What to check next."""

    total: int = Field(description="Number of places to check.")
    version: int
    items: list[OpenSeam]


class Most(BaseModel):
    """How many."""

    limit: int = Field(200, ge=1, le=MOST_AT_ONCE, description="The most to return.")


MOST_RUNS = 20


@router.get("/{slug:slug}/seams", response=Sheet[Seam], summary="List seams")
def list_seams(request: HttpRequest, slug: Slug, window: Query[Window]) -> Sheet[Seam]:
    """Seams in scan order, each named by the page before it. `after` is a position."""
    collection = access_collection(request.user, slug)
    pages = models.Page.objects.filter(collection=collection, position__gt=window.after).select_related("group")
    rows = pages.defer("paper").order_by("position")[: window.limit + 2]
    return part_of(
        request,
        list(pairwise(rows)),
        window,
        position_of=lambda pair: pair[0].position,
        respond=lambda shown: _seam_responses(collection, shown),
    )


@router.get("/{slug:slug}/seams/{int:left}", response=WholeSeam, summary="Get a seam with its evidence")
def get_seam(request: HttpRequest, slug: Slug, left: AtPosition) -> WholeSeam:
    """Return the evidence at the seam after a page, from each proposal that scored it."""
    collection = access_collection(request.user, slug)
    pages = models.Page.objects.filter(collection=collection, position__gte=left).select_related("group")
    pair = list(pages.order_by("position")[:2])
    if len(pair) < 2 or pair[0].position != left:
        raise Http404(
            say(
                "“%(collection)s” has no place after page %(left)s: there is no such page, or it is the last one.",
                collection=collection,
                left=left,
            )
        )
    record = _seam_responses(collection, [(pair[0], pair[1])])[0]
    chosen = desk_run(collection)
    scores = models.SeamScore.objects.filter(page=pair[0]).select_related("run").order_by("-run__created")[:MOST_RUNS]
    answer = models.Answer.objects.filter(first=pair[0], second=pair[1]).select_related("actor").first()
    return WholeSeam(
        **record.model_dump(),
        answered_by=answer.actor.get_username() if answer and answer.actor else None,
        runs=[_run_says(score, chosen) for score in scores],
    )


@router.get("/{slug:slug}/queue", response=Queue, summary="List places to check")
def get_queue(request: HttpRequest, slug: Slug, wanted: Query[Most]) -> Queue:
    """Places to check that nobody has reviewed, ordered by how much work each is likely to save."""
    collection = access_collection(request.user, slug)
    run = desk_run(collection)
    queued = open_seams(collection, run) if run is not None else []
    items = [
        OpenSeam(
            left=seam.left, right=seam.left + 1, probability=seam.probability, joined=seam.joined, saved=seam.saved
        )
        for seam in queued[: wanted.limit]
    ]
    return Queue(total=len(queued), version=collection.version, items=items)


def _seam_responses(collection: models.Collection, pairs: Sequence[tuple[models.Page, models.Page]]) -> list[Seam]:
    """Return seams between pairs of pages. At most five queries."""
    run = desk_run(collection)
    lefts = [left.pk for left, _ in pairs]
    scores: dict[int, float] = {}
    if run is not None:
        rows = models.SeamScore.objects.filter(run=run, page__in=lefts)
        scores = dict(rows.values_list("page_id", "probability"))
        live = models.LiveScore.objects.filter(run=run, page__in=lefts)
        scores |= dict(live.values_list("page_id", "probability"))
    answers = models.Answer.objects.filter(first__in=lefts).values_list("first", "second", "verdict")
    verdicts = {(first, second): verdict for first, second, verdict in answers}
    return [
        Seam(
            left=left.position,
            right=right.position,
            probability=scores.get(left.pk),
            joined=left.group_id is not None and left.group_id == right.group_id,
            answer=cast(Verdict | None, verdicts.get((left.pk, right.pk))),
            versions={str(page.group.pk): page.group.version for page in (left, right) if page.group is not None},
        )
        for left, right in pairs
    ]


def _run_says(score: models.SeamScore, chosen: models.Run | None) -> RunSays:
    facts: list[dict[str, Any]] = sorted(score.evidence, key=lambda fact: -abs(fact.get("contribution") or 0.0))
    return RunSays(
        run=score.run_id,
        method=score.run.method,
        probability=score.probability,
        boundary=score.boundary,
        on_the_desk=chosen is not None and score.run_id == chosen.pk,
        evidence=[
            Fact(
                family=fact.get("family", ""),
                name=fact.get("name", ""),
                sentence=fact_sentence(fact.get("sentence")),
                contribution=fact.get("contribution") or 0.0,
            )
            for fact in facts
        ],
    )


class Kept(ResponseBody):
    """An answer about a place that was already reviewed. It is stored as an opinion and changes nothing."""

    version: int
    message: str
    look: str = Field(
        description="Message for the reviewer if the answer differs from the earlier one; otherwise empty."
    )
    place: str = Field(description="Address of the two pages, if they should be looked at again.")


@router.post("/{slug:slug}/queue/answer", response=Done | Changes | Kept, summary="Answer a place to check")
def answer_in_queue(request: HttpRequest, slug: Slug, body: AnswerSeam) -> Done | Kept | HttpResponse:
    """Like the act `answer`. Reviewed places may be shown again to measure reviewer agreement; an answer about one of
    them is stored as an opinion.
    """
    at = Scope(access_collection(request.user, slug, edit=True), signed_in(request))
    if at.collection.read_settings().check_share:
        check = record_check(at.page(body.left), verdict=body.verdict, actor=at.actor, versions=body.seen)
        if check is not None:
            what = _("one document") if check.verdict == models.Answer.Verdict.SAME else _("different documents")
            look = kindly(check)
            return Kept(
                version=at.collection.version,
                message=_("Answered that pages %(first)s and %(second)s are %(what)s.")
                % {"first": check.first.position, "second": check.second.position, "what": what},
                look=look,
                place=f"{at.collection.get_absolute_url()}#page/{check.second.identifier}" if look else "",
            )
    return done_by(at, body)
