"""Assign several collections to a person or team."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clustering.access import access_collections, access_staff
from clustering.forms.people import AssignForm
from clustering.request_values import whole_numbers
from clustering.teamwork.teams import assign, named

MOST_TITLES = 10


@require_http_methods(["GET", "HEAD", "POST"])
def assign_many(request: HttpRequest) -> HttpResponse:
    """Assign these collections: ?ids=1&ids=2."""
    actor = access_staff(request.user)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = list(access_collections(actor).filter(pk__in=whole_numbers(",".join(asked.getlist("ids")).split(","))))
    if not chosen:
        messages.error(request, _("Select at least one collection first."))
        return redirect("collections")
    form = AssignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        holder, cleaned = form.cleaned_data["holder"], form.cleaned_data
        assign(chosen, holder, actor=actor, due=cleaned["due"], note=cleaned["note"])
        one, many = "%(count)d collection is assigned to %(who)s.", "%(count)d collections are assigned to %(who)s."
        message = ngettext(one, many, len(chosen))
        messages.success(request, message % {"count": len(chosen), "who": named(holder)})
        return redirect("collections")
    context = {
        "chosen": chosen,
        "ids": ",".join(str(one.pk) for one in chosen),
        "named": chosen[:MOST_TITLES],
        "more": max(0, len(chosen) - MOST_TITLES),
        "form": form,
        "mode": "collections",
        "may_launch": True,
    }
    return render(request, "staff/assign.html", context, status=422 if form.errors else 200)
