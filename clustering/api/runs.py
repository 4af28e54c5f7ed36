"""Runs: proposals, what each would change, and applying one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from clustering import actions, models
from clustering.access import access_collection, access_run, signed_in
from clustering.actions.base import ActId, Id
from clustering.actions.publish import changes_of
from clustering.api.paging import Sheet, Window, part_of
from clustering.api.responses.edits import Done, done_response
from clustering.api.shapes import ById, RequestBody, ResponseBody, Slug
from clustering.redecode.partition import Change as Difference
from clustering.wording import say, translated

router = Router(tags=["Runs"])

State = Literal["computing", "ready", "failed"]


class Run(ResponseBody):
    """A proposal for a whole collection. It never changes."""

    id: int
    method: str
    settings: dict[str, Any]
    encoder: str
    model: str = Field(description="Name and version of the model.")
    state: State
    group_count: int
    page_count: int
    seconds: float
    warnings: list[str]
    created: datetime
    published: datetime | None = Field(description="When it was last applied.")
    job: int | None
    launched_by: str | None


class RunGroup(ResponseBody):
    """A document as proposed."""

    index: int
    probability: float | None
    order_reason: str = Field(description="Why reading order differs from scan order, if it does.")
    pages: list[int] = Field(description="Positions in reading order.")


class Change(ResponseBody):
    """One change that a proposal would make: the smallest set of pages that it arranges differently."""

    key: int = Field(description="Use this in `only` to apply this change.")
    before: list[list[int]] = Field(description="Positions of each current group; each unassigned page by itself.")
    after: list[list[int]]


class RunChanges(ResponseBody):
    """What applying would change."""

    total: int
    version: int = Field(description="The version of the collection that was compared.")
    items: list[Change]
    next: str | None


@router.get("/{slug:slug}/runs", response=Sheet[Run], summary="List proposals")
def list_runs(request: HttpRequest, slug: Slug, window: Query[Window]) -> Sheet[Run]:
    """Proposals, oldest first. `after` is the ID of a run."""
    collection = access_collection(request.user, slug)
    rows = collection.runs.filter(pk__gt=window.after).select_related("actor").order_by("pk")
    return part_of(
        request,
        rows,
        window,
        position_of=lambda run: run.pk,
        respond=lambda shown: [_run_response(run) for run in shown],
    )


@router.get("/{slug:slug}/runs/{int:run}", response=Run, summary="Get a proposal")
def get_run(request: HttpRequest, slug: Slug, run: ById) -> Run:
    """Return the method, settings, and size of a proposal."""
    return _run_response(_run(request, slug, run))


@router.get("/{slug:slug}/runs/{int:run}/groups", response=Sheet[RunGroup], summary="List the documents of a proposal")
def list_run_groups(request: HttpRequest, slug: Slug, run: ById, window: Query[Window]) -> Sheet[RunGroup]:
    """Return the documents as proposed. `after` counts groups: 100 starts with the group of index 100."""
    proposal = _run(request, slug, run)
    rows = proposal.groups.filter(index__gte=window.after).order_by("index")
    return part_of(
        request,
        rows,
        window,
        position_of=lambda group: group.index + 1,
        respond=lambda shown: _group_responses(proposal, shown),
    )


@router.get("/{slug:slug}/runs/{int:run}/changes", response=RunChanges, summary="Preview a proposal")
def list_changes(request: HttpRequest, slug: Slug, run: ById, window: Query[Window]) -> RunChanges:
    """Return what applying the proposal would change now, in scan order. Changes nothing. `after` counts changes.

    Takes as long as applying it: seconds for 50,000 pages.
    """
    proposal = _run(request, slug, run)
    changes = changes_of(proposal)
    part = part_of(
        request,
        list(enumerate(changes))[window.after :],
        window,
        position_of=lambda row: row[0] + 1,
        respond=lambda rows: _change_responses(proposal, [change for _, change in rows]),
    )
    return RunChanges(total=len(changes), version=proposal.collection.version, items=part.items, next=part.next)


class PublishRequest(RequestBody):
    """Apply a proposal."""

    act_id: ActId | None = Field(None, description="A UUID that you choose, so that a request sent twice is done once.")
    only: Annotated[list[Id], Field(max_length=20_000)] | None = Field(
        None, description="Keys of the changes to apply, from GET …/changes. If left out, everything is applied."
    )


@router.post("/{slug:slug}/runs/{int:run}/publish", response=Done, summary="Apply a proposal")
def publish(request: HttpRequest, slug: Slug, run: ById, body: PublishRequest) -> Done:
    """Apply a proposal. It changes only documents nobody has reviewed, and can be undone. `only` applies some of the
    changes; if one of them no longer applies, the response is 409.
    """
    access_collection(request.user, slug, edit=True)
    proposal = _run(request, slug, run)
    return done_response(actions.publish_run(proposal, actor=signed_in(request), act_id=body.act_id, only=body.only))


def _run(request: HttpRequest, slug: str, pk: int) -> models.Run:
    collection = access_collection(request.user, slug)
    run = access_run(request.user, pk)
    if run.collection_id != collection.pk:
        raise Http404(say("“%(collection)s” has no run %(pk)s.", collection=collection, pk=pk))
    return run


def _run_response(run: models.Run) -> Run:
    return Run(
        id=run.pk,
        method=run.method,
        settings=run.settings,
        encoder=run.encoder,
        model=run.model,
        state=cast(State, run.state),
        group_count=run.group_count,
        page_count=run.page_count,
        seconds=run.seconds,
        warnings=[translated(warning) for warning in run.warnings],
        created=run.created,
        published=run.published,
        job=run.job_id,
        launched_by=run.actor.get_username() if run.actor else None,
    )


def _group_responses(run: models.Run, groups: Sequence[models.RunGroup]) -> list[RunGroup]:
    pages: dict[int, list[int]] = {group.index: [] for group in groups}
    rows = models.RunMembership.objects.filter(run=run, group_index__in=list(pages))
    for index, position in rows.order_by("group_index", "group_order").values_list("group_index", "page__position"):
        pages[index].append(position)
    return [
        RunGroup(
            index=group.index,
            probability=group.probability,
            order_reason=translated(group.order_reason),
            pages=pages[group.index],
        )
        for group in groups
    ]


def _change_responses(run: models.Run, changes: Sequence[Difference]) -> list[Change]:
    ids = {page for change in changes for page in change.pages}
    rows = models.Page.objects.filter(collection=run.collection_id, pk__in=ids)
    positions = dict(rows.values_list("pk", "position"))

    def placed(groups: Sequence[Sequence[int]]) -> list[list[int]]:
        return [[positions[page] for page in group] for group in groups]

    return [Change(key=change.key, before=placed(change.before), after=placed(change.after)) for change in changes]
