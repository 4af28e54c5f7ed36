"""Fixtures for tests of acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from clustering.models import Collection, Group, Page, Run, RunGroup, RunMembership

PageAt = Callable[[Collection, int], Page]
GroupOf = Callable[[Collection, int], Group]
MakeRun = Callable[[Collection, Sequence[Sequence[int]]], Run]


@pytest.fixture
def page_at() -> PageAt:
    """page_at(collection, 3): the page at position 3, as it is now."""
    return lambda collection, position: Page.objects.get(collection=collection, position=position)


@pytest.fixture
def group_of() -> GroupOf:
    """group_of(collection, 2): group number 2, as it is now."""
    return lambda collection, number: Group.objects.get(collection=collection, number=number)


@pytest.fixture
def make_run() -> MakeRun:
    """make_run(collection, [[1, 2], [3]]): a ready run with these groups of positions, drafts and probabilities."""

    def make(collection: Collection, groups: Sequence[Sequence[int]]) -> Run:
        ids = dict(Page.objects.filter(collection=collection).values_list("position", "pk"))
        run = Run.objects.create(
            collection=collection,
            method="seams",
            state=Run.State.READY,
            group_count=len(groups),
            page_count=sum(map(len, groups)),
        )
        RunGroup.objects.bulk_create(
            RunGroup(
                run=run,
                index=index,
                probability=0.75,
                draft={"title": {"value": f"Begins on {pages[0]}", "confidence": 0.5, "evidence": "line 1"}},
            )
            for index, pages in enumerate(groups)
        )
        RunMembership.objects.bulk_create(
            RunMembership(run=run, page_id=ids[position], group_index=index, group_order=order)
            for index, pages in enumerate(groups)
            for order, position in enumerate(pages, start=1)
        )
        return run

    return make
