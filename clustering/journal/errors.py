"""Why an act was not done. Nothing is ever half done: an act that raises has written nothing."""

from __future__ import annotations

from collections.abc import Collection as Sized
from collections.abc import Sequence

from django.db.models import Q

from clustering.models import Collection, Edit, Group, Page, User
from clustering.wording import name_of, say, translated

MOST_FRESH = 100
"""An act may have named thousands of groups; the desk asks for more than these by itself."""


class ActError(Exception):
    """An act that was not done; `sentence` says why, in words for the person who tried."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.message = sentence

    @property
    def sentence(self) -> str:
        """In the language of whoever reads it now."""
        return translated(self.message)


class Refused(ActError):
    """The act makes no sense here, or something stands in its way; the sentence says what to do instead."""


class StaleVersion(ActError):
    """Somebody changed what the act was based on.

    `groups` are the groups in question as they stand now, in scan order: those that were asked for and still exist,
    and for one that vanished those that its pages went to.
    """

    def __init__(self, sentence: str, *, groups: Sequence[Group] = ()) -> None:
        super().__init__(sentence)
        self.groups = tuple(groups)


def vanished(collection: Collection, group_ids: Sized[int], *, actor: User | None) -> StaleVersion:
    """For groups of which one at least is not there any more."""
    there = set(Group.objects.filter(collection=collection, pk__in=group_ids).values_list("pk", flat=True))
    return stale(collection, set(group_ids) - there, also=there, actor=actor)


def stale(collection: Collection, changed: Sized[int], *, also: Sized[int] = (), actor: User | None) -> StaleVersion:
    """Return the refusal that carries these groups, and those that hold the pages they had, as they stand now.

    It names the last edit that touched them, and who made it.
    """
    edits = Edit.objects.filter(collection=collection, groups__overlap=list(changed)).select_related("actor")
    last = edits.defer("after").order_by("-sequence").first()
    known = last.before if last else []
    pages = {page for entry in known if entry.get("group", {}).get("id") in changed for page in entry["pages"]}
    asked = Q(pk__in=[*changed, *also]) | Q(pk__in=Page.objects.filter(pk__in=pages).values("group"))
    fresh = Group.objects.filter(asked, collection=collection).in_scan_order()
    return StaleVersion(_changed_by(last, actor), groups=list(fresh[:MOST_FRESH]))


def _changed_by(last: Edit | None, actor: User | None) -> str:
    if last is not None and actor is not None and last.actor_id == actor.pk:
        summary = last.quoted
        return say("Your last change also changed this. %(summary)s Check the current documents.", summary=summary)
    message = say("%(who)s: %(summary)s ", who=name_of(last.actor, to=actor), summary=last.quoted) if last else ""
    return say("Someone else just changed this. %(said)sCheck the current documents and try again.", said=message)
