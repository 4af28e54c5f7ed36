"""Exports by the API: the same files as at the desk."""

from __future__ import annotations

from django.contrib.auth.models import User

from clustering.actions.confirm import confirm_groups
from clustering.exports.registry import FORMATS
from clustering.models import Collection, Group
from tests.api.conftest import Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection

EXPORTS = "/collections/afl/exports"


def test_it_lists_every_format(victor: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[1])
    assert [row["name"] for row in script(victor).get(EXPORTS).json()] == list(FORMATS)


def test_it_sends_confirmed_groups_or_all(alice: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2, 1])
    confirm_groups(Group.objects.filter(number=1), actor=alice)
    mine = script(alice, scope="read")
    answer = mine.get(f"{EXPORTS}/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="afl.csv"'
    assert len(b"".join(answer.streaming_content).splitlines()) == 3
    assert len(b"".join(mine.get(f"{EXPORTS}/csv", all="true").streaming_content).splitlines()) == 4
    packed = mine.get(f"{EXPORTS}/iiif")
    assert b"".join(packed.streaming_content)[:2] == b"PK"


def test_a_format_that_is_none_and_a_stranger_find_nothing(
    alice: User, charlie: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection(groups=[1])
    assert "no export called wordperfect" in problem_of(script(alice).get(f"{EXPORTS}/wordperfect"), 404)
    problem_of(script(alice).get(f"{EXPORTS}/csv", all="maybe"), 400)
    problem_of(script(charlie).get(EXPORTS), 404)
    problem_of(script(charlie).get(f"{EXPORTS}/csv"), 404)


def test_wrong_settings_are_refused_with_who_can_mend_them(
    alice: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection(groups=[1])
    Collection.objects.update(settings={"export": {"colour": "red"}})
    assert "Staff can mend it" in problem_of(script(alice).get(f"{EXPORTS}/csv"), 422)
