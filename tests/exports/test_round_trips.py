"""What goes out comes back as the same groups, whatever they are; and a split keeps the old id on the first part."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustering.actions.confirm import confirm_groups
from clustering.actions.split import split_group
from clustering.exports.contract import GroupRecord, Material
from clustering.exports.delimited import guarded, unguarded
from clustering.exports.naming import title_of
from clustering.exports.packing import to_folder
from clustering.exports.records import material_of
from clustering.exports.registry import FORMATS
from clustering.jobs.arranging import keep_arrangement
from clustering.models import Collection, Group, User
from clustering.sources.arrangements import Arranged, read_arrangement
from tests.conftest import MakeCollection
from tests.exports.cases import rows, written
from tests.exports.conftest import COLLECTION, LINES, SETTINGS, group_record

PLACES = {
    "csv": "out.csv",
    "pages": "out.csv",
    "json": "out.json",
    "mets": "mets.xml",
    "iiif": "",
    "tropy": "tropy.json",
}
"""The exports that can be taken in again, and the part of each that is."""
KEEPS_TITLES = set(PLACES) - {"pages"}
AS_ENTERED = {"csv", "json"}

TITLES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=40)


@st.composite
def partitions(draw: st.DrawFn) -> list[GroupRecord]:
    """Pages 1 to n in groups that need not be consecutive, in any order within each."""
    positions = draw(st.permutations(list(range(1, draw(st.integers(1, 14)) + 1))))
    cuts = sorted(draw(st.sets(st.integers(1, len(positions)), max_size=6)) | {0, len(positions)})
    parts = [positions[start:end] for start, end in pairwise(cuts)]
    parts.sort(key=min)
    kinds = st.sampled_from(["letter", "flyer", "other", ""])
    return [
        group_record(number, part, title=draw(TITLES), kind=draw(kinds), date=draw(st.sampled_from(["", "1959-03"])))
        for number, part in enumerate(parts, start=1)
    ]


def taken_in(material: Material, name: str, folder: Path) -> list[Arranged]:
    known = FORMATS[name]
    if known.write is not None:
        (folder / PLACES[name]).write_bytes("".join(known.write(material)).encode())
    else:
        assert known.files is not None
        to_folder(known.files(material), folder)
    return read_arrangement(folder / PLACES[name])


@pytest.mark.parametrize("name", PLACES)
@given(groups=partitions())
@settings(max_examples=25, suppress_health_check=[HealthCheck.differing_executors])
def test_any_grouping_comes_back_with_its_order_and_titles(name: str, groups: list[GroupRecord]) -> None:
    material = Material(COLLECTION, groups, SETTINGS, lambda page: Path(), lambda page: LINES, lambda: None)  # type: ignore[arg-type, return-value]
    with tempfile.TemporaryDirectory() as folder:
        arrangement = taken_in(material, name, Path(folder))
    assert [one.identifiers for one in arrangement] == [[page.identifier for page in group.pages] for group in groups]
    if name in KEEPS_TITLES:
        wanted = [group.title if name in AS_ENTERED else title_of(group) for group in groups]
        if name == "csv":  # a table is read without the space around a cell, of which the guard is a part
            wanted = [unguarded(guarded(title).strip()) for title in wanted]
        assert [one.title for one in arrangement] == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("name", PLACES)
def test_a_confirmed_desk_comes_back_as_a_run_with_the_same_groups(
    name: str, make_collection: MakeCollection, alice: User, tmp_path: Path
) -> None:
    collection = make_collection(groups=[2, 1, 3])
    confirm_groups(list(collection.groups.all()), actor=alice)
    run = keep_arrangement(collection, taken_in(material_of(collection), name, tmp_path), source="ours")
    index: dict[int, list[int]] = {}
    for group, page in run.memberships.order_by("group_index", "group_order").values_list(
        "group_index", "page__position"
    ):
        index.setdefault(group, []).append(page)
    assert list(index.values()) == [[1, 2], [3], [4, 5, 6]]


@pytest.mark.django_db
def test_after_a_split_at_the_desk_the_old_id_is_on_the_first_part(
    make_collection: MakeCollection, alice: User
) -> None:
    collection = make_collection(groups=[3])
    confirm_groups([collection.groups.get()], actor=alice)
    before = written(material_of(collection), "mods")
    group = collection.groups.get()
    split_group(group, before=collection.pages.get(position=3), actor=alice)
    confirm_groups(list(collection.groups.all()), actor=alice)
    after = written(material_of(Collection.objects.get()), "mods")
    assert set(before) - {"pages.csv"} == {"mods/afl-1.xml"}
    assert set(after) - {"pages.csv"} == {"mods/afl-1.xml", "mods/afl-2.xml"}
    table = rows(written(material_of(Collection.objects.get()), "csv")[".csv"])
    assert [(row["identifier"], row["group"], row["split_from"]) for row in table] == [
        ("HH000001_0001", "1", ""), ("HH000001_0002", "1", ""), ("HH000001_0003", "2", "1"),
    ]  # fmt: skip
    assert Group.objects.get(number=2).split_from == 1
