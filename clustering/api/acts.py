"""Acts: everything that changes the desk, through the same verbs as the desk itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from clustering import actions, models
from clustering.access import access_collection
from clustering.actions.accept import Wanted, accept_many, acceptable
from clustering.actions.describe import KIND_URI
from clustering.api import orders
from clustering.api.answers.edits import Done, done_told
from clustering.api.shapes import Answer, Slug
from clustering.api.signing_in import person
from clustering.engine.description import DETAILS
from clustering.models import User

router = Router(tags=["Acts"])


@dataclass(frozen=True, slots=True)
class Desk:
    """One collection's desk, and who acts at it."""

    collection: models.Collection
    actor: User

    def page(self, position: int) -> models.Page:
        """The page at this place. Raises Refused."""
        return self.pages([position])[0]

    def pages(self, positions: Sequence[int]) -> list[models.Page]:
        """The pages at these places, each once, in the order given. Raises Refused. One query."""
        wanted = list(dict.fromkeys(positions))
        rows = models.Page.objects.filter(collection=self.collection, position__in=wanted)
        found = {page.position: page for page in rows}
        missing = [position for position in wanted if position not in found]
        if missing:
            raise actions.Refused(
                f"“{self.collection}” has no page {missing[0]}. Positions count from 1 in scan order."
            )
        return [found[position] for position in wanted]

    def group(self, pk: int) -> models.Group:
        """A group by its id; one that is gone is handed on, so that the act tells what became of it."""
        return models.Group(pk=pk, collection=self.collection)

    def groups(self, ids: Sequence[int]) -> list[models.Group]:
        """As `group`, each once."""
        return [self.group(pk) for pk in dict.fromkeys(ids)]

    def edit(self, sequence: int) -> models.Edit:
        """The act that made this version. Raises Refused."""
        rows = models.Edit.objects.filter(collection=self.collection, sequence=sequence)
        found = rows.defer("before", "after").first()
        if found is None:
            raise actions.Refused(f"“{self.collection}” has no act {sequence} in its history.")
        return found


def desk(request: HttpRequest, slug: str) -> Desk:
    """The desk, for somebody who may edit. Raises Http404 and PermissionDenied."""
    return Desk(access_collection(request.user, slug, edit=True), person(request))


@router.post("/{slug:slug}/acts/split", response=Done, summary="Split")
def split(request: HttpRequest, slug: Slug, order: orders.Split) -> Done:
    """One document becomes two: the first part keeps id, number and facts."""
    at = desk(request, slug)
    group = at.group(order.group)
    before = at.page(order.before)
    version = order.version_of(group)
    return done_told(actions.split_group(group, before=before, actor=at.actor, version=version, act_id=order.act_id))


@router.post("/{slug:slug}/acts/merge", response=Done, summary="Merge")
def merge(request: HttpRequest, slug: Slug, order: orders.Merge) -> Done:
    """Several groups become one: the earliest keeps id, number and title, all pages stand in scan order."""
    at = desk(request, slug)
    groups = at.groups(order.groups)
    return done_told(actions.merge_groups(groups, actor=at.actor, versions=order.seen, act_id=order.act_id))


@router.post("/{slug:slug}/acts/move", response=Done, summary="Move pages")
def move(request: HttpRequest, slug: Slug, order: orders.Move) -> Done:
    """Pages go to another group, or become a new one. `versions` names where they come from and where they go.

    Without `before` they go where the scan order puts them. A group that loses its last page is gone.
    """
    at = desk(request, slug)
    edit = actions.move_pages(
        at.pages(order.pages),
        to=None if order.to is None else at.group(order.to),
        before=None if order.before is None else at.page(order.before),
        actor=at.actor,
        versions=order.seen,
        act_id=order.act_id,
    )
    return done_told(edit)


@router.post("/{slug:slug}/acts/reorder", response=Done, summary="Reorder pages")
def reorder(request: HttpRequest, slug: Slug, order: orders.Reorder) -> Done:
    """The pages of a group get another reading order."""
    at = desk(request, slug)
    group = at.group(order.group)
    pages = [page.pk for page in at.pages(order.order)]
    version = order.version_of(group)
    return done_told(actions.reorder_pages(group, order=pages, actor=at.actor, version=version, act_id=order.act_id))


@router.post("/{slug:slug}/acts/confirm", response=Done, summary="Confirm")
def confirm(request: HttpRequest, slug: Slug, order: orders.Groups) -> Done:
    """Says that these groups are right as they stand. What is confirmed is exported, and no run touches it."""
    at = desk(request, slug)
    groups = at.groups(order.groups)
    return done_told(actions.confirm_groups(groups, actor=at.actor, versions=order.seen, act_id=order.act_id))


@router.post("/{slug:slug}/acts/unconfirm", response=Done, summary="Un-confirm")
def unconfirm(request: HttpRequest, slug: Slug, order: orders.Groups) -> Done:
    """Takes confirmations back; the groups become changed."""
    at = desk(request, slug)
    groups = at.groups(order.groups)
    return done_told(actions.unconfirm_groups(groups, actor=at.actor, versions=order.seen, act_id=order.act_id))


@router.post("/{slug:slug}/acts/describe", response=Done, summary="Describe")
def describe(request: HttpRequest, slug: Slug, order: orders.Describe) -> Done:
    """What is said of a document, and which one it repeats. A confirmed document stays confirmed."""
    at = desk(request, slug)
    group = at.group(order.group)
    edit = actions.describe_group(
        group,
        title=order.title,
        kind=order.kind,
        date=order.date,
        language=order.language,
        note=order.note,
        copy_of=order.copy_of,
        details=order.model_dump(include={*DETAILS, KIND_URI}, exclude_none=True),
        actor=at.actor,
        version=order.version_of(group),
        act_id=order.act_id,
    )
    return done_told(edit)


