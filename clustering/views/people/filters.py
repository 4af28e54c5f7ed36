"""Saved filters: save one, and rename, share, and delete one's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import signed_in
from clustering.forms.finding import FilterForm
from clustering.journal.errors import Refused
from clustering.models import User
from clustering.request_values import whole_number
from clustering.teamwork.saved_filters import offered, own_filter, place_of, save_filter


@require_http_methods(["GET", "HEAD", "POST"])
def filters(request: HttpRequest) -> HttpResponse:
    """List filters; with ?address=/?status=review, show the form to save that. POST: act=save, rename, or delete."""
    person = signed_in(request)
    act, changed = request.POST.get("act"), whole_number(request.POST.get("filter")) or 0
    form = FilterForm(request.POST if request.method == "POST" and act != "delete" else None)
    if request.method == "POST":
        if act == "delete":
            own_filter(person, changed).delete()
            messages.success(request, _("Filter deleted."))
            return redirect("filters")
        if form.is_valid() and _kept(request, form, changed if act == "rename" else 0):
            return redirect("filters")
    address = request.POST.get("address") or request.GET.get("address", "")
    context = {
        "address": address if _may_save(address, person) else "",
        "form": form if act == "save" else FilterForm(),
        "changed": changed,
        "wrong": form if act == "rename" else None,
        "own": person.saved_filters.select_related("collection"),
        "open": set(offered(person).filter(owner=person).values_list("pk", flat=True)),
        "others": offered(person).exclude(owner=person),
        "mode": "filters",
    }
    return render(request, "people/filters.html", context, status=422 if form.errors else 200)


def _may_save(address: str, person: User) -> bool:
    if not address:
        return False
    try:
        place_of(address, person)
    except Refused:
        return False
    return True


def _kept(request: HttpRequest, form: FilterForm, renamed: int) -> bool:
    """Save or rename a filter and return whether it worked; if not, the form has the reason."""
    person = signed_in(request)
    name, shared = form.cleaned_data["name"], form.cleaned_data["shared"]
    if renamed:
        saved = own_filter(person, renamed)
        saved.name, saved.shared = name, shared
        saved.save(update_fields=["name", "shared"])
    else:
        try:
            save_filter(name, request.POST.get("address", ""), shared=shared, owner=person)
        except Refused as error:
            form.add_error("name", error.sentence)
            return False
    messages.success(request, _("Filter saved."))
    return True
