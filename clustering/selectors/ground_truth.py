"""Ground truth: what people settled and answered, in the words of the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from clustering.engine.records import Constraints
from clustering.models import Answer, Collection, Group, Page


def constraints_for(collection: Collection, page_ids: Sequence[int]) -> Constraints:
    """Return what a new run of these pages must obey; `page_ids` are the stream in scan order, and give the indices.

    Confirmed groups are fixed and those that a person edited are held, in their reading order; pages that are not in
    `page_ids` are left out of them. Answers count where the two pages are neighbors in the stream: elsewhere the
    act that gave the answer settled the groups. Four queries at most.
    """
    index = {page: at for at, page in enumerate(page_ids)}
    fixed: dict[int, list[int]] = defaultdict(list)
    confirmed: set[int] = set()
    settled = Group.objects.filter(collection=collection).settled()
    held = Page.objects.filter(group__in=settled).order_by("group__first_position", "group", "group_order")
    for page, group, state in held.values_list("pk", "group_id", "group__state"):
        if page in index:
            fixed[group or 0].append(index[page])
            if state == Group.State.CONFIRMED:
                confirmed.add(group or 0)
    seams: dict[str, set[int]] = {verdict: set() for verdict in Answer.Verdict.values}
    answers = Answer.objects.filter(collection=collection)
    for first, second, verdict in answers.values_list("first_id", "second_id", "verdict"):
        if first in index and second in index and index[second] == index[first] + 1:
            seams[verdict].add(index[first])
    return Constraints(
        fixed=tuple(tuple(pages) for group, pages in fixed.items() if group in confirmed),
        held=tuple(tuple(pages) for group, pages in fixed.items() if group not in confirmed),
        same=frozenset(seams[Answer.Verdict.SAME]),
        apart=frozenset(seams[Answer.Verdict.DIFFERENT]),
        count=collection.expected_documents,
    )
