"""Drafted titles follow the titles that people give documents of the same collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from clustering.engine.drafting.forms import Described, DescribedTitles, form_of, title_here
from clustering.engine.drafting.kind import kind_by_pages
from clustering.engine.records import Drafted, GroupDraft
from clustering.journal.workspace import Desk
from clustering.models import Collection, Group
from clustering.redecode.draft_rows import as_stored
from clustering.redecode.renewing import renew_all, renew_near
from clustering.wording import say

RENEW_TASK = "clustering.tasks.renew_titles"

LEARNED = 200
"""Documents, the latest, that show how titles are written in a collection."""

TAKEN_APART = 50
"""Titles of an act in which corrected parts are looked for: some milliseconds each."""


def titles_in(collection: Collection, held: Mapping[int, Group] = MappingProxyType({})) -> DescribedTitles:
    """Return how people title documents of a collection, entered or accepted, those of `held` (by id) as in memory."""
    others = collection.groups.exclude(title="").exclude(pk__in=held).filter(draft__title__has_key="chances")
    rows = list(others.order_by("-updated").values_list("title", "draft", "accepted_drafts")[:LEARNED])
    rows += [(group.title, group.draft, group.accepted_drafts) for group in held.values() if group.title]
    return DescribedTitles(_described(rows))


def draft_title_here(draft: GroupDraft, described: DescribedTitles) -> GroupDraft:
    """Return a draft with its title as the titles of described documents change it."""
    if draft.title is None:
        return draft
    return replace(draft, title=title_here(draft.title, kind_by_pages(draft.kind), described))


def renew_titles(desk: Desk) -> str:
    """Draft the titles of other documents again if people gave documents of the act another title; return how the
    sentence of the act goes on."""
    entered = [pk for pk, title in _titles(desk).items() if title != desk.groups[pk].title]
    if not entered:
        return ""
    for pk in entered[:TAKEN_APART]:
        keep_form(desk.groups[pk])
    described = titles_in(desk.collection, desk.groups)
    is_changed = renew_near(desk, "title", partial(_renewed, described), task=RENEW_TASK)
    return say(" Drafts of other documents changed their title.") if is_changed else ""


def renew_all_titles(collection: Collection) -> None:
    """Draft the titles of all documents of a collection again."""
    renew_all(collection, "title", lambda collection: partial(_renewed, titles_in(collection)))


def keep_form(group: Group) -> None:
    """Keep with the draft the form of the title that a person wrote in its place."""
    kept = group.draft.get("title")
    if kept and "chances" in kept:
        drafted = Drafted(**kept)
        form = form_of(group.title, drafted.parts, corrected=True) if group.title else ""
        group.draft = {**group.draft, "title": as_stored(replace(drafted, form=form))}


def _titles(desk: Desk) -> dict[int, str]:
    """Return the titles that the documents of the act had, by their ids."""
    before = desk.before.groups
    return {pk: before[pk].fields.get("title", "") for pk in before if pk in desk.groups}


def _described(rows: Iterable[tuple[str, Mapping[str, Any], Sequence[str]]]) -> Iterator[Described]:
    for title, draft, accepted in rows:
        kept = draft.get("title") or {}
        if "chances" in kept and not kept.get("given"):
            drafted = Drafted(**kept)
            form = drafted.form or form_of(title, drafted.parts)
            yield Described(_kind(draft), drafted, title, form, is_accepted="title" in accepted)


def _renewed(described: DescribedTitles, draft: Mapping[str, Any]) -> Drafted:
    return title_here(Drafted(**draft["title"]), _kind(draft), described)


def _kind(draft: Mapping[str, Any]) -> str:
    kept = {"value": "", "confidence": 0.0, **draft.get("kind", {})}  # a list, or an earlier version, says less
    return kind_by_pages(Drafted(**kept))
