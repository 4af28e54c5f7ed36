"""Settings of a collection that are no export's; for staff."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection
from clustering.collection_settings import keep_settings
from clustering.forms import DraftsForm
from clustering.models import User
from clustering.redecode.drafting import SETTING, DraftTerms, draft_terms


@require_http_methods(["GET", "HEAD", "POST"])
def collection_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Which drafts a confirmation takes over; ways to the other settings."""
    collection = access_collection(request.user, slug, launch=True)
    terms = draft_terms(collection)
    form = DraftsForm(request.POST or None, initial={"accept": terms.accept, "least": terms.least})
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)  # access_collection let this person in
        wanted = DraftTerms(accept=form.cleaned_data["accept"], least=form.cleaned_data["least"])
        said = f"Confirming accepts drafts from {wanted.least}%" if wanted.accept else "Confirming accepts no drafts"
        kept = {"accept": wanted.accept, "least": wanted.least}
        keep_settings(collection, {SETTING: kept}, actor=request.user, called=lambda _: said)
        messages.success(request, "Settings saved." if wanted != terms else "Nothing was changed.")
        return redirect("collection-settings", slug=slug)
    context = {"collection": collection, "form": form, "mode": "settings", "may_launch": True, "may_edit": True}
    return render(request, "collection_settings.html", context, status=422 if form.errors else 200)
