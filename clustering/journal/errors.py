"""Why an act was not done. An act that raises has written nothing."""

from __future__ import annotations

from collections.abc import Collection as Sized
from collections.abc import Sequence

from django.db.models import Q

from clustering.models import Collection, Edit, Group, Page, User
from clustering.wording import name_of, say, translated

MOST_FRESH = 100
"""Most groups that a refusal carries: an act may name thousands. The desk asks for the others itself."""


class ActError(Exception):
    """An act that was not done. `sentence` tells the person why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.message = sentence

    @property
    def sentence(self) -> str:
        """The message in the language of the current reader."""
        return translated(self.message)


class Refused(ActError):
    """The act is impossible here. The sentence says why, and what to do instead."""


class StaleVersion(ActError):
    """Someone changed what the act was based on.

    `groups` are the groups in question as they are now, in scan order. A group that vanished is replaced by the groups
    that its pages went to.
    """

    def __init__(self, sentence: str, *, groups: Sequence[Group] = ()) -> None:
        super().__init__(sentence)
        self.groups = tuple(groups)


def vanished(collection: Collection, group_ids: Sized[int], *, actor: User | None) -> StaleVersion:
    """Return the refusal for groups of which at least one no longer exists."""
    there = set(Group.objects.filter(collection=collection, pk__in=group_ids).values_list("pk", flat=True))
    return stale(collection, set(group_ids) - there, also=there, actor=actor)


def stale(collection: Collection, changed: Sized[int], *, also: Sized[int] = (), actor: User | None) -> StaleVersion:
    """Return the refusal with these groups, and those that now hold their pages, as they are now.

    Its sentence names the last edit that touched them, and who made it.
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
