"""Write, change, and resolve comments on documents, and notify people whom they mention."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clustering.access import hidden_in, may_edit, may_launch, people_who_see
from clustering.journal.errors import Refused
from clustering.models import Collection, Comment, Notification, Page, User
from clustering.teamwork.notifying import notify
from clustering.wording import say

MOST_LETTERS = 2000
_NAME = re.compile(r"(?<![\w.+-])@([\w.@+-]+)")
_ENDS = ".,;:!?-+@"
"""Punctuation that may follow a name, although names may end with it, too."""


def mentioned(text: str, page: Page) -> list[str]:
    """Return the usernames that a text mentions as @name, of those who can see the page. One query."""
    written = {name[: len(name) - cut] for name in _NAME.findall(text) for cut in range(_trailing(name) + 1)}
    written.discard("")
    if not written:
        return []
    people = people_who_see(page.collection).filter(username__in=written)
    return sorted(one.username for one in people if not page.is_restricted or may_edit(one, page.collection))


def _trailing(name: str) -> int:
    return len(name) - len(name.rstrip(_ENDS))


def write_comment(page: Page, text: str, *, actor: User, key: UUID | None = None) -> Comment:
    """Write a comment and return it; with the `key` of one that is there, return that. Raises Refused for no text."""
    words = _checked(text)
    known = Comment.objects.filter(key=key, author=actor, collection=page.collection).first() if key else None
    if known is not None:
        return known
    values = {"collection": page.collection, "page": page, "author": actor, "text": words, "key": key}
    try:
        with transaction.atomic():
            made = Comment.objects.create(**values, mentions=mentioned(words, page))
            _tell(made, made.mentions)
            return made
    except IntegrityError as error:
        raise Refused(say("This comment was sent before. Reload the page to see it.")) from error


def rewrite_comment(comment: Comment, text: str, *, actor: User) -> None:
    """Change the words of one's own comment. Raises PermissionDenied and Refused."""
    if comment.author_id != actor.pk:
        raise PermissionDenied(_("Only its author can change this comment."))
    known = set(comment.mentions)
    comment.text = _checked(text)
    comment.mentions = mentioned(comment.text, comment.page)
    comment.edited = timezone.now()
    with transaction.atomic():
        comment.save(update_fields=["text", "mentions", "edited"])
        _tell(comment, [name for name in comment.mentions if name not in known])


def _tell(comment: Comment, names: list[str]) -> None:
    if not names:
        return
    assert comment.author is not None  # it was just written
    who = comment.author.shown_name
    notify(
        User.objects.filter(username__in=names),
        say("%(who)s mentioned you on page %(page)s.", who=who, page=comment.page.position),
        kind=Notification.Kind.MENTION,
        collection=comment.collection,
        address=f"{comment.collection.get_absolute_url()}#comments/{quote(comment.page.identifier, safe='')}",
        actor=comment.author,
        quote=comment.text,
    )


def delete_comment(comment: Comment, *, actor: User) -> None:
    """Delete one's own comment; who manages the collection may delete any. Raises PermissionDenied."""
    if comment.author_id != actor.pk and not may_launch(actor, comment.collection):
        raise PermissionDenied(_("Only its author can change this comment."))
    comment.delete()


def resolve_comment(comment: Comment, *, actor: User, resolved: bool = True) -> None:
    """Mark a comment as settled, or open it again; as often as one likes."""
    comment.resolved = timezone.now() if resolved else None
    comment.resolved_by = actor if resolved else None
    comment.save(update_fields=["resolved", "resolved_by"])


def _checked(text: str) -> str:
    words = text.replace("\0", "").strip()
    if not words:
        raise Refused(say("The comment is empty. Write something first."))
    if len(words) > MOST_LETTERS:
        raise Refused(say("The comment is too long. Use %(most)s characters at most.", most=MOST_LETTERS))
    return words


def open_comments(collection: Collection) -> list[tuple[int, int]]:
    """Return (position, number of open comments) of the pages that have some, in scan order. One query."""
    rows = Comment.objects.open().filter(collection=collection).order_by("page__position")
    rows = rows.exclude(page__in=hidden_in(collection))
    return list(rows.values_list("page__position").annotate(count=Count("pk")))


def thread(collection: Collection, pages: Iterable[int] | None = None) -> QuerySet[Comment]:
    """Return comments with their pages and people, oldest first; on these pages (ids), or all."""
    rows = Comment.objects.filter(collection=collection).select_related("author", "resolved_by", "page", "collection")
    rows = rows.exclude(page__in=hidden_in(collection))
    return rows.order_by("pk") if pages is None else rows.filter(page__in=list(pages)).order_by("pk")
