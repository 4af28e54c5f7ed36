"""A grouping made elsewhere on the desk: previewed, taken, undone, and never over what people settled."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clustering.actions.confirm import confirm_groups
from clustering.models import Collection, Edit, Group, Run, User
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db


def arrangement(collection: Collection) -> list[list[int]]:
    groups = Group.objects.filter(collection=collection).order_by("first_position")
    return [list(group.pages.order_by("group_order").values_list("position", flat=True)) for group in groups]


def take(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_arrangement", "afl", str(path), *options, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere.csv"
    rows = ["HH000001_0001,x,Letter", "HH000001_0003,x,", "HH000001_0002,y,", "HH000001_0004,z,", "HH000001_0005,z,"]
    path.write_text("identifier,group,title\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_preview_says_what_would_change_and_changes_nothing(make_collection: MakeCollection, table: Path) -> None:
    collection = make_collection("afl", groups=[3, 2, 1])
    output = take(table, "--preview")
    assert "4 documents. 1 change on 3 pages." in output
    assert "1 page is not named in elsewhere.csv" in output
    assert arrangement(collection) == [[1, 2, 3], [4, 5], [6]]
    assert Run.objects.get().method == "arrangement"


def test_it_comes_in_as_one_act_with_titles_as_drafts(make_collection: MakeCollection, table: Path) -> None:
    collection = make_collection("afl", groups=[3, 2, 1])
    take(table)
    assert arrangement(collection) == [[1, 3], [2], [4, 5], [6]]
    group = Group.objects.get(collection=collection, first_position=1)
    assert (group.title, group.draft["title"]["value"]) == ("", "Letter")
    assert Edit.objects.get().verb == "publish"


def test_what_people_confirmed_stays(make_collection: MakeCollection, table: Path, alice: User) -> None:
    collection = make_collection("afl", groups=[3, 2, 1])
    confirm_groups([collection.groups.get(number=1)], actor=alice)
    take(table)
    assert arrangement(collection) == [[1, 2, 3], [4, 5], [6]]


def test_pages_that_are_not_there_are_named(make_collection: MakeCollection, table: Path) -> None:
    make_collection("afl", groups=[2])
    with pytest.raises(CommandError, match="does not have: HH000001_0003, HH000001_0004, HH000001_0005"):
        take(table)
    assert not Run.objects.exists()
