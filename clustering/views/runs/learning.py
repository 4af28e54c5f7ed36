"""Model training: the versions of a collection's model, their figures, and going back to an earlier one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, may_launch, signed_in
from clustering.collection_settings import keep_settings
from clustering.forms.collection_settings import ChecksForm, LearnEveryForm
from clustering.jobs.launching import AlreadyActive, launch_job
from clustering.jobs.stages.learning import family_of, go_back
from clustering.models import Collection, Job, LearnedWeights, User
from clustering.models.collection import MOST_SHARE, CollectionSettings
from clustering.request_values import whole_number
from clustering.wording import say, translated


@require_http_methods(["GET", "HEAD", "POST"])
def learning(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the versions, newest first. POST: train, choose a version, or set when training starts automatically."""
    collection = access_collection(request.user, slug, launch=request.method == "POST")
    wish = request.POST.get("wish", "")
    every = LearnEveryForm(
        request.POST if wish == "every" else None, initial={"every": collection.read_settings().learn_every}
    )
    checks = ChecksForm(
        request.POST if wish == "checks" else None, initial={"share": collection.read_settings().check_share}
    )
    if request.method == "POST" and _act(request, collection, every, checks):
        return redirect("learning", slug=slug)
    context = {
        "collection": collection,
        "versions": collection.learned_weights.select_related("actor", "chosen_by", "job"),
        "in_use": family_of(collection)[0].name,
        "own": collection.learned_weights.filter(state=LearnedWeights.State.CURRENT).exists(),
        "job": collection.jobs.filter(kind=Job.Kind.LEARN).order_by("-pk").first(),
        "form": every,
        "checks": checks,
        "mode": "runs",
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "learning.html", context, status=422 if request.method == "POST" else 200)


def _act(request: HttpRequest, collection: Collection, every: LearnEveryForm, checks: ChecksForm) -> bool:
    """Do what the form asks for. Returns False if the form has to be shown again with its errors."""
    actor = signed_in(request)
    wish = request.POST.get("wish", "")
    if wish == "every":
        return _set_every(request, collection, every, actor=actor)
    if wish == "checks":
        return _set_checks(request, collection, checks, actor=actor)
    if wish == "learn":
        _train(request, collection, actor=actor)
    else:
        _use_version(request, collection, whole_number(wish), actor=actor)
    return True


def _train(request: HttpRequest, collection: Collection, *, actor: User) -> None:
    try:
        launch_job(collection, kind=Job.Kind.LEARN, actor=actor)
    except AlreadyActive as error:
        messages.error(request, translated(error))
    else:
        messages.success(request, _("Training has started. The result appears here when it is done."))


def _use_version(request: HttpRequest, collection: Collection, number: int | None, *, actor: User) -> None:
    """Use the version with this number; 0 is the shared model."""
    version = None if number is None else collection.learned_weights.filter(number=number).first()
    if version is None and number != 0:
        return messages.error(request, _("There is no such version. Choose one from this list."))
    go_back(collection, version, actor=actor)
    messages.success(
        request,
        _("Version %(number)s will be used from the next proposal on.") % {"number": number}
        if version
        else _("The shared model is in use."),
    )
    return None


def _set_every(request: HttpRequest, collection: Collection, form: LearnEveryForm, *, actor: User) -> bool:
    if not form.is_valid():
        messages.error(request, _("Enter a whole number of corrections, or 0 for never."))
        return False
    every = form.cleaned_data["every"]
    sentence = (
        say("Retraining starts automatically after every %(every)s corrections.", every=every)
        if every
        else say("Automatic retraining is off.")
    )
    keep_settings(collection, CollectionSettings(learn_every=every), actor=actor, called=lambda _: sentence)
    messages.success(request, translated(sentence))
    return True


def _set_checks(request: HttpRequest, collection: Collection, form: ChecksForm, *, actor: User) -> bool:
    if not form.is_valid():
        messages.error(request, _("Enter a whole number from 0 to %(most_share)s.") % {"most_share": MOST_SHARE})
        return False
    share = form.cleaned_data["share"]
    sentence = (
        say("From now on, %(share)s%% of the places to check are quality checks.", share=share)
        if share
        else say("Quality checks are off.")
    )
    keep_settings(collection, CollectionSettings(check_share=share), actor=actor, called=lambda _: sentence)
    messages.success(request, translated(sentence))
    return True
