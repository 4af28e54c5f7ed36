"""The form for a collection's export settings; for people who manage it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, signed_in
from clustering.collection_settings import keep_export_settings
from clustering.exports.settings import ExportSettings, WrongSettings
from clustering.exports.stored_settings import from_json, values_of
from clustering.forms.export_settings import ExportSettingsForm
from clustering.selectors.exporting import wrong_said


@require_http_methods(["GET", "HEAD", "POST"])
def export_settings_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form, and save it if it is valid. Errors are shown at their fields."""
    collection = access_collection(request.user, slug, launch=True)
    if request.method == "POST":
        form = ExportSettingsForm(request.POST)
        if form.is_valid():
            changed = keep_export_settings(collection, form.kept, actor=signed_in(request))
            messages.success(request, _("Settings saved.") if changed else _("Nothing was changed."))
            return redirect("downloads", slug=slug)
    else:
        form = ExportSettingsForm(initial=_initial(request, collection.read_settings().export))
    context = {"collection": collection, "form": form, "mode": "export"}
    return render(request, "export_settings.html", context, status=422 if form.errors else 200)


def _initial(request: HttpRequest, stored: dict[str, object] | None) -> dict[str, object]:
    """Return the stored settings; the defaults, with a message, if they can’t be used."""
    try:
        return values_of(from_json(stored))
    except WrongSettings as error:
        messages.warning(
            request, _("%(error)s The form shows the defaults. Save it to fix this.") % {"error": wrong_said(error)}
        )
        return values_of(ExportSettings())
