"""Settings of a collection, except for those of exports and training; for people who manage it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, signed_in
from clustering.collection_settings import keep_settings
from clustering.engine.description_template import Template, differences, kinds_of, template_of
from clustering.forms.collection_settings import DraftsForm, RepositoryForm, TemplateForm
from clustering.models import Collection, User
from clustering.models.collection import CollectionSettings, DraftTerms
from clustering.page_config import KINDS
from clustering.wording import say


@require_http_methods(["GET", "HEAD", "POST"])
def collection_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose which drafts are accepted with a confirmation, and the repository; links to the other settings."""
    collection = access_collection(request.user, slug, launch=True)
    kept = collection.read_settings()
    terms, is_repository = kept.drafts, request.POST.get("act") == "repository"
    drafts_sent, repository_sent = (None, request.POST) if is_repository else (request.POST or None, None)
    form = DraftsForm(drafts_sent, initial={"accept": terms.accept, "least": terms.least})
    elsewhere = RepositoryForm(repository_sent, initial={"repository": kept.repository})
    if is_repository and elsewhere.is_valid():
        _keep_repository(request, collection, elsewhere.cleaned_data["repository"])
        return redirect("collection-settings", slug=slug)
    if drafts_sent is not None and form.is_valid():
        wanted = DraftTerms(accept=form.cleaned_data["accept"], least=form.cleaned_data["least"])
        sentence = (
            say("Confirming accepts drafts from %(least)s%%.", least=wanted.least)
            if wanted.accept
            else say("Confirming accepts no drafts.")
        )
        keep_settings(
            collection, CollectionSettings(drafts=wanted), actor=signed_in(request), called=lambda _: sentence
        )
        messages.success(request, _("Settings saved.") if wanted != terms else _("Nothing was changed."))
        return redirect("collection-settings", slug=slug)
    context = {
        "collection": collection, "form": form, "elsewhere": elsewhere, "mode": "settings", "may_launch": True,
        "may_edit": True,
    }  # fmt: skip
    wrong = form.errors or elsewhere.errors
    return render(request, "collection_settings.html", context, status=422 if wrong else 200)


def _keep_repository(request: HttpRequest, collection: Collection, pattern: str) -> None:
    wanted = CollectionSettings(repository=pattern)
    sentence = (
        say("Address in the repository: %(pattern)s.", pattern=pattern)
        if pattern
        else say("No address in a repository.")
    )
    before = keep_settings(collection, wanted, actor=signed_in(request), called=lambda _: sentence)
    messages.success(request, _("Settings saved.") if before.repository != pattern else _("Nothing was changed."))


@require_http_methods(["GET", "HEAD", "POST"])
def description_template(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the fields of descriptions, for all documents or, with ?kind=, where one type differs."""
    collection = access_collection(request.user, slug, launch=True)
    kept = collection.read_settings().description
    kind = request.GET.get("kind", "").strip()[:40].replace("\0", "")
    rules = template_of(kept, kind)
    form = TemplateForm(request.POST or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        wanted = form.rules()
        _keep_template(collection, kind, wanted, actor=signed_in(request))
        messages.success(request, _("Template saved.") if wanted != rules else _("Nothing was changed."))
        return redirect(request.get_full_path())
    context = {
        "collection": collection, "form": form, "kind": kind, "kinds": _kinds(collection, kinds_of(kept)),
        "own": kinds_of(kept), "mode": "settings", "may_launch": True, "may_edit": True,
    }  # fmt: skip
    return render(request, "description_template.html", context, status=422 if form.errors else 200)


def _kinds(collection: Collection, own: Sequence[str]) -> list[str]:
    """Return the types with rules of their own, those entered in the collection, and the usual ones, each once."""
    entered = collection.groups.exclude(kind="").order_by("kind").values_list("kind", flat=True).distinct()
    kinds: dict[str, str] = {}
    for kind in (*own, *KINDS, *entered):
        kinds.setdefault(kind.casefold(), kind)
    return list(kinds.values())


def _keep_template(collection: Collection, kind: str, wanted: Template, *, actor: User) -> None:
    kept = collection.read_settings().description
    parts = {part: rules for part, rules in kept.items() if part != kind}
    own = differences(wanted, under=template_of(parts if kind else {}))
    if own:
        parts[kind] = own
    about = say("Description template for %(kind)s.", kind=say(kind)) if kind else say("Description template.")
    keep_settings(collection, CollectionSettings(description=parts), actor=actor, called=lambda _: about)
