"""Links for a new password, for people who forgot theirs."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clustering.accounts.braking import Braked, count_request
from clustering.accounts.inviting import give_link, new_password
from clustering.accounts.sign_in_brakes import address_of
from clustering.forms.people import ForgotForm
from clustering.models import Notification, User

AGAIN = timedelta(minutes=10)
"""Least time between two links for one account."""
MOST_ACCOUNTS = 5
"""Most accounts with the same address that get a link."""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Mail a link to the account of this username or address. The response never reveals which accounts exist."""
    if not settings.MAIL:
        raise Http404(_("No mail server is set up here. Ask an administrator for a new password."))
    form = ForgotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count_request(address_of(request))
        except Braked as error:
            request.braked = error  # type: ignore[attr-defined] # for the middleware
            form.add_error(None, error.sentence)
        else:
            for person in _meant(form.cleaned_data["who"]):
                give_link(request, person, new_password(person))
            messages.success(
                request,
                _("If there is such an account with an email address, a link for a new password is on its way."),
            )
            return redirect("login")
    return render(request, "forgot_password.html", {"form": form}, status=422 if form.errors else 200)


def _meant(who: str) -> list[User]:
    """Return the accounts of a username or address that have an address and got no link recently."""
    lately = Notification.objects.filter(kind=Notification.Kind.ACCOUNT, created__gt=timezone.now() - AGAIN)
    people = User.objects.filter(Q(username=who) | Q(email__iexact=who), is_active=True).exclude(email="")
    return list(people.exclude(pk__in=lately.values("person")).order_by("pk")[:MOST_ACCOUNTS])
