"""A collection with four changes, and what its pages show."""

from __future__ import annotations

import re
from typing import Any

import pytest

from clustering.actions.confirm import confirm_groups
from clustering.actions.merge import merge_groups
from clustering.actions.split import split_group
from clustering.models import Collection, Group, Page, User
from tests.conftest import MakeCollection
from tests.describing import describe_group


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def group_of(collection: Collection, number: int) -> Group:
    return Group.objects.get(collection=collection, number=number)


def page_at(collection: Collection, position: int) -> Page:
    return Page.objects.get(collection=collection, position=position)


def arrangement(collection: Collection) -> dict[int, list[int]]:
    """Positions of each group, by its number."""
    return {
        group.number: list(group.pages.order_by("group_order").values_list("position", flat=True))
        for group in Group.objects.filter(collection=collection)
    }


@pytest.fixture
def worked(make_collection: MakeCollection, alice: User, bob: User) -> Collection:
    """Four acts: alice splits 1 before page 2, bob merges 2 and 3, alice names 2, bob confirms 2."""
    collection = make_collection(groups=[2, 2, 2])
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    merge_groups([group_of(collection, 2), group_of(collection, 3)], actor=bob)
    describe_group(group_of(collection, 2), title="A strike", actor=alice)
    confirm_groups([group_of(collection, 2)], actor=bob)
    return collection
