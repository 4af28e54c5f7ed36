"""The only way from a URL to an object: who may see it, who may edit it. Missing and forbidden look alike.

viewer: looks. archivist: edits. staff (`is_staff`): jobs and the admin, and edits as well.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from clustering.models import ApiToken, Collection, Job, Page, Run, Upload, UploadedFile, User
from clustering.models.collection import CollectionQuerySet

VIEWERS = "viewers"
ARCHIVISTS = "archivists"

Anyone = User | AbstractBaseUser | AnonymousUser


def may_look(user: Anyone) -> bool:
    """Whether this person may see collections: signed in and in a role."""
    return isinstance(user, User) and user.is_active and (_is_staff(user) or bool(_roles(user)))


def may_edit(user: Anyone) -> bool:
    """Whether this person may correct groupings."""
    return isinstance(user, User) and user.is_active and (_is_staff(user) or ARCHIVISTS in _roles(user))


def may_launch(user: Anyone) -> bool:
    """Whether this person may start and cancel jobs."""
    return isinstance(user, User) and user.is_active and _is_staff(user)


def _is_staff(user: User) -> bool:
    return user.is_staff or user.is_superuser


def _roles(user: User) -> frozenset[str]:
    """Names of the roles; one query a request, kept on the user object."""
    roles: frozenset[str] | None = getattr(user, "_hhreview_roles", None)
    if roles is None:
        roles = frozenset(user.groups.filter(name__in=[VIEWERS, ARCHIVISTS]).values_list("name", flat=True))
        user._hhreview_roles = roles  # type: ignore[attr-defined] # kept for the request only
    return roles


def access_collections(user: Anyone) -> CollectionQuerySet:
    """All collections this person may see; none where there is no role."""
    return Collection.objects.all() if may_look(user) else Collection.objects.none()


def access_collection(user: Anyone, slug: str, *, edit: bool = False, launch: bool = False) -> Collection:
    """The collection.

    Raises Http404 where it is missing or hidden, PermissionDenied where only the act is not allowed.
    """
    collection = access_collections(user).filter(slug=slug).first()
    if collection is None:
        raise Http404("This collection does not exist, or you do not have access to it.")
    if edit and not may_edit(user):
        raise PermissionDenied("You can view this collection but not edit it. Ask staff for the archivist role.")
    if launch and not may_launch(user):
        raise PermissionDenied("Only staff can start and cancel jobs.")
    return collection


def access_page(user: Anyone, pk: int) -> Page:
    """The page with its collection. Raises Http404."""
    if may_look(user):
        page = Page.objects.select_related("collection", "group").filter(pk=pk).first()
        if page is not None:
            return page
    raise Http404("This page does not exist, or you do not have access to it.")


def access_run(user: Anyone, pk: int) -> Run:
    """The run with its collection. Raises Http404."""
    run = Run.objects.select_related("collection").filter(pk=pk).first() if may_look(user) else None
    if run is None:
        raise Http404("This proposal does not exist, or you do not have access to it.")
    return run


def access_job(user: Anyone, pk: int, *, launch: bool = False) -> Job:
    """The job with its collection. Raises Http404 or PermissionDenied."""
    job = Job.objects.select_related("collection").filter(pk=pk).first() if may_look(user) else None
    if job is None:
        raise Http404("This job does not exist, or you do not have access to it.")
    if launch and not may_launch(user):
        raise PermissionDenied("Only staff can start and cancel jobs.")
    return job


def access_token(user: Anyone, pk: int) -> ApiToken:
    """A token of one's own; nobody reaches another's, staff included. Raises Http404."""
    token = ApiToken.objects.filter(pk=pk, user=user.pk).first() if isinstance(user, User) else None
    if token is None:
        raise Http404("You have no such token.")
    return token


def access_intake(user: Anyone) -> User:
    """The person, who may bring scans in. Raises Http404 or PermissionDenied."""
    if not may_look(user):
        raise Http404("Your account has no role yet. Ask staff for one.")
    if not isinstance(user, User) or not may_launch(user):
        raise PermissionDenied("Only staff can add scans.")
    return user


def access_upload(user: Anyone, key: UUID) -> Upload:
    """The upload with its collection and job, for staff: its owner, or who goes on for them.

    Raises Http404, or PermissionDenied where the person is no staff (any more).
    """
    access_intake(user)
    upload = Upload.objects.select_related("collection", "job", "owner").filter(key=key).first()
    if upload is None:
        raise Http404("This upload does not exist, or it was cancelled.")
    return upload


def access_uploaded_file(user: Anyone, key: UUID, pk: int) -> UploadedFile:
    """A file of an upload, with its upload. Raises Http404 or PermissionDenied."""
    upload = access_upload(user, key)
    file = upload.files.filter(pk=pk).first()
    if file is None:
        raise Http404("This file is not part of the upload.")
    file.upload = upload
    return file
