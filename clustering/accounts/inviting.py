"""Create accounts, and links with which people choose a password once."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group as Role
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _lazy

from clustering.access import ARCHIVISTS, VIEWERS
from clustering.models import Notification, Team, User
from clustering.sentences import Sentence
from clustering.teamwork.notifying import notify
from clustering.wording import say

STAFF = "staff"
SITE_ROLE_NAMES = {
    "": _lazy("No access"),
    VIEWERS: _lazy("Viewer"),
    ARCHIVISTS: _lazy("Archivist"),
    STAFF: _lazy("Staff"),
}
SITE_ROLES = {
    "": _lazy("None: only collections that name them"),
    VIEWERS: _lazy("Viewer: view, search, export"),
    ARCHIVISTS: _lazy("Archivist: edit collections"),
    STAFF: _lazy("Staff: also import, jobs, admin"),
}
"""Names of site roles, for the form."""


def invite(
    username: str,
    *,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    role: str = "",
    teams: Iterable[Team] = (),
) -> User:
    """Create an account without a password, with a site role. Raises IntegrityError if the username is taken."""
    with transaction.atomic():
        person = User.objects.create_user(
            username, email, None, first_name=first_name, last_name=last_name, is_staff=role == STAFF
        )
        if role in (VIEWERS, ARCHIVISTS):
            person.groups.add(Role.objects.get_or_create(name=role)[0])
        person.teams.set(teams)
    return person


def password_link(person: User) -> str:
    """Return the path at which this person chooses a new password; it ends with its first use and after some days."""
    key = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse("choose-password", args=[key, default_token_generator.make_token(person)])


def new_password(person: User) -> Sentence:
    """Return the message of a link for people who already have an account."""
    return say("Choose a new password for your account “%(username)s”.", username=person.get_username())


def give_link(request: HttpRequest, person: User, letter: Sentence) -> tuple[str, bool]:
    """Return the address at which this person chooses a password, and whether it is on its way by mail."""
    path = password_link(person)
    address = f"{settings.ADDRESS}{path}" if settings.ADDRESS else request.build_absolute_uri(path)
    with transaction.atomic():
        sent = notify([person], letter, kind=Notification.Kind.ACCOUNT, address=address) if settings.MAIL else []
    return address, any(one.mail for one in sent)


def site_role(person: User) -> str:
    """Return a key of SITE_ROLES; `groups` should be prefetched."""
    if person.is_staff or person.is_superuser:
        return STAFF
    names = {role.name for role in person.groups.all()}
    return next((name for name in (ARCHIVISTS, VIEWERS) if name in names), "")
