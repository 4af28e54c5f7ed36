"""Publish: a run goes onto the desk; people's decisions stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clustering.actions.base import perform
from clustering.engine.proposing import METHODS
from clustering.journal.errors import Refused, StaleVersion
from clustering.journal.workspace import Desk
from clustering.models import Answer, Edit, Group, Page, Run, RunGroup, RunMembership, User, Verb
from clustering.redecode.partition import Change, Piece, changes_between, cut_at_settled, obey_answers
from clustering.wording import counted_groups, counted_pages, say

PUBLISH = Verb("publish", done="applied", icon="stack", proposes=True)


def publish_run(run: Run, *, actor: User | None, act_id: UUID | None = None, only: Iterable[int] | None = None) -> Edit:
    """Put a run's groups on the desk in one transaction, as one edit that can be undone.

    Only pages in no settled group (confirmed, or edited by a person) are placed again:
    - a run's group that settled pages cut through becomes one group for each part between them;
    - an answer given after the run was computed counts more than the run: groups are cut or joined there;
    - a group of the desk with the same pages in the same order stays, with its id, number, and version; only drafts
      and confidence are updated;
    - pages that the run doesn't know stay where they are.

    Drafts go into `group.draft` and the probability into `group.confidence`. The fields title, kind, date, and language
    hold only what a person entered or accepted; the desk shows the draft of an empty field. A group made from only a
    part of a run's group has no confidence, and is drafted again from the pages it has. What a method proposed is
    drafted right after it; until then, a group that stays keeps the drafts it had.

    `only` names the changes to apply (`Change.key` from `changes_of`); the rest of the desk stays as it is. The number
    of queries is constant; 50,000 pages take seconds, during which other acts on this collection wait. Raises Refused
    for a run that isn't ready or if nothing is chosen, StaleVersion if a chosen change no longer applies.
    """

    def change(desk: Desk) -> str:
        desk.run = Run.objects.filter(pk=run.pk, collection=desk.collection).first()
        if desk.run is None or desk.run.state != Run.State.READY:
            raise Refused(say("This proposal is not ready yet. Wait until it is finished, or start a new one."))
        _hold_unsettled(desk)
        pieces = _pieces(desk, desk.run)
        chosen = None if only is None else _chosen(desk, pieces, set(only))
        if chosen is not None:
            pieces = [piece for piece in pieces if piece.pages[0] in chosen]
        kept = _place(desk, desk.run, pieces)
        Run.objects.filter(pk=run.pk).update(published=timezone.now())
        pages = sum(len(piece.pages) for piece in pieces)
        applied = say("Applied proposal") if chosen is None else say("Applied part of proposal")
        unchanged = say(", %(count)s unchanged", count=kept) if kept and chosen is None else ""
        counts = say(
            "%(documents)s%(unchanged)s, %(pages)s",
            documents=counted_groups(len(pieces)),
            unchanged=unchanged,
            pages=counted_pages(pages),
        )
        return say(
            "%(applied)s %(run)s (%(method)s): %(counts)s.",
            applied=applied,
            run=run.pk,
            method=say(METHODS[run.method].label) if run.method in METHODS else run.method,
            counts=counts,
        )

    return perform(run.collection_id, change, verb=PUBLISH, actor=actor, act_id=act_id)


def changes_of(run: Run) -> list[Change]:
    """Return what publishing this run would change on the desk, in scan order. Changes nothing."""
    with transaction.atomic():
        desk = Desk(run.collection, actor=None)
        _hold_unsettled(desk)
        return _changes(desk, _pieces(desk, run))


def _changes(desk: Desk, pieces: list[Piece]) -> list[Change]:
    before = [*(tuple(pages) for pages in desk.pages.values() if pages), *((page,) for page in desk.loose)]
    return changes_between(before, [piece.pages for piece in pieces], desk.positions.__getitem__)


def _chosen(desk: Desk, pieces: list[Piece], keys: set[int]) -> set[int]:
    """Return the pages of the chosen changes."""
    if not keys:
        raise Refused(say("Select at least one change."))
    changes = {change.key: change for change in _changes(desk, pieces)}
    if not keys <= changes.keys():
        raise StaleVersion(say("The documents have changed. Here are the current changes; choose again."))
    return {page for key in keys for page in changes[key].pages}


def _hold_unsettled(desk: Desk) -> None:
    """Hold every group that no person settled, and the pages in no group."""
    groups = Group.objects.filter(collection=desk.collection)
    settled = groups.settled().values_list("pk", flat=True)
    desk.hold(set(groups.values_list("pk", flat=True)) - set(settled))
    loose = Page.objects.filter(collection=desk.collection, group__isnull=True)
    desk.hold_loose(dict(loose.values_list("pk", "position")))
    desk.hold_answers()


def _pieces(desk: Desk, run: Run) -> list[Piece]:
    """Return the groups to be made, in scan order of their first pages."""
    memberships = RunMembership.objects.filter(run=run).order_by("group_index", "group_order")
    run_groups: dict[int, list[int]] = defaultdict(list)
    for page, index in memberships.values_list("page_id", "group_index"):
        run_groups[index].append(page)
    pairs: dict[str, list[tuple[int, int]]] = {verdict: [] for verdict in Answer.Verdict.values}
    for (first, second), answer in desk.answers.items():
        if answer is not None and first in desk.positions and second in desk.positions:
            pairs[answer[0]].append((first, second))
    pieces = obey_answers(
        cut_at_settled(run_groups, desk.positions),
        same=pairs[Answer.Verdict.SAME],
        different=pairs[Answer.Verdict.DIFFERENT],
        position=desk.positions.__getitem__,
    )
    return sorted(pieces, key=lambda piece: min(desk.position_of(piece.pages)))


def _place(desk: Desk, run: Run, pieces: list[Piece]) -> int:
    """Give each piece a group; return how many groups are unchanged."""
    standing = {tuple(pages): pk for pk, pages in desk.pages.items()}
    kept = {piece.pages: desk.groups[standing[piece.pages]] for piece in pieces if piece.pages in standing}
    taken = {page for piece in pieces if piece.pages not in kept for page in piece.pages}
    for pk in desk.groups.keys() - {group.pk for group in kept.values()}:
        _leave(desk, desk.groups[pk], taken)
    coming = [piece for piece in pieces if piece.pages not in kept]
    made = desk.new_groups([list(piece.pages) for piece in coming], state=Group.State.PROPOSED, edited=False)
    homes = {**kept, **{piece.pages: group for piece, group in zip(coming, made, strict=True)}}
    machine = {
        index: (probability, draft)
        for index, probability, draft in RunGroup.objects.filter(run=run).values_list("index", "probability", "draft")
    }
    for piece in pieces:
        probability, draft = machine.get(piece.index, (None, {})) if piece.index is not None else (None, {})
        group = homes[piece.pages]
        group.run_id = run.pk
        group.confidence = probability if piece.whole else None
        if piece.head:
            # A list only has titles; the other drafts of these very pages stay.
            read = any(not field.get("given") for field in draft.values())
            group.draft = draft if read else {**group.draft, **draft}
            group.awaits_draft = group.awaits_draft and not read
        if piece.whole:
            desk.drafted.add(group.pk)
            group.awaits_draft = group.awaits_draft or (run.method in METHODS and not draft)
    return len(kept)


def _leave(desk: Desk, group: Group, taken: set[int]) -> None:
    """Remove pages from a group: it vanishes with its last one."""
    rest = [page for page in desk.pages[group.pk] if page not in taken]
    if not rest:
        desk.drop(group)
    elif len(rest) < len(desk.pages[group.pk]):
        desk.pages[group.pk] = rest
        group.confidence = None
