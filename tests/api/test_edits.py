"""The history by the API."""

from __future__ import annotations

from typing import Any

import pytest

from clustering.models import Edit, Group, User
from tests.api.conftest import Script, Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection

EDITS = "/collections/afl/edits"


@pytest.fixture
def mine(alice: User, bob: User, script: Scripts, make_collection: MakeCollection) -> Script:
    """Alice flags group 2, Bob cuts group 1 before page 2, Alice merges 1 and 2, and undoes it."""
    make_collection(groups=[3, 2])
    hers, his = script(alice), script(bob)
    one, two = Group.objects.order_by("number")
    hers.post("/collections/afl/acts/flag", group=two.pk, note="torn")
    his.post("/collections/afl/acts/split", group=one.pk, before=2)
    hers.post("/collections/afl/acts/merge", groups=[one.pk, two.pk])
    hers.post("/collections/afl/acts/undo")
    return hers


def test_it_tells_who_did_what_oldest_first(mine: Script) -> None:
    edits = mine.all(EDITS, limit=2)
    assert [(edit["sequence"], edit["verb"], edit["who"], edit["undone"]) for edit in edits] == [
        (1, "flag", "alice", False),
        (2, "split", "bob", False),
        (3, "merge", "alice", True),
        (4, "undo", "alice", False),
    ]
    assert edits[3]["undoes"] == 3
    assert edits[1]["group_count"] == len(edits[1]["groups"]) == 2
    assert mine.get(f"{EDITS}/2").json() == edits[1]


def test_it_filters_by_person_verb_group_and_page(mine: Script) -> None:
    def ids(**wanted: Any) -> list[int]:
        return [edit["sequence"] for edit in mine.all(EDITS, **wanted)]

    assert ids(who="bob") == [2]
    assert ids(who="no\0body") == []
    assert ids(verb="merge") == [3]
    assert ids(group=Group.objects.get(number=2).pk) == [1, 3, 4]
    assert ids(position=3) == [2]
    assert ids(position=99) == []
    assert ids(after=3) == [4]
    problem_of(mine.get(EDITS, verb="steal"), 400)


def test_it_tells_each_group_before_and_after(mine: Script) -> None:
    changes = mine.all(f"{EDITS}/2/groups", limit=1)
    assert [(row["number"], row["before"] and row["before"]["pages"], row["after"]["pages"]) for row in changes] == [
        (1, [1, 2, 3], [1]),
        (3, None, [2, 3]),
    ]
    flagged = mine.all(f"{EDITS}/1/groups")[0]
    assert flagged["after"]["fields"]["flag_note"] == "torn"


def test_an_act_that_never_was_and_a_stranger_find_nothing(mine: Script, charlie: User, script: Scripts) -> None:
    for place in ("/9", "/9/groups"):
        assert "no change 9" in problem_of(mine.get(EDITS + place), 404)
    for place in ("", "/1", "/1/groups"):
        problem_of(script(charlie).get(EDITS + place), 404)
    assert Edit.objects.count() == 4
