"""What the desk's filters show."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from clustering.access import open_findings, shown_groups
from clustering.journal.errors import Refused
from clustering.models import Collection, Comment, Group
from clustering.redecode.live import desk_run
from clustering.selectors.queue import DOUBTFUL, open_seams
from clustering.wording import say


def groups_matching(collection: Collection, name: str) -> QuerySet[Group]:
    """Return the groups that the desk shows under this filter. Raises Refused for a filter it does not have."""
    find = FILTERS.get(name)
    if find is None:
        raise Refused(say("There is no filter “%(name)s”. Reload the page and choose one again.", name=name))
    return find(shown_groups(collection), collection)


def _doubtful(groups: QuerySet[Group], collection: Collection) -> QuerySet[Group]:
    run = desk_run(collection)
    seams = open_seams(collection, run, least=DOUBTFUL) if run else []
    return groups.filter(pages__position__in={at for seam in seams for at in (seam.left, seam.left + 1)}).distinct()


_EDITED = Q(state=Group.State.CHANGED) | Q(state=Group.State.PROPOSED, edited=True, confidence__isnull=True)
"""As `Group.is_edited` says of one."""

FILTERS: Mapping[str, Callable[[QuerySet[Group], Collection], QuerySet[Group]]] = {
    "all": lambda groups, _: groups,
    "todo": lambda groups, _: groups.exclude(state=Group.State.CONFIRMED),
    "doubtful": _doubtful,
    "changed": lambda groups, _: groups.filter(_EDITED),
    "flagged": lambda groups, _: groups.filter(flagged=True),
    "untitled": lambda groups, _: groups.filter(title=""),
    "undated": lambda groups, _: groups.filter(date=""),
    "commented": lambda groups, _: groups.filter(Exists(Comment.objects.open().filter(page__group=OuterRef("pk")))),
    "personal": lambda groups, collection: groups.filter(
        Exists(open_findings(collection).filter(page__group=OuterRef("pk")))
    ),
    "confirmed": lambda groups, _: groups.filter(state=Group.State.CONFIRMED),
}
"""By the value that the desk's radio buttons send; the browser shows the same (side.js)."""
