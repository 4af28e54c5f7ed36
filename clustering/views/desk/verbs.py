"""From what a browser sends to an act: the same for the desk's commands and for the forms of the plain list.

Pages are named by their positions, which never change; groups by their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from clustering.actions.answer import answer_seam, answer_seams
from clustering.actions.confirm import confirm_groups, unconfirm_groups
from clustering.actions.describe import KIND_URI, Facts, accept_group_drafts, describe_group, describe_groups
from clustering.actions.flag import flag_group, unflag_group
from clustering.actions.mark import mark_pages
from clustering.actions.matching import Matching, accept_drafts_matching, confirm_matching, unconfirm_matching
from clustering.actions.merge import merge_groups
from clustering.actions.move import move_pages
from clustering.actions.reorder import reorder_pages
from clustering.actions.split import split_group
from clustering.actions.undo import redo_edit, undo_edit
from clustering.engine.description import DETAILS
from clustering.journal.errors import Refused
from clustering.models import Collection, Edit, Group, Page, User
from clustering.written import whole_number

MOST_PAGES = 20_000
"""More pages than this in one act are a mistake, or an attack."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One act as it was sent. Reading a part that is missing or of another kind raises Refused."""

    collection: Collection
    body: Mapping[str, Any]
    actor: User
    act_id: UUID | None
    versions: dict[int, int] | None

    def number(self, name: str) -> int:
        """A whole number."""
        value = self.body.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**62:
            raise Refused(f"The request lacks the number “{name}.” Reload the page and try again.")
        return value

    def numbers(self, name: str) -> list[int]:
        """Whole numbers, at least one."""
        values = self.body.get(name)
        if not isinstance(values, list) or not values or len(values) > MOST_PAGES:
            raise Refused("Select pages or documents first.")
        if any(isinstance(v, bool) or not isinstance(v, int) or not 0 <= v < 2**62 for v in values):
            raise Refused(f"The {name} in this request are not all numbers. Reload the page and try again.")
        return list(dict.fromkeys(values))

    def text(self, name: str) -> str | None:
        """A text, None where it is not given."""
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            raise Refused(f"The {name} in this request is not text. Reload the page and try again.")
        return value

    def facts(self, name: str) -> dict[int, Facts]:
        """Facts of documents by their ids: {"12": {"title": "…"}}."""
        value = self.body.get(name)
        if not isinstance(value, Mapping) or not value or len(value) > MOST_PAGES:
            raise Refused("Change the description of a document first.")
        read = {whole_number(pk): facts for pk, facts in value.items()}
        if None in read or not all(isinstance(facts, Mapping) for facts in read.values()):
            raise Refused("The act does not say what is changed. Reload the page and try again.")
        return {pk: facts for pk, facts in read.items() if pk is not None}

    def matching(self) -> Matching | None:
        """Everything that a filter shows: {"matching": {"filter": "todo", "groups": 812, "version": 41}}. None where
        the act names its groups one by one."""
        value = self.body.get("matching")
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise Refused("The request does not say which documents to change. Reload the page and try again.")
        told = replace(self, body=value)
        return Matching(told.text("filter") or "", told.number("groups"), told.number("version"))

    def page(self, name: str) -> Page:
        """The page at a position."""
        return self._pages([self.number(name)])[0]

    def pages(self, name: str) -> list[Page]:
        """Pages at positions, in the order they were named."""
        return self._pages(self.numbers(name))

    def _pages(self, positions: list[int]) -> list[Page]:
        pages = Page.objects.filter(collection=self.collection, position__in=positions)
        found = {page.position: page for page in pages.only("collection", "position", "group").order_by()}
        missing = [position for position in positions if position not in found]
        if missing:
            raise Refused(f"This collection has no page {missing[0]}. Reload the page and try again.")
        return [found[position] for position in positions]

    def group(self, name: str) -> Group:
        """The group by its id alone: the act locks and reads it, and tells who took it away."""
        return Group(pk=self.number(name), collection=self.collection)

    def groups(self, name: str) -> list[Group]:
        """Groups by their ids alone, in the order they were named."""
        return [Group(pk=pk, collection=self.collection) for pk in self.numbers(name)]

    def version(self, group: Group) -> int | None:
        """The version of this group that the person saw."""
        if self.versions is None:
            return None
        return self.versions.get(group.pk, 0)


def _split(ask: Ask) -> Edit:
    group = ask.group("group")
    return split_group(group, before=ask.page("before"), actor=ask.actor, version=ask.version(group), act_id=ask.act_id)


def _merge(ask: Ask) -> Edit:
    return merge_groups(ask.groups("groups"), actor=ask.actor, versions=ask.versions, act_id=ask.act_id)


def _move(ask: Ask) -> Edit:
    return move_pages(
        ask.pages("pages"),
        to=ask.group("to") if ask.body.get("to") is not None else None,
        before=ask.page("before") if ask.body.get("before") is not None else None,
        actor=ask.actor,
        versions=ask.versions,
        act_id=ask.act_id,
    )


