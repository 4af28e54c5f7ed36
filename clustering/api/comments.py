"""Comments on documents, which are stored with pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from clustering import models
from clustering.access import access_collection, people_who_see, shown_pages, signed_in
from clustering.api.paging import Sheet, Window, part_of
from clustering.api.shapes import MOST, ById, ResponseBody, Slug
from clustering.sentences import say
from clustering.teamwork import commenting
from clustering.teamwork.commenting import MOST_LETTERS, thread

router = Router(tags=["Comments"])

MOST_PEOPLE = 20


class Comment(ResponseBody):
    """A comment on a document. It belongs to a page, and to the document that has the page."""

    id: int
    position: int = Field(description="The page it is stored with.")
    group: int | None = Field(description="ID of the group that has the page now; null if none.")
    user: str | None = Field(description="Username of its author; null if the account is gone.")
    name: str = Field(description="Their full name, or the username.")
    text: str
    mentions: list[str] = Field(description="Usernames of people it mentions as @username.")
    created: datetime
    edited: datetime | None
    resolved: datetime | None
    resolved_by: str | None


class CommentFilter(Window):
    """Which comments."""

    position: int | None = Field(None, ge=1, le=MOST, description="Only those on this page.")
    group: int | None = Field(None, ge=1, le=MOST, description="Only those on pages of this group.")
    open: Literal["true", "false"] | None = Field(None, description="Only open ones, or only resolved ones.")


def _says_something(text: str) -> str:
    if not text.replace("\0", "").strip():
        raise ValueError(say("Write something."))
    return text


Text = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS, pattern=r"\S"), AfterValidator(_says_something)]


class Words(BaseModel):
    """The text of a comment."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(description="`@username` mentions a person who can see the collection.")


class Remark(Words):
    """A new comment."""

    position: int = Field(ge=1, le=MOST, description="A page of the document that it is about.")
    key: UUID | None = Field(None, description="A UUID that you choose: sent twice, the comment is written once.")


class Person(ResponseBody):
    """A person who can see a collection."""

    user: str
    name: str


class Asked(BaseModel):
    """Which people."""

    q: str = Field("", max_length=150, description="The beginning of a username or of a part of the name.")


@router.get("/{slug:slug}/people", response=list[Person], summary="List people who can see a collection")
def list_people(request: HttpRequest, slug: Slug, asked: Query[Asked]) -> list[Person]:
    """Return the people whom a comment can mention, at most 20."""
    collection = access_collection(request.user, slug, whole=False)
    wanted = asked.q.replace("\0", "").casefold().strip()
    people = []
    for one in people_who_see(collection).only("username", "first_name", "last_name"):
        parts = [one.get_username(), *one.get_full_name().split()]
        if any(part.casefold().startswith(wanted) for part in [*parts, one.get_full_name()]):
            people.append(Person(user=one.get_username(), name=one.shown_name))
        if len(people) == MOST_PEOPLE:
            break
    return people


@router.get("/{slug:slug}/comments", response=Sheet[Comment], summary="List comments")
def list_comments(request: HttpRequest, slug: Slug, wanted: Query[CommentFilter]) -> Sheet[Comment]:
    """Return comments, oldest first. `after` is the ID of a comment."""
    rows = thread(access_collection(request.user, slug, whole=False)).filter(pk__gt=wanted.after)
    if wanted.position is not None:
        rows = rows.filter(page__position=wanted.position)
    if wanted.group is not None:
        rows = rows.filter(page__group=wanted.group)
    if wanted.open is not None:
        rows = rows.filter(resolved__isnull=wanted.open == "true")
    return part_of(
        request,
        rows,
        wanted,
        position_of=lambda comment: comment.pk,
        respond=comment_responses,
    )


@router.post("/{slug:slug}/comments", response={201: Comment}, summary="Write a comment")
def create_comment(request: HttpRequest, slug: Slug, remark: Remark) -> Status[Comment]:
    """Write a comment. Everyone who can see the collection may. Documents and versions don't change."""
    collection = access_collection(request.user, slug, whole=False)
    page = shown_pages(collection).filter(position=remark.position).first()
    if page is None:
        raise Http404(_("No such page."))
    made = commenting.write_comment(page, remark.text, actor=signed_in(request), key=remark.key)
    return Status(201, comment_responses([_comment(request, slug, made.pk)])[0])


@router.patch("/{slug:slug}/comments/{int:comment}", response=Comment, summary="Edit a comment")
def edit_comment(request: HttpRequest, slug: Slug, comment: ById, words: Words) -> Comment:
    """Change the text of one of your comments."""
    stored = _comment(request, slug, comment)
    commenting.rewrite_comment(stored, words.text, actor=signed_in(request))
    return comment_responses([stored])[0]


@router.delete("/{slug:slug}/comments/{int:comment}", response={204: None}, summary="Delete a comment")
def delete_comment(request: HttpRequest, slug: Slug, comment: ById) -> Status[None]:
    """Delete one of your comments. People who manage the collection may delete any comment."""
    commenting.delete_comment(_comment(request, slug, comment), actor=signed_in(request))
    return Status(204, None)


@router.post("/{slug:slug}/comments/{int:comment}/resolve", response=Comment, summary="Resolve a comment")
def resolve_comment(request: HttpRequest, slug: Slug, comment: ById) -> Comment:
    """Mark a comment as done. Everyone who can see the collection may."""
    stored = _comment(request, slug, comment)
    commenting.resolve_comment(stored, actor=signed_in(request))
    return comment_responses([stored])[0]


@router.post("/{slug:slug}/comments/{int:comment}/reopen", response=Comment, summary="Reopen a comment")
def reopen_comment(request: HttpRequest, slug: Slug, comment: ById) -> Comment:
    """Open a resolved comment again."""
    stored = _comment(request, slug, comment)
    commenting.resolve_comment(stored, actor=signed_in(request), resolved=False)
    return comment_responses([stored])[0]


def _comment(request: HttpRequest, slug: str, pk: int) -> models.Comment:
    match = thread(access_collection(request.user, slug, whole=False)).filter(pk=pk).first()
    if match is None:
        raise Http404(_("This comment no longer exists. It may have been deleted."))
    return match


def comment_responses(comments: Sequence[models.Comment]) -> list[Comment]:
    """Return comments, whose pages and people must be loaded."""
    return [
        Comment(
            id=comment.pk,
            position=comment.page.position,
            group=comment.page.group_id,
            user=comment.author.get_username() if comment.author else None,
            name=comment.author.shown_name if comment.author else "",
            text=comment.text,
            mentions=comment.mentions,
            created=comment.created,
            edited=comment.edited,
            resolved=comment.resolved,
            resolved_by=comment.resolved_by.get_username() if comment.resolved_by else None,
        )
        for comment in comments
    ]
