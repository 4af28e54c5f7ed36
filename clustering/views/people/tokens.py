"""A person's own tokens: create one, show it once, revoke it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clustering.access import access_token, may_edit, may_launch, may_look, signed_in
from clustering.accounts.tokens import make_token, revoke_token
from clustering.forms.signing_in import TokenForm
from clustering.journal.errors import Refused
from clustering.models import ApiToken

REVOKED_SHOWN = 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List a person's tokens. POST creates one and shows it once, since it isn't stored."""
    form = TokenForm(request.POST or None)
    made: ApiToken | None = None
    secret = ""
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made, secret = make_token(signed_in(request), name=asked["name"], scope=asked["scope"], days=asked["days"])
            form = TokenForm()
        except Refused as error:
            form.add_error("name", error.sentence)
    theirs = ApiToken.objects.filter(user=signed_in(request))
    context = {
        "form": form,
        "made": made,
        "secret": secret,
        "tokens": theirs.filter(revoked__isnull=True),
        "revoked": theirs.filter(revoked__isnull=False).order_by("-revoked")[:REVOKED_SHOWN],
        "may_look": may_look(request.user),
        "may_edit": may_edit(request.user),
        "may_launch": may_launch(request.user),
    }
    return render(request, "tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of a person's tokens, immediately and permanently."""
    token = access_token(request.user, pk)
    if revoke_token(token):
        messages.success(request, _("“%(name)s” is revoked. Scripts can no longer use it.") % {"name": token.name})
    else:
        messages.info(request, _("“%(name)s” was already revoked.") % {"name": token.name})
    return redirect("tokens")
