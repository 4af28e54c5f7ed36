"""An archivist who does one random act after another, as a person could."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from clustering.actions import (
    ActError,
    answer_seam,
    confirm_groups,
    flag_group,
    mark_pages,
    merge_groups,
    move_pages,
    publish_run,
    redo_edit,
    reorder_pages,
    restore_collection,
    restore_group,
    split_group,
    unconfirm_groups,
    undo_edit,
    unflag_group,
)
from clustering.models import Collection, Edit, Group, Page, Run, RunGroup, RunMembership, User
from tests.describing import describe_group

Act = Callable[[], Edit]


class Archivist:
    """Draws acts from a seeded generator; refused acts don't count."""

    def __init__(self, collection: Collection, people: Sequence[User], *, seed: int) -> None:
        self.collection = collection
        self.people = list(people)
        self.random = random.Random(seed)
        self.refused = 0
        self._seen: tuple[list[Page], list[Group]] | None = None

    def act(self, among: Sequence[Callable[[Archivist, User], Edit]] = ()) -> Edit:
        """Try until an act is done, one of these or of all, as often as people do each."""
        while True:
            choice = (
                self.random.choice(among) if among else self.random.choices(list(ACTS), weights=list(ACTS.values()))[0]
            )
            if not self.seen()[1]:
                choice = Archivist.publish
            try:
                edit = choice(self, self.random.choice(self.people))
            except ActError:
                self.refused += 1
            else:
                self._seen = None
                return edit

    def seen(self) -> tuple[list[Page], list[Group]]:
        """All pages and groups as this archivist last saw them, loaded again after each act."""
        if self._seen is None:
            pages = list(self.collection.pages.order_by("position"))
            groups = {group.pk: group for group in self.collection.groups.order_by("pk")}
            for page in pages:
                page.group = groups.get(page.group_id or 0)
            self._seen = pages, list(groups.values())
        return self._seen

    def groups(self, most: int, fit: Callable[[Group], bool] = lambda _: True) -> list[Group]:
        """Some groups, preferably ones that fit, since people mostly ask for what makes sense."""
        fitting = [group for group in self.seen()[1] if fit(group)] or self.seen()[1]
        return self.random.sample(fitting, min(len(fitting), self.random.randint(1, most)))

    def pages(self, most: int) -> list[Page]:
        stream = self.seen()[0]
        start = self.random.randrange(len(stream))
        return stream[start : start + self.random.randint(1, most)]

    def pages_of(self, group: Group) -> list[Page]:
        pages = [page for page in self.seen()[0] if page.group_id == group.pk]
        return sorted(pages, key=lambda page: page.group_order or 0)

    def split(self, who: User) -> Edit:
        inner = [page for page in self.seen()[0] if (page.group_order or 0) > 1]
        page = self.random.choice(inner) if inner and self.random.random() < 0.9 else self.pages(1)[0]
        group = page.group or self.groups(1)[0]
        return split_group(group, before=page, actor=who, version=group.version)

    def merge(self, who: User) -> Edit:
        groups = self.groups(3)
        return merge_groups(groups, actor=who, versions={group.pk: group.version for group in groups})

    def move(self, who: User) -> Edit:
        target = self.random.choice([None, *self.groups(2)])
        before = self.random.choice([None, self.random.choice(self.pages_of(target))]) if target else None
        return move_pages(self.pages(4), to=target, before=before, actor=who)

    def reorder(self, who: User) -> Edit:
        group = self.groups(1, lambda group: group.page_count > 1)[0]
        order = [page.pk for page in self.pages_of(group)]
        self.random.shuffle(order)
        return reorder_pages(group, order=order, actor=who)

    def confirm(self, who: User) -> Edit:
        return confirm_groups(self.groups(2, lambda group: not group.is_confirmed), actor=who)

    def unconfirm(self, who: User) -> Edit:
        return unconfirm_groups(self.groups(4, lambda group: group.is_confirmed), actor=who)

    def flag(self, who: User) -> Edit:
        note = self.random.choice(["", "torn", "two letters?"])
        return flag_group(self.groups(1)[0], note=note, actor=who)

    def unflag(self, who: User) -> Edit:
        return unflag_group(self.groups(1, lambda group: group.flagged)[0], actor=who)

    def describe(self, who: User) -> Edit:
        title = self.random.choice(["Letter", "Flyer", ""])
        return describe_group(self.groups(1)[0], title=title, date="1959~", actor=who)

    def mark(self, who: User) -> Edit:
        return mark_pages(self.pages(2), role=self.random.choice(Page.Role.values), actor=who)

    def answer(self, who: User) -> Edit:
        return answer_seam(self.pages(1)[0], verdict=self.random.choice(["same", "different"]), actor=who)

    def undo(self, who: User) -> Edit:
        return undo_edit(self.collection, actor=who)

    def redo(self, who: User) -> Edit:
        return redo_edit(self.collection, actor=who)

    def publish(self, who: User) -> Edit:
        return publish_run(self.random_run(), actor=who)

    def restore(self, who: User) -> Edit:
        newest = self.collection.edits.order_by("-sequence")[: self.random.randint(1, 6)]
        if not newest:
            return self.confirm(who)
        edit = list(newest)[-1]
        if self.random.random() < 0.5 and edit.groups:
            return restore_group(self.collection, group=self.random.choice(edit.groups), to=edit, actor=who)
        return restore_collection(self.collection, to=edit, actor=who)

    def random_run(self) -> Run:
        """A run with random boundaries, sometimes with a page missing or out of order."""
        pages = [page.pk for page in self.seen()[0]]
        run = Run.objects.create(collection=self.collection, method="seams", state=Run.State.READY)
        groups: list[list[int]] = [[]]
        for page in pages:
            if self.random.random() < 0.05:
                continue
            if groups[-1] and self.random.random() < 0.35:
                groups.append([])
            groups[-1].insert(self.random.randint(0, len(groups[-1])) if self.random.random() < 0.1 else 10_000, page)
        groups = [group for group in groups if group]
        RunGroup.objects.bulk_create(
            RunGroup(run=run, index=index, probability=0.8, draft={"title": {"value": str(group[0])}})
            for index, group in enumerate(groups)
        )
        RunMembership.objects.bulk_create(
            RunMembership(run=run, page_id=page, group_index=index, group_order=order)
            for index, group in enumerate(groups)
            for order, page in enumerate(group, start=1)
        )
        return run


ACTS: dict[Callable[[Archivist, User], Edit], int] = {
    Archivist.split: 12,
    Archivist.merge: 8,
    Archivist.move: 12,
    Archivist.reorder: 4,
    Archivist.confirm: 5,
    Archivist.unconfirm: 3,
    Archivist.flag: 2,
    Archivist.unflag: 1,
    Archivist.describe: 3,
    Archivist.mark: 2,
    Archivist.answer: 10,
    Archivist.undo: 8,
    Archivist.redo: 5,
    Archivist.publish: 2,
    Archivist.restore: 2,
}
"""Relative frequency of each act."""


def undo_everything(collection: Collection, *, after_each: Callable[[Edit], None] = lambda _: None) -> int:
    """Undo every act, the newest first, each by the person who did it; return how many."""
    standing = collection.edits.filter(undone=False).exclude(verb__in=["undo", "redo"])
    edits = list(standing.select_related("actor").defer("before", "after").order_by("-sequence"))
    people = {edit.actor_id: edit.actor for edit in edits}
    for edit in edits:
        after_each(undo_edit(collection, actor=people[edit.actor_id]))
    assert not standing.exists()
    return len(edits)
