"""The list of keyboard shortcuts, and a person's own shortcuts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clustering.access import may_edit, may_launch, signed_in
from clustering.actions.base import Key
from clustering.keys import EVERYWHERE, KEYS, OFF, SCOPES, keys_for, spoken
from clustering.models import Preference
from clustering.page_config import my_keys as kept_keys

_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789?/.,;'[]-=")


@require_GET
def key_help(request: HttpRequest) -> HttpResponse:
    """Show all shortcuts by where they work: the same list as in the desk's help."""
    edits = may_edit(request.user)
    rows = [key for key in keys_for(kept_keys(request)) if edits or not key.edits]
    sections = [
        (title, [(key, [spoken(k) for k in key.keys]) for key in rows if key.scope == scope])
        for scope, title in SCOPES.items()
    ]
    return render(request, "keys.html", {"sections": sections, "may_launch": may_launch(request.user)})


@require_http_methods(["GET", "POST"])
def my_keys(request: HttpRequest) -> HttpResponse:
    """Change or switch off a person's single-letter shortcuts (WCAG 2.1.4)."""
    changeable = [key for key in KEYS if not key.fixed]
    if request.method == "POST":
        if "reset" in request.POST:
            Preference.objects.filter(user=request.user.pk).update(keys={})
            messages.success(request, _("The default shortcuts are restored."))
            return redirect("my-keys")
        chosen, problem = _chosen(request)
        if not problem:
            Preference.objects.update_or_create(user=signed_in(request), defaults={"keys": chosen})
            messages.success(request, _("Your shortcuts are saved."))
            return redirect("my-keys")
        messages.error(request, problem)
    mine = keys_for(kept_keys(request))
    own = {key.id: key.keys[0] if key.keys else OFF for key in mine}
    rows = [(key, request.POST.get(key.id, own[key.id]), SCOPES[key.scope]) for key in changeable]
    context = {"rows": rows, "may_launch": may_launch(request.user)}
    return render(request, "my_keys.html", context, status=422 if request.method == "POST" else 200)


def _chosen(request: HttpRequest) -> tuple[dict[str, str], str]:
    """Return the shortcuts that differ from the defaults, and what is wrong with them."""
    chosen: dict[str, str] = {}
    for key in KEYS:
        value = request.POST.get(key.id, "").strip()
        if key.fixed or not value or value == key.keys[0]:
            continue
        plain = value.removeprefix("Shift+")
        if value != OFF and (len(plain) != 1 or plain not in _ALLOWED):
            return (
                {},
                _("“%(value)s” can’t be a shortcut for “%(label)s”. Enter one character, Shift+ and a letter, or off.")
                % {"value": value, "label": _(key.label)},
            )
        chosen[key.id] = value
    taken: list[tuple[str, Key]] = []
    for key in keys_for(chosen):
        for combination in key.keys:
            other = next((one for held, one in taken if held == combination and _meet(one, key)), None)
            if other is not None:
                return {}, _("“%(spoken)s” is used twice: for “%(label)s” and “%(label2)s”.") % {
                    "spoken": spoken(combination),
                    "label": _(other.label),
                    "label2": _(key.label),
                }
            taken.append((combination, key))
    return chosen, ""


def _meet(one: Key, other: Key) -> bool:
    """Whether both work in the same place."""
    return one.scope == other.scope or EVERYWHERE in {one.scope, other.scope}