@router.post("/{slug:slug}/acts/flag", response=Done, summary="Flag")
def flag(request: HttpRequest, slug: Slug, order: orders.Flag) -> Done:
    """Flags a group as unsure, with a note for a second pair of eyes."""
    at = desk(request, slug)
    group = at.group(order.group)
    version = order.version_of(group)
    return done_told(actions.flag_group(group, note=order.note, actor=at.actor, version=version, act_id=order.act_id))


@router.post("/{slug:slug}/acts/unflag", response=Done, summary="Take a flag off")
def unflag(request: HttpRequest, slug: Slug, order: orders.Unflag) -> Done:
    """The flag and its note go."""
    at = desk(request, slug)
    group = at.group(order.group)
    version = order.version_of(group)
    return done_told(actions.unflag_group(group, actor=at.actor, version=version, act_id=order.act_id))


@router.post("/{slug:slug}/acts/mark", response=Done, summary="Mark pages")
def mark(request: HttpRequest, slug: Slug, order: orders.Mark) -> Done:
    """Says that pages are a target, empty or no document's; or that they are a document's after all."""
    at = desk(request, slug)
    return done_told(actions.mark_pages(at.pages(order.pages), role=order.role, actor=at.actor, act_id=order.act_id))


@router.post("/{slug:slug}/acts/answer", response=Done, summary="Answer a seam")
def answer(request: HttpRequest, slug: Slug, order: orders.AnswerSeam) -> Done:
    """Says whether two neighbouring pages are one document; the groups follow. Refused against a confirmed group."""
    at = desk(request, slug)
    left = at.page(order.left)
    edit = actions.answer_seam(left, verdict=order.verdict, actor=at.actor, versions=order.seen, act_id=order.act_id)
    return done_told(edit)


class Threshold(BaseModel):
    """From which confidence on."""

    threshold: float = Field(0.99, ge=0.5, le=1, description="From 0.5 to 1.")


class Outlook(Answer):
    """What accepting would confirm: hand `threshold`, `groups` and `version` back to do it."""

    threshold: float
    groups: int
    pages: int
    version: int


@router.get("/{slug:slug}/acts/accept", response=Outlook, summary="What accepting would do")
def outlook(request: HttpRequest, slug: Slug, wanted: Query[Threshold]) -> Outlook:
    """How many groups stand as the machine proposed them, at this confidence or more."""
    collection = access_collection(request.user, slug)
    groups = acceptable(collection, threshold=wanted.threshold)
    pages = groups.aggregate(pages=Sum("page_count"))["pages"] or 0
    return Outlook(threshold=wanted.threshold, groups=groups.count(), pages=pages, version=collection.version)


@router.post("/{slug:slug}/acts/accept", response=Done, summary="Accept many unseen")
def accept(request: HttpRequest, slug: Slug, order: orders.Accept) -> Done:
    """Confirms all groups at a confidence or more, and draws some of them for an audit. 409 where it would be others
    than you saw.
    """
    at = desk(request, slug)
    edit = accept_many(
        at.collection,
        Wanted(order.threshold, order.groups, order.version),
        actor=at.actor,
        act_id=order.act_id,
        sample=order.sample,
    )
    return done_told(edit)


@router.post("/{slug:slug}/acts/undo", response=Done, summary="Undo")
def undo(request: HttpRequest, slug: Slug, order: orders.Turn) -> Done:
    """Takes back an act of your own. Refused where somebody's later act stands upon it; the sentence names it."""
    at = desk(request, slug)
    edit = None if order.edit is None else at.edit(order.edit)
    return done_told(actions.undo_edit(at.collection, actor=at.actor, edit=edit, act_id=order.act_id))


@router.post("/{slug:slug}/acts/redo", response=Done, summary="Redo")
def redo(request: HttpRequest, slug: Slug, order: orders.Turn) -> Done:
    """Does again what you undid last."""
    at = desk(request, slug)
    edit = None if order.edit is None else at.edit(order.edit)
    return done_told(actions.redo_edit(at.collection, actor=at.actor, edit=edit, act_id=order.act_id))


@router.post("/{slug:slug}/acts/restore", response=Done, summary="Restore")
def restore(request: HttpRequest, slug: Slug, order: orders.Restore) -> Done:
    """One group, or the whole collection, as it stood after an earlier act, whoever acted since. Can be undone."""
    at = desk(request, slug)
    to = at.edit(order.edit)
    if order.group is None:
        edit = actions.restore_collection(
            at.collection, to=to, actor=at.actor, version=order.version, act_id=order.act_id
        )
    else:
        edit = actions.restore_group(
            at.collection, group=order.group, to=to, actor=at.actor, version=order.version, act_id=order.act_id
        )
    return done_told(edit)


@router.post("/{slug:slug}/acts/close", response=Done, summary="Close the collection")
def close(request: HttpRequest, slug: Slug, order: orders.Plain) -> Done:
    """Freezes the desk: every act is refused until it is reopened."""
    at = desk(request, slug)
    return done_told(actions.close_collection(at.collection, actor=at.actor, act_id=order.act_id))


@router.post("/{slug:slug}/acts/reopen", response=Done, summary="Reopen the collection")
def reopen(request: HttpRequest, slug: Slug, order: orders.Plain) -> Done:
    """Lets people act on it again."""
    at = desk(request, slug)
    return done_told(actions.reopen_collection(at.collection, actor=at.actor, act_id=order.act_id))