def _reorder(ask: Ask) -> Edit:
    group = ask.group("group")
    order = [page.pk for page in ask.pages("order")]
    return reorder_pages(group, order=order, actor=ask.actor, version=ask.version(group), act_id=ask.act_id)


def _confirm(ask: Ask) -> Edit:
    wanted = ask.matching()
    if wanted is not None:
        return confirm_matching(ask.collection, wanted, actor=ask.actor, act_id=ask.act_id)
    return confirm_groups(ask.groups("groups"), actor=ask.actor, versions=ask.versions, act_id=ask.act_id)


def _unconfirm(ask: Ask) -> Edit:
    wanted = ask.matching()
    if wanted is not None:
        return unconfirm_matching(ask.collection, wanted, actor=ask.actor, act_id=ask.act_id)
    return unconfirm_groups(ask.groups("groups"), actor=ask.actor, versions=ask.versions, act_id=ask.act_id)


def _flag(ask: Ask) -> Edit:
    group = ask.group("group")
    if ask.body.get("flagged") is False:
        return unflag_group(group, actor=ask.actor, version=ask.version(group), act_id=ask.act_id)
    note = ask.text("note") or ""
    return flag_group(group, note=note, actor=ask.actor, version=ask.version(group), act_id=ask.act_id)


def _describe(ask: Ask) -> Edit:
    group = ask.group("group")
    return describe_group(
        group,
        title=ask.text("title"),
        kind=ask.text("kind"),
        date=ask.text("date"),
        language=ask.text("language"),
        note=ask.text("note"),
        copy_of=ask.number("copy_of") if ask.body.get("copy_of") is not None else None,
        details={name: ask.body[name] for name in (*DETAILS, KIND_URI) if ask.body.get(name) is not None},
        actor=ask.actor,
        version=ask.version(group),
        act_id=ask.act_id,
    )


def _describe_many(ask: Ask) -> Edit:
    return describe_groups(
        ask.collection.pk, ask.facts("facts"), actor=ask.actor, versions=ask.versions, act_id=ask.act_id
    )


def _accept_drafts(ask: Ask) -> Edit:
    wanted = ask.matching()
    if wanted is not None:
        return accept_drafts_matching(ask.collection, wanted, actor=ask.actor, act_id=ask.act_id)
    return accept_group_drafts(ask.groups("groups"), actor=ask.actor, versions=ask.versions, act_id=ask.act_id)


def _mark(ask: Ask) -> Edit:
    return mark_pages(ask.pages("pages"), role=ask.text("role") or "", actor=ask.actor, act_id=ask.act_id)


def _answer(ask: Ask) -> Edit:
    return answer_seam(
        ask.page("left"),
        verdict=ask.text("verdict") or "",
        actor=ask.actor,
        versions=ask.versions,
        act_id=ask.act_id,
    )


def _answer_many(ask: Ask) -> Edit:
    return answer_seams(
        ask.pages("lefts"),
        verdict=ask.text("verdict") or "",
        actor=ask.actor,
        versions=ask.versions,
        act_id=ask.act_id,
    )


def _undo(ask: Ask) -> Edit:
    return undo_edit(ask.collection, actor=ask.actor, edit=_edit(ask), upto=_upto(ask), act_id=ask.act_id)


def _redo(ask: Ask) -> Edit:
    return redo_edit(ask.collection, actor=ask.actor, edit=_edit(ask), upto=_upto(ask), act_id=ask.act_id)


def _upto(ask: Ask) -> int | None:
    return ask.number("upto") if ask.body.get("upto") is not None else None


def _edit(ask: Ask) -> Edit | None:
    """The act that is meant, by its id, or by the mark that the browser gave it before it was saved."""
    mark = ask.body.get("act")
    if mark is not None:
        edit = Edit.objects.filter(collection=ask.collection, act_id=_uuid(mark)).first()
        if edit is None:
            raise Refused("That change was not saved, so there is nothing to undo or redo.")
        return edit
    if ask.body.get("edit") is None:
        return None
    edit = Edit.objects.filter(collection=ask.collection, pk=ask.number("edit")).first()
    if edit is None:
        raise Refused("That change is not in this collection’s history. Reload the page.")
    return edit


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise Refused("The change to undo is not named by a UUID. Reload the page and try again.") from error


VERBS: dict[str, Callable[[Ask], Edit]] = {
    "split": _split,
    "merge": _merge,
    "move": _move,
    "reorder": _reorder,
    "confirm": _confirm,
    "unconfirm": _unconfirm,
    "flag": _flag,
    "describe": _describe,
    "describe-many": _describe_many,
    "accept-drafts": _accept_drafts,
    "mark": _mark,
    "answer": _answer,
    "answer-many": _answer_many,
    "undo": _undo,
    "redo": _redo,
}


def perform_verb(ask: Ask) -> Edit:
    """Do it. Raises Refused, StaleVersion and PermissionDenied as the actions do, Refused for an unknown verb."""
    verb = VERBS.get(str(ask.body.get("verb", "")))
    if verb is None:
        raise Refused("This page is out of date. Reload it and try again.")
    return verb(ask)
