"""A person who names one issue of a serial names the drafts of all."""

from __future__ import annotations

import pytest

from clustering.actions import confirm_groups, merge_groups, split_group, undo_edit
from clustering.actions.describe import describe_groups
from clustering.jobs import running
from clustering.jobs.launching import launch_job
from clustering.models import Collection, Job, Reading, User
from clustering.redecode import serial_names
from clustering.selectors.desk_rows import changes
from tests.actions.conftest import GroupOf, PageAt
from tests.actions.partition_checks import check_partition
from tests.actions.test_drafting import drafted, give_drafts
from tests.conftest import MakeCollection
from tests.describing import describe_group
from tests.engine.drafting.pages import HEIGHT, WIDTH, columns, line

NEWSLETTER = ("newsletter", 0.9)


@pytest.fixture
def issues(make_collection: MakeCollection) -> Collection:
    """Four issues of one newsletter, and a letter."""
    collection = make_collection(groups=[2, 2, 1, 1, 1])
    for number in range(1, 5):
        give_drafts(collection, number, title=(f"Union Voiee, No. {number}, May 1983", 0.8), kind=NEWSLETTER)
    give_drafts(collection, 5, title=("Union Voiee, May 1983", 0.8), kind=("letter", 0.9))
    return collection


def titles(collection: Collection) -> list[str]:
    return [group.title or drafted(group) for group in collection.groups.order_by("first_position")]


def test_the_drafts_of_the_other_issues_take_the_name(issues: Collection, group_of: GroupOf, alice: User) -> None:
    seen = issues.version
    edit = describe_group(group_of(issues, 2), title="The Union Voice, No. 2, May 1983", actor=alice)
    assert titles(issues) == [
        "The Union Voice, No. 1, May 1983",
        "The Union Voice, No. 2, May 1983",
        "The Union Voice, No. 3, May 1983",
        "The Union Voice, No. 4, May 1983",
        "Union Voiee, May 1983",
    ]
    issues.refresh_from_db()
    shown = {row["number"]: row for row in changes(issues, seen, me=alice)["groups"]}
    assert set(shown) == {1, 2, 3, 4}, "every browser is told"
    assert "3" in edit.summary
    assert group_of(issues, 1).version == 1, "nobody's view is stale by what the machine thinks"
    check_partition(issues)


def test_undo_gives_the_drafts_their_name_back(issues: Collection, group_of: GroupOf, alice: User) -> None:
    before = titles(issues)
    describe_group(group_of(issues, 2), title="The Union Voice, No. 2, May 1983", actor=alice)
    undo_edit(issues, actor=alice)
    assert titles(issues) == before


def test_what_people_wrote_stays_and_is_what_other_issues_keep(
    issues: Collection, group_of: GroupOf, alice: User
) -> None:
    describe_group(group_of(issues, 1), title="The Union Voice, No. 1", actor=alice)
    describe_group(group_of(issues, 2), title="Union Voice, No. 2", actor=alice)
    assert titles(issues)[:3] == ["The Union Voice, No. 1", "Union Voice, No. 2", "The Union Voice, No. 3, May 1983"]


def test_several_issues_named_at_once(issues: Collection, group_of: GroupOf, alice: User) -> None:
    named = {group_of(issues, n).pk: {"title": f"The Union Voice, No. {n}"} for n in (1, 2)}
    describe_groups(issues.pk, named, actor=alice)
    assert titles(issues)[2:4] == ["The Union Voice, No. 3, May 1983", "The Union Voice, No. 4, May 1983"]


@pytest.mark.parametrize("title", ["Victory at Stevens, Union Voiee, May 1983", "Union Voiee", "Who Owns the Schools"])
def test_a_title_of_one_issue_alone_renames_no_other(
    issues: Collection, group_of: GroupOf, alice: User, title: str
) -> None:
    before = titles(issues)
    describe_group(group_of(issues, 1), title=title, actor=alice)
    assert titles(issues)[1:] == before[1:]


def test_an_accepted_draft_changes_no_other(issues: Collection, group_of: GroupOf, alice: User) -> None:
    before = titles(issues)
    edit = confirm_groups([group_of(issues, 1)], actor=alice)
    assert titles(issues) == before
    assert edit.groups == [group_of(issues, 1).pk]


def print_issues(collection: Collection, names: list[str]) -> None:
    """Make each page the front page of an issue with so-read a masthead."""
    for page, name in zip(collection.pages.order_by("position"), names, strict=True):
        lines = [
            line(name, 0.05, size=4),
            line(f"Vol. 8, No. {page.position}      November {page.position}, 1970", 0.15),
            line("Board Puts Off Decision", 0.2, size=2.2),
            *columns(0.26, 30),
        ]
        kept = [[one.text, one.left, one.top, one.right, one.bottom, one.confidence] for one in lines]
        text = "\n".join(one.text for one in lines)
        Reading.objects.create(
            page=page, text=text, lines=kept, width=WIDTH, height=HEIGHT, confidence=95, engine="drawn"
        )


def test_a_proposal_names_all_issues_alike(make_collection: MakeCollection) -> None:
    collection = make_collection(pages=3)
    print_issues(collection, ["Ballot and Budget", "Ballot and Budgef", "Ballot and Budget"])
    order = {"documents": 3}
    running.run_here(launch_job(collection, kind=Job.Kind.PROPOSE, actor=None, params=order, here=True))
    assert titles(collection) == [
        f"Ballot and Budget, Vol. 8, No. {number}, November {number}, 1970" for number in (1, 2, 3)
    ]


def test_a_document_drafted_again_keeps_the_name_of_its_serial(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[1, 1, 2])
    print_issues(collection, ["Ballot and Budget", "Ballot and Budget", "Ballot and Budget", "Ballot and Budgef"])
    for number in (1, 2):
        give_drafts(collection, number, title=(f"Ballot and Budget, No. {number}", 0.8), kind=NEWSLETTER)
    split_group(group_of(collection, 3), before=page_at(collection, 4), actor=alice)
    assert drafted(group_of(collection, 4)) == "Ballot and Budget, Vol. 8, No. 4, November 4, 1970"
    describe_group(group_of(collection, 1), title="The Ballot and Budget, No. 1", actor=alice)
    merge_groups([group_of(collection, 3), group_of(collection, 4)], actor=alice)
    assert titles(collection)[2] == "The Ballot and Budget, Vol. 8, No. 3, November 3, 1970"


def test_an_act_looks_at_the_issues_beside_it_alone(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_names, "NEAR", 2)
    collection = make_collection(groups=[1, 1, 1, 1, 2, 1])
    print_issues(collection, ["Ballot and Budgef"] * 7)
    far, near = ("Ballot and Budgef", 0.8), ("Ballot and Budget", 0.8)
    for number, (name, sure) in enumerate([far, far, near, near, far, near], start=1):
        give_drafts(collection, number, title=(f"{name}, No. {number}", sure), kind=NEWSLETTER)
    split_group(group_of(collection, 5), before=page_at(collection, 6), actor=alice)
    assert drafted(group_of(collection, 7)).startswith("Ballot and Budget, ")
