"""What the serials of a collection are called: one name for all issues, the one that a person gives to one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from clustering.engine.drafting.serial_names import SERIAL, SerialNames, is_same_serial, renamed, serial_name, with_name
from clustering.engine.records import Drafted
from clustering.journal.workspace import Desk
from clustering.models import Collection, Group, Page
from clustering.redecode.draft_rows import as_stored, write_drafted, write_drafted_by_worker
from clustering.wording import say_n

NEAR = 50
"""Issues before and after a document that show how its serial is called: they mostly lie together, and there may be
thousands."""


def name_issues(collection: Collection) -> None:
    """Name the issues of all serials alike in the drafts of documents that nobody settled: as people wrote, or else as
    most drafts have it. No version rises: the machine only thinks so."""
    with transaction.atomic():
        Collection.objects.select_for_update(no_key=True).filter(pk=collection.pk).first()
        issues = list(_issues(collection).order_by("first_position").values_list("pk", "draft__title", "title"))
        settled = set(collection.groups.settled().values_list("pk", flat=True))
        read = {pk: title for pk, title, _ in issues if not title.get("given")}
        entered = [(title["value"], person) for _, title, person in issues if person]
        names = SerialNames([title["value"] for title in read.values()], entered)
        named = {pk: as_stored(names.named(Drafted(**title))) for pk, title in read.items()}
        changed = {pk: title for pk, title in named.items() if pk not in settled and title != read[pk]}
        write_drafted_by_worker(collection, "title", changed)


def names_beside(collection: Collection, page: int) -> SerialNames:
    """Return how serials are called, by the drafts and titles of the issues NEAR a page (id)."""
    at = Page.objects.values_list("position", flat=True).get(pk=page)
    issues = _issues(collection).values_list("draft__title__value", "title")
    before = issues.filter(first_position__lte=at).order_by("-first_position")[:NEAR]
    titles = [*reversed(before), *issues.filter(first_position__gt=at).order_by("first_position")[:NEAR]]
    return SerialNames([draft for draft, _ in titles], [(draft, title) for draft, title in titles if title])


def rename_issues(desk: Desk) -> str:
    """Name the drafts of all issues of a serial as a person just named one of them; return how the sentence of the act
    goes on. A name that another issue bears by a person's hand stays."""
    names = {old: new for old, new in _new_names(desk) if not _is_entered(desk, old)}
    count = 0
    for old, new in names.items():
        count += _rename(desk, old, new)
    return (
        say_n(" Draft of %(count)s other issue renamed.", " Drafts of %(count)s other issues renamed.", count)
        if count
        else ""
    )


def _issues(collection: Collection) -> QuerySet[Group]:
    return collection.groups.filter(draft__kind__value=SERIAL, draft__has_key="title")


def _new_names(desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield the name that each issue had, and the other that the act gives it."""
    for pk, standing in desk.before.groups.items():
        group = desk.groups.get(pk)
        before = standing.fields.get("title", "")
        if group is None or group.title == before or not _is_issue(group):
            continue
        draft = group.draft["title"]["value"]
        old, new = serial_name(before or draft), serial_name(group.title or draft)
        if old != new and is_same_serial(old, new):
            yield old, new


def _is_issue(group: Group) -> bool:
    return "title" in group.draft and group.draft.get("kind", {}).get("value") == SERIAL


def _is_entered(desk: Desk, name: str) -> bool:
    """Whether a title that a person wrote names a serial so."""
    others = desk.collection.groups.exclude(pk__in=desk.groups).filter(title__startswith=name)
    titles = [*others.values_list("title", flat=True), *(group.title for group in desk.groups.values())]
    return any(serial_name(title) == name for title in titles)


def _rename(desk: Desk, old: str, new: str) -> int:
    """Rename the drafts of issues without a title; return how many. No version rises: the machine only thinks so."""
    others = _issues(desk.collection).filter(title="", draft__title__value__startswith=old).exclude(pk__in=desk.groups)
    drafted = _renamed(others.values_list("pk", "draft__title"), old, new)
    write_drafted("title", drafted)
    issues = ((pk, group.draft["title"]) for pk, group in desk.groups.items() if not group.title and _is_issue(group))
    held = _renamed(issues, old, new)
    for pk, title in held.items():
        desk.groups[pk].draft = {**desk.groups[pk].draft, "title": title}
    desk.touched.update({*drafted, *held})
    return len(drafted) + len(held)


def _renamed(titles: Iterable[tuple[int, dict[str, Any]]], old: str, new: str) -> dict[int, dict[str, Any]]:
    """Return the drafted titles that name the serial `old`, as stored, with its new name; by document ids."""
    return {
        pk: as_stored(with_name(Drafted(**title), partial(_with_new_name, old, new)))
        for pk, title in titles
        if serial_name(title["value"]) == old and not title.get("given")
    }


def _with_new_name(old: str, new: str, title: str) -> str:
    return renamed(title, new) if serial_name(title) == old else title
