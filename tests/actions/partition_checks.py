"""Invariants of a collection's arrangement after every act, and functions to read it."""

from __future__ import annotations

from django.db import connection

from clustering.journal.workspace import Snapshot, standing_of
from clustering.models import Answer, Collection, Edit, Group, Page

Arrangement = dict[int, list[int]]


def arrangement(collection: Collection) -> Arrangement:
    """Positions in reading order, by group number."""
    arranged: Arrangement = {}
    places = Page.objects.filter(collection=collection, group__isnull=False).order_by("group__number", "group_order")
    for number, position in places.values_list("group__number", "position"):
        arranged.setdefault(number or 0, []).append(position)
    return arranged


def whole_state(collection: Collection) -> Snapshot:
    """Read everything that an edit can change from the tables."""
    state = Snapshot()
    pages: dict[int, list[int]] = {}
    for pk, group, role in (
        Page.objects.filter(collection=collection)
        .order_by("group", "group_order")
        .values_list("pk", "group_id", "role")
    ):
        state.roles[pk] = role
        if group is None:
            state.unassigned.add(pk)
        else:
            pages.setdefault(group, []).append(pk)
    for row in Group.objects.filter(collection=collection):
        state.groups[row.pk] = standing_of(row, pages[row.pk])
    for answer in Answer.objects.filter(collection=collection):
        state.answers[answer.first_id, answer.second_id] = (answer.verdict, answer.actor_id)
    return state


def content(state: Snapshot) -> object:
    """The state without versions and similar fields, for comparisons."""
    return (
        {pk: standing.content for pk, standing in state.groups.items()},
        state.unassigned,
        {pair: verdicts[0] for pair, verdicts in state.answers.items() if verdicts},
        {page: role for page, role in state.roles.items() if role},
    )


def check_partition(collection: Collection) -> None:
    """Check that orders are 1 … n, duplicated facts are right, answers agree with groups, and versions count edits."""
    connection.check_constraints()
    orders: dict[int, list[int]] = {}
    positions: dict[int, list[int]] = {}
    for group, order, position in (
        Page.objects.filter(collection=collection, group__isnull=False)
        .order_by("group_id", "group_order")
        .values_list("group_id", "group_order", "position")
    ):
        orders.setdefault(group or 0, []).append(order or 0)
        positions.setdefault(group or 0, []).append(position)
    groups = {group.pk: group for group in Group.objects.filter(collection=collection)}
    assert groups.keys() == orders.keys()
    for pk, group_row in groups.items():
        assert orders[pk] == list(range(1, len(orders[pk]) + 1))
        assert group_row.page_count == len(orders[pk])
        assert group_row.first_position == min(positions[pk])
    place = dict(Page.objects.filter(collection=collection).values_list("pk", "group_id"))
    for answer in Answer.objects.filter(collection=collection):
        one, other = place[answer.first_id], place[answer.second_id]
        if answer.verdict == Answer.Verdict.SAME:
            assert one == other
        else:
            assert one != other or one is None
    collection.refresh_from_db()
    newest = Edit.objects.filter(collection=collection).order_by("-sequence").first()
    assert collection.version == (newest.sequence if newest else 0)


_BROKEN = """
    WITH page AS (SELECT * FROM clustering_page WHERE collection_id = %(collection)s),
    held AS (
        SELECT group_id, count(*) AS n, min(position) AS first, min(group_order) AS low, max(group_order) AS high,
            count(DISTINCT group_order) AS orders
        FROM page WHERE group_id IS NOT NULL GROUP BY group_id
    )
    SELECT 'group ' || coalesce(g.id, held.group_id) || ' does not hold its pages in order'
    FROM (SELECT * FROM clustering_group WHERE collection_id = %(collection)s) AS g
    FULL JOIN held ON held.group_id = g.id
    WHERE (held.n, held.first, held.low, held.high, held.orders)
        IS DISTINCT FROM (g.page_count, g.first_position, 1, g.page_count, g.page_count)
    UNION ALL
    SELECT 'answer ' || answer.id || ' says otherwise'
    FROM clustering_answer AS answer
    JOIN page AS one ON one.id = answer.first_id
    JOIN page AS other ON other.id = answer.second_id
    WHERE CASE answer.verdict WHEN 'same' THEN one.group_id IS DISTINCT FROM other.group_id
        ELSE one.group_id = other.group_id END
    UNION ALL
    SELECT 'the version counts no edits' FROM clustering_collection AS c
    WHERE c.id = %(collection)s
        AND c.version <> (SELECT coalesce(max(sequence), 0) FROM clustering_edit WHERE collection_id = c.id)
"""


def broken(collection: Collection) -> list[str]:
    """Check the same as `check_partition` in one statement, for tests with thousands of acts."""
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, {"collection": collection.pk})
        return [sentence for (sentence,) in cursor.fetchall()]
