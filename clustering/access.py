"""The only way from a URL to an object: who may see it, and who may edit it. Missing and forbidden look alike.

Roles for the whole site: viewer looks, archivist edits, staff (`is_staff`) start jobs, use the admin, and do all else.
A collection that names people or teams (`CollectionRole`) is theirs and of staff alone: see, edit, manage. An open
assignment lets whoever has it edit that collection.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeGuard
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.models import (
    ApiToken,
    Assignment,
    Collection,
    CollectionRole,
    Group,
    Job,
    Page,
    Run,
    Team,
    Upload,
    UploadedFile,
    User,
)
from clustering.models.collection import CollectionQuerySet
from clustering.models.group import GroupQuerySet
from clustering.models.page import PageQuerySet
from clustering.models.personal_finding import OPEN, PersonalFinding, PersonalFindingQuerySet

VIEWERS = "viewers"
ARCHIVISTS = "archivists"
REOPEN_DAYS = 7
"""How long people can reopen what they marked as done, even if they can no longer open the collection."""
NO_EDITING = _lazy("You can view this collection but not edit it. Ask staff for edit access.")
NO_MANAGING = _lazy("Only staff and people who manage this collection can do this.")

Anyone = User | AbstractBaseUser | AnonymousUser

_NOTHING, _SEE, _EDIT, _MANAGE = range(4)
"""What a person may do in a collection. Each includes those before it."""
_RANKS: dict[str, int] = {
    CollectionRole.Role.SEE: _SEE,
    CollectionRole.Role.EDIT: _EDIT,
    CollectionRole.Role.MANAGE: _MANAGE,
}


def signed_in(request: HttpRequest) -> User:
    """Return the person who sent a request that has passed an access check, which only people who signed in do."""
    assert isinstance(request.user, User)
    return request.user


def may_look(user: Anyone) -> bool:
    """Whether this person may see any collection: signed in, and in a role for the site or in a collection."""
    return _is_active(user) and (_is_staff(user) or bool(_roles(user)) or _is_named(user))


def may_see(user: Anyone, collection: Collection) -> bool:
    """Whether this person may see this collection: whether it is among `access_collections`, in simpler queries."""
    return _is_active(user) and collection.deleted is None and _rank(user, collection) >= _SEE


def may_edit(user: Anyone, collection: Collection | None = None) -> bool:
    """Whether this person may edit this collection; without one, whether there may be any that they may edit."""
    if not _is_active(user):
        return False
    if collection is not None:
        return _rank(user, collection) >= _EDIT
    return _is_staff(user) or ARCHIVISTS in _roles(user) or _is_named(user, edits=True)


def may_change(user: Anyone, collection: Collection) -> bool:
    """Whether this person may edit this collection and it isn't closed."""
    return collection.closed is None and may_edit(user, collection)


def may_launch(user: Anyone, collection: Collection | None = None) -> bool:
    """Whether this person may start jobs and change settings in this collection; without one, in all (staff)."""
    return _is_active(user) and (_is_staff(user) if collection is None else _rank(user, collection) >= _MANAGE)


def _is_active(user: Anyone) -> TypeGuard[User]:
    return isinstance(user, User) and user.is_active


def _is_staff(user: User) -> bool:
    return user.is_staff or user.is_superuser


def _roles(user: User) -> frozenset[str]:
    """Return the site roles of a person. One query per request, kept on the user object."""
    roles: frozenset[str] | None = getattr(user, "_hhreview_roles", None)
    if roles is None:
        roles = frozenset(user.groups.filter(name__in=[VIEWERS, ARCHIVISTS]).values_list("name", flat=True))
        user._hhreview_roles = roles  # type: ignore[attr-defined] # kept for the request only
    return roles


def _teams(user: User) -> frozenset[int]:
    """Return the teams of a person. One query per request, kept on the user object."""
    teams: frozenset[int] | None = getattr(user, "_hhreview_teams", None)
    if teams is None:
        teams = frozenset(Team.members.through.objects.filter(user=user).values_list("team", flat=True))
        user._hhreview_teams = teams  # type: ignore[attr-defined] # kept for the request only
    return teams


def _granted(user: User) -> QuerySet[CollectionRole]:
    """Return the roles of this person and their teams in single collections."""
    return CollectionRole.objects.filter(_mine(user))


def _assigned(user: User) -> QuerySet[Assignment]:
    """Return the open assignments of this person and their teams."""
    return Assignment.objects.filter(_mine(user), done=None).order_by()


def _mine(user: User) -> Q:
    return Q(person=user) | Q(team__in=Team.members.through.objects.filter(user=user).values("team"))


def _is_named(user: User, *, edits: bool = False) -> bool:
    """Whether this person or one of their teams has a role in a collection, or an assignment."""
    granted = _granted(user)
    if edits:
        granted = granted.exclude(role=CollectionRole.Role.SEE)
    return granted.exists() or _assigned(user).exists()


def _rank(user: User, collection: Collection) -> int:
    """Return what this person may do in a collection. One query per collection and request, none for staff."""
    if _is_staff(user):
        return _MANAGE
    known: dict[int, int] = user.__dict__.setdefault("_hhreview_ranks", {})
    if collection.pk not in known:
        known[collection.pk] = _rank_asked(user, collection.pk)
    return known[collection.pk]


