"""Seams: the places between two pages, what the machine thinks of each and why, and what people said."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, cast

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from clustering import models
from clustering.access import access_collection
from clustering.actions import Scope
from clustering.actions.answer import AnswerSeam
from clustering.api.acts import done_by
from clustering.api.answers.edits import Done
from clustering.api.paging import MOST_AT_ONCE, Sheet, Window, sheet_of
from clustering.api.shapes import Answer, AtPosition, Slug
from clustering.api.signing_in import person
from clustering.quality import check_share, kindly, record_check
from clustering.selectors.changes import Changes
from clustering.selectors.desk_run import desk_run
from clustering.selectors.queue import queued_seams

router = Router(tags=["Seams"])

Verdict = Literal["same", "different"]


class Seam(Answer):
    """The place between a page and the next in scan order."""

    left: int = Field(description="Position of the page before it: names the seam.")
    right: int
    probability: float | None = Field(
        description="That a document ends here, by the run on the desk and what people decided since."
    )
    joined: bool = Field(description="The desk has both pages in one group.")
    answer: Verdict | None = Field(description="What a person said of these two pages.")
    versions: dict[str, int] = Field(description="Version of each group at the seam by its id, as acts take them.")


class Fact(Answer):
    """One piece of evidence."""

    family: str = Field(description="paper, look, numbers, text, hand, page or kind.")
    name: str
    sentence: str
    contribution: float = Field(description="Log-odds for a boundary; negative speaks for one document.")


class RunSays(Answer):
    """What one run says of a seam."""

    run: int
    method: str
    probability: float
    boundary: bool
    on_the_desk: bool
    evidence: list[Fact] = Field(description="The weightiest first.")


class WholeSeam(Seam):
    """A seam with why."""

    answered_by: str | None
    runs: list[RunSays] = Field(description="The newest first, 20 at most.")


class OpenSeam(Answer):
    """A seam that nobody decided."""

    left: int
    right: int
    probability: float
    joined: bool
    saved: float = Field(description="Expected edits that looking saves.")


class Queue(Answer):
    """What to look at next."""

    total: int = Field(description="Seams that are worth a look.")
    version: int
    items: list[OpenSeam]


class Most(BaseModel):
    """How many."""

    limit: int = Field(200, ge=1, le=MOST_AT_ONCE, description="How many at most.")


RUNS_TOLD = 20


@router.get("/{slug:slug}/seams", response=Sheet[Seam], summary="List seams")
def list_seams(request: HttpRequest, slug: Slug, window: Query[Window]) -> Sheet[Seam]:
    """Seams in scan order, named by the page before each. `after` is a position."""
    collection = access_collection(request.user, slug)
    pages = models.Page.objects.filter(collection=collection, position__gt=window.after).select_related("group")
    rows = list(pages.defer("paper").order_by("position")[: window.limit + 2])
    pairs = list(pairwise(rows))
    return sheet_of(
        request,
        pairs,
        limit=window.limit,
        place=lambda pair: pair[0].position,
        tell=lambda shown: _told(collection, shown),
    )


@router.get("/{slug:slug}/seams/{int:left}", response=WholeSeam, summary="One seam, and why")
def get_seam(request: HttpRequest, slug: Slug, left: AtPosition) -> WholeSeam:
    """The evidence at the seam after a page, by each run that scored it."""
    collection = access_collection(request.user, slug)
    pages = models.Page.objects.filter(collection=collection, position__gte=left).select_related("group")
    pair = list(pages.order_by("position")[:2])
    if len(pair) < 2 or pair[0].position != left:
        raise Http404(f"“{collection}” has no seam after page {left}: no such page, or it is the last one.")
    told = _told(collection, [(pair[0], pair[1])])[0]
    chosen = desk_run(collection)
    scores = models.SeamScore.objects.filter(page=pair[0]).select_related("run").order_by("-run__created")[:RUNS_TOLD]
    said = models.Answer.objects.filter(first=pair[0], second=pair[1]).select_related("actor").first()
    return WholeSeam(
        **told.model_dump(),
        answered_by=said.actor.get_username() if said and said.actor else None,
        runs=[_run_says(score, chosen) for score in scores],
    )


@router.get("/{slug:slug}/queue", response=Queue, summary="Doubtful seams")
def get_queue(request: HttpRequest, slug: Slug, wanted: Query[Most]) -> Queue:
    """Seams that nobody decided, first those where looking is expected to save most, as in the desk's queue."""
    collection = access_collection(request.user, slug)
    run = desk_run(collection)
    found = queued_seams(collection, run) if run is not None else []
    items = [
        OpenSeam(
            left=seam.left, right=seam.left + 1, probability=seam.probability, joined=seam.joined, saved=seam.saved
        )
        for seam in found[: wanted.limit]
    ]
    return Queue(total=len(found), version=collection.version, items=items)


def _told(collection: models.Collection, pairs: Sequence[tuple[models.Page, models.Page]]) -> list[Seam]:
    """Four queries, whatever their number."""
    run = desk_run(collection)
    lefts = [left.pk for left, _ in pairs]
    scores: dict[int, float] = {}
    if run is not None:
        rows = models.SeamScore.objects.filter(run=run, page__in=lefts)
        scores = dict(rows.values_list("page_id", "probability"))
        live = models.LiveScore.objects.filter(run=run, page__in=lefts)
        scores |= dict(live.values_list("page_id", "probability"))
    answers = models.Answer.objects.filter(first__in=lefts).values_list("first", "second", "verdict")
    said = {(first, second): verdict for first, second, verdict in answers}
    return [
        Seam(
            left=left.position,
            right=right.position,
            probability=scores.get(left.pk),
            joined=left.group_id is not None and left.group_id == right.group_id,
            answer=cast(Verdict | None, said.get((left.pk, right.pk))),
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
                sentence=fact.get("sentence", ""),
                contribution=fact.get("contribution") or 0.0,
            )
            for fact in facts
        ],
    )


class Kept(Answer):
    """An answer to a seam that was settled already: kept as an opinion, and nothing changed."""

    version: int
    message: str
    look: str = Field(description="What to say where it differs from what was said before; empty where it does not.")
    place: str = Field(description="Address of the two pages at the desk, where they should be looked at.")


@router.post("/{slug:slug}/queue/answer", response=Done | Changes | Kept, summary="Answer a seam of the queue")
def answer_in_queue(request: HttpRequest, slug: Slug, order: AnswerSeam) -> Done | Kept | HttpResponse:
    """As the act `answer`. The queue may show settled seams again to learn how reviewers agree: an answer to one of
    these is kept as an opinion.
    """
    at = Scope(access_collection(request.user, slug, edit=True), person(request))
    if check_share(at.collection):
        check = record_check(at.page(order.left), verdict=order.verdict, actor=at.actor, versions=order.seen)
        if check is not None:
            what = "one document" if check.verdict == models.Answer.Verdict.SAME else "different documents"
            look = kindly(check)
            return Kept(
                version=at.collection.version,
                message=f"Answered that pages {check.first.position} and {check.second.position} are {what}.",
                look=look,
                place=f"{at.collection.get_absolute_url()}#page/{check.second.identifier}" if look else "",
            )
    return done_by(at, order)
