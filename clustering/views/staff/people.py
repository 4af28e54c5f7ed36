"""Accounts with their roles, and links for invitations and new passwords."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clustering.access import access_staff
from clustering.accounts.inviting import SITE_ROLE_NAMES, give_link, invite, new_password, site_role
from clustering.forms.people import InviteForm
from clustering.models import Assignment, CollectionRole, Team, User
from clustering.models.user import BY_NAME
from clustering.sentences import Sentence
from clustering.teamwork.mailing import with_mail_problem
from clustering.teamwork.teams import give_role
from clustering.views.paging import paged
from clustering.wording import say

ROWS_SHOWN = 50
MOST_LETTERS = 100
NO_ACCOUNTS = _lazy("Only a superuser can create accounts and reset passwords.")
_LINK = "_hhreview_link"
"""Key in the session of a link that is shown once."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """GET: show accounts: ?q=moreno. POST: invite someone, with role, teams, and collections."""
    staff = access_staff(request.user)
    may_invite = staff.has_perm("clustering.add_user")
    if request.method == "POST" and not may_invite:
        raise PermissionDenied(NO_ACCOUNTS)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _invited(form, actor=staff)
        _keep_link(
            request,
            person,
            say(
                "%(who)s invited you to hhreview. Choose a password for your account “%(username)s”.",
                who=staff.shown_name,
                username=person.get_username(),
            ),
        )
        return redirect("staff-people")
    words = request.GET.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    shown = paged(request.GET, _found(words), ROWS_SHOWN)
    context = {
        "form": form,
        "shown": shown,
        "rows": [(one, site_role(one), _role_name(one)) for one in shown],
        "mail": bool(settings.MAIL),
        "teams": Team.objects.annotate(people=Count("members")),
        "words": words,
        "link": request.session.pop(_LINK, None),
        "link_days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        "may_invite": may_invite,
        "no_accounts": NO_ACCOUNTS,
        "may_reset": staff.has_perm("clustering.change_user"),
        "mode": "staff-people",
        "may_launch": True,
    }
    return render(request, "staff/people.html", context, status=422 if form.errors else 200)


def _found(words: str) -> Any:
    rows = with_mail_problem(User.objects.prefetch_related("groups", "teams"))
    rows = rows.annotate(
        named_in=Count("collection_roles", distinct=True),
        open_work=Count(
            "assignments", filter=Q(assignments__done=None, assignments__collection__deleted=None), distinct=True
        ),
        has_work=Exists(Assignment.objects.open().filter(Q(person=OuterRef("pk")) | Q(team__members=OuterRef("pk")))),
        named_by_team=Exists(CollectionRole.objects.filter(team__members=OuterRef("pk"))),
    )
    for word in words.split():
        rows = rows.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
        )
    return rows.order_by("-is_active", *BY_NAME)


def _role_name(person: User) -> str:
    """Return the role on this site, or that there is one in single collections only. `person` is one of `_found`."""
    role = site_role(person)
    if not role and (person.named_in or person.named_by_team or person.has_work):  # type: ignore[attr-defined] # annotated
        return _("Single collections")
    return str(SITE_ROLE_NAMES[role])


def _invited(form: InviteForm, *, actor: User) -> User:
    cleaned = form.cleaned_data
    with transaction.atomic():
        person = invite(
            cleaned["username"],
            first_name=cleaned["first_name"],
            last_name=cleaned["last_name"],
            email=cleaned["email"],
            role=cleaned["site_role"],
            teams=cleaned["teams"],
        )
        if cleaned["collections"]:
            give_role(cleaned["collections"], person, role=cleaned["role"], actor=actor)
    return person


def _keep_link(request: HttpRequest, person: User, letter: Sentence) -> None:
    """Show a link once, and mail it if mail is set up and the account has an address."""
    address, is_mailed = give_link(request, person, letter)
    if is_mailed:
        message = _("A link is on its way to %(email)s. If it does not arrive, send this one to %(name)s.")
    else:
        message = _("Send this link to %(name)s.")
    request.session[_LINK] = {
        "message": message % {"email": person.email, "name": person.shown_name},
        "address": address,
        "has_password": person.has_usable_password(),
    }


@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a link for a new password; the old one is valid until it is changed."""
    staff = access_staff(request.user)
    if not staff.has_perm("clustering.change_user"):
        raise PermissionDenied(NO_ACCOUNTS)
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404(_("There is no such account."))
    if (person.is_superuser or person.is_staff) and not staff.is_superuser:
        raise PermissionDenied(_("Only a superuser can reset the password of staff."))
    if not person.is_active:
        messages.error(request, _("This account is inactive. Reactivate it in the admin first."))
        return redirect("staff-people")
    _keep_link(request, person, new_password(person))
    return redirect("staff-people")