def _rank_asked(user: User, collection: int) -> int:
    rows = CollectionRole.objects.filter(collection=collection).values_list("role", "person", "team")
    if rows:
        mine = (role for role, person, team in rows if person == user.pk or (team and team in _teams(user)))
        rank = max((_RANKS[role] for role in mine), default=_NOTHING)
    else:
        rank = _EDIT if ARCHIVISTS in _roles(user) else _SEE if VIEWERS in _roles(user) else _NOTHING
    if rank < _EDIT and _assigned(user).filter(collection=collection).exists():
        rank = _EDIT
    return rank


def access_collections(user: Anyone) -> CollectionQuerySet:
    """Return all collections that this person may see."""
    if not _is_active(user):
        return Collection.objects.none()
    if _is_staff(user):
        return Collection.objects.filter(deleted=None)
    visible = Q(pk__in=_granted(user).values("collection")) | Q(pk__in=_assigned(user).values("collection"))
    if _roles(user):
        visible |= Q(~Exists(CollectionRole.objects.filter(collection=OuterRef("pk"))))
    return Collection.objects.filter(visible, deleted=None)


def access_whole_collections(user: Anyone) -> CollectionQuerySet:
    """Return the collections that this person may see without any hidden page."""
    return access_collections(user).exclude(pk__in=hidden_pages(user).values("collection"))


def reopenable(user: Anyone) -> QuerySet[Assignment]:
    """Return the assignments that this person, who has them, marked as done in the last REOPEN_DAYS.

    Their access to the collection may have ended with that. Nobody should have to ask for it back after a mistake.
    """
    if not _is_active(user):
        return Assignment.objects.none()
    lately = timezone.now() - timedelta(days=REOPEN_DAYS)
    return Assignment.objects.filter(_mine(user), done_by=user, done__gt=lately, collection__deleted=None).order_by()


def access_assignment(user: Anyone, pk: int) -> Assignment:
    """Return the assignment with its collection. Raises Http404."""
    reached = Q(collection__in=access_collections(user)) | Q(pk__in=reopenable(user).values("pk"))
    given = Assignment.objects.filter(reached, pk=pk).select_related("collection", "person", "team").first()
    if given is None:
        raise Http404(_("This assignment does not exist, or you do not have access to it."))
    return given


def people_who_see(collection: Collection) -> QuerySet[User]:
    """Return everyone who may see this collection, by username. Comments in it may mention them."""
    named = CollectionRole.objects.filter(collection=collection).order_by()
    assigned = Assignment.objects.filter(collection=collection, done=None).order_by()
    members = Team.members.through.objects.all()
    sees = Q(is_staff=True) | Q(is_superuser=True)
    for rows in (named, assigned):
        sees |= Q(pk__in=rows.exclude(person=None).values("person"))
        sees |= Q(pk__in=members.filter(Q(team__in=rows.exclude(team=None).values("team"))).values("user"))
    if not named.exists():
        sees |= Q(pk__in=User.groups.through.objects.filter(group__name__in=[VIEWERS, ARCHIVISTS]).values("user"))
    return User.objects.filter(sees, is_active=True).order_by("username")


def hidden_pages(user: Anyone) -> PageQuerySet:
    """Return the restricted pages of all collections that this person may not edit. They are few."""
    restricted = Page.objects.order_by().restricted()
    if not _is_active(user):
        return restricted
    if _is_staff(user):
        return restricted.none()
    mine = _granted(user).exclude(role=CollectionRole.Role.SEE)
    edits = Q(pk__in=mine.values("collection")) | Q(pk__in=_assigned(user).values("collection"))
    if ARCHIVISTS in _roles(user):
        edits |= Q(~Exists(CollectionRole.objects.filter(collection=OuterRef("pk"))))
    return restricted.exclude(collection__in=Collection.objects.filter(edits).order_by())


def shown_pages(collection: Collection) -> PageQuerySet:
    """Return the pages of this collection that the person whom `access_collection` let in may see."""
    pages = Page.objects.filter(collection=collection)
    return pages.unrestricted() if collection.hides_restricted else pages


def hidden_in(collection: Collection) -> PageQuerySet:
    """Return the pages of this collection that they may not see. They are few."""
    pages = Page.objects.filter(collection=collection)
    return pages.restricted() if collection.hides_restricted else pages.none()


def open_findings(collection: Collection) -> PersonalFindingQuerySet:
    """Return the likely personal data to decide on; nothing for people who may not edit the collection."""
    if collection.hides_restricted:
        return PersonalFinding.objects.none()
    return PersonalFinding.objects.filter(OPEN, page__collection=collection)


def shown_groups(collection: Collection) -> GroupQuerySet:
    """Return the groups of this collection with a page that they may see."""
    groups = Group.objects.filter(collection=collection)
    if not collection.hides_restricted:
        return groups
    return groups.filter(Exists(Page.objects.filter(group=OuterRef("pk")).unrestricted()))


