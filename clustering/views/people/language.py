"""The language of the interface, chosen by a person or by the browser, and its catalog for browser scripts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.i18n import JavaScriptCatalog

from clustering.access import signed_in
from clustering.languages import asked_for, catalog_digest, chosen_language, remember_language
from clustering.models import Preference

_YEAR = "public, max-age=31536000, immutable"


@require_http_methods(["GET", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language for all of a person's browsers."""
    offered = dict(settings.LANGUAGES)
    if request.method == "POST":
        chosen = request.POST.get("language", "")
        if chosen and chosen not in offered:
            messages.error(request, _("Choose one of the languages below."))
            return redirect("language")
        Preference.objects.update_or_create(user=signed_in(request), defaults={"language": chosen})
        with translation.override(chosen or asked_for(request)):
            messages.success(request, _("Your language is saved."))
        response = redirect("language")
        remember_language(response, chosen)
        return response
    context = {"offered": list(offered.items()), "chosen": chosen_language(request.user.pk)}
    return render(request, "language.html", context)


@method_decorator(login_not_required, name="dispatch")
class Catalog(JavaScriptCatalog):
    """The sentences of browser scripts in one language, at an address that changes with them."""

    packages = ["clustering"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the script, for the current digest only."""
        code, digest = kwargs["code"], kwargs["digest"]
        if not digest or catalog_digest(code) != digest:
            raise Http404
        with translation.override(code):
            response = super().get(request, *args, **kwargs)
        response["Cache-Control"] = _YEAR
        return response