def _guard(user: Anyone, collection: Collection, *, whole: bool) -> None:
    """Note whether restricted pages are hidden from this person.

    Raises PermissionDenied if a restricted page is hidden from them, and the view shows the `whole` collection.
    """
    collection.hides_restricted = not may_edit(user, collection)
    if whole and collection.hides_restricted and hidden_in(collection).exists():
        raise PermissionDenied(_("This collection has restricted pages. Only people who edit it can open this."))


def access_collection(
    user: Anyone, slug: str, *, edit: bool = False, launch: bool = False, whole: bool = True
) -> Collection:
    """Return the collection.

    A door that leaves restricted pages out (`shown_pages`, `hidden_in`) says `whole=False`; every other one is closed
    to viewers as long as there are such pages.
    Raises Http404 where it is missing or hidden, PermissionDenied where only the act is not allowed.
    """
    collection = Collection.objects.filter(slug=slug).first()
    if collection is None or not may_see(user, collection):
        _check_deleted(user, collection)
        raise Http404(_("This collection does not exist, or you do not have access to it."))
    if edit:
        check_edit(user, collection)
    if launch and not may_launch(user, collection):
        raise PermissionDenied(NO_MANAGING)
    _guard(user, collection, whole=whole)
    return collection


def _check_deleted(user: Anyone, collection: Collection | None) -> None:
    """Raise Http404 for staff, who can restore it, if the collection was deleted: links in mail still lead to it."""
    if collection is not None and collection.deleted and _is_active(user) and _is_staff(user):
        message = _("“%(title)s” was deleted. You can restore it under Workers, in Deleted collections.")
        raise Http404(message % {"title": collection.title})


def check_edit(user: Anyone, collection: Collection) -> None:
    """Raise PermissionDenied if this person may not edit the collection."""
    if not may_edit(user, collection):
        raise PermissionDenied(NO_EDITING)


def access_page(user: Anyone, pk: int) -> Page:
    """Return the page with its collection. The caller leaves out other restricted pages (`shown_pages`).

    Raises Http404.
    """
    page = Page.objects.select_related("collection", "group").filter(pk=pk).first()
    if page is not None and may_see(user, page.collection):
        _guard(user, page.collection, whole=False)
        if not (page.is_restricted and page.collection.hides_restricted):
            return page
    raise Http404(_("This page does not exist, or you do not have access to it."))


def access_run(user: Anyone, pk: int) -> Run:
    """Return the run with its collection. Raises Http404, and PermissionDenied as `access_collection`."""
    run = Run.objects.select_related("collection").filter(pk=pk).first()
    if run is None or not may_see(user, run.collection):
        raise Http404(_("This proposal does not exist, or you do not have access to it."))
    _guard(user, run.collection, whole=True)
    return run


def access_job(user: Anyone, pk: int, *, launch: bool = False) -> Job:
    """Return the job with its collection. Raises Http404 or PermissionDenied."""
    job = Job.objects.select_related("collection").filter(pk=pk).first()
    if job is None or not may_see(user, job.collection):
        _check_deleted(user, job.collection if job else None)
        raise Http404(_("This job does not exist, or you do not have access to it."))
    if launch and not may_launch(user, job.collection):
        raise PermissionDenied(NO_MANAGING)
    _guard(user, job.collection, whole=True)
    return job


def access_token(user: Anyone, pk: int) -> ApiToken:
    """Return a token of this person. Nobody, not even staff, reaches those of others. Raises Http404."""
    token = ApiToken.objects.filter(pk=pk, user=user.pk).first() if isinstance(user, User) else None
    if token is None:
        raise Http404(_("This token does not exist."))
    return token


def access_staff(user: Anyone) -> User:
    """Return the person if they are staff. Raises Http404 or PermissionDenied."""
    if not may_look(user):
        raise Http404(_("Your account has no role yet. Ask staff for one."))
    if not isinstance(user, User) or not may_launch(user):
        raise PermissionDenied(_("Only staff can open this page."))
    return user


def access_intake(user: Anyone) -> User:
    """Return the person if they may add scans. Raises Http404 or PermissionDenied."""
    if not may_look(user):
        raise Http404(_("Your account has no role yet. Ask staff for one."))
    if not isinstance(user, User) or not may_launch(user):
        raise PermissionDenied(_("Only staff can add scans."))
    return user


def access_upload(user: Anyone, key: UUID) -> Upload:
    """Return the upload with its collection and job. Any of the staff may continue it.

    Raises Http404, or PermissionDenied where the person is no staff (any more).
    """
    access_intake(user)
    upload = Upload.objects.select_related("collection", "job", "owner").filter(key=key).first()
    if upload is None:
        raise Http404(_("This upload does not exist, or it was canceled."))
    return upload


def access_uploaded_file(user: Anyone, key: UUID, pk: int) -> UploadedFile:
    """Return a file of an upload, with its upload. Raises Http404 or PermissionDenied."""
    upload = access_upload(user, key)
    file = upload.files.filter(pk=pk).first()
    if file is None:
        raise Http404(_("This file is not part of the upload."))
    file.upload = upload
    return file
