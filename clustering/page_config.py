"""What all pages of a collection hand to the modules in the browser: addresses and facts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from clustering.access import NO_EDITING, may_change, may_edit, may_launch
from clustering.actions import ACTS
from clustering.actions.base import closed
from clustering.dashboard.pace import seconds_a_look
from clustering.engine.description import FIELDS
from clustering.engine.description_template import kinds_of, template_of
from clustering.engine.drafting.kind import KINDS as DRAFTED_KINDS
from clustering.engine.language_names import common_languages
from clustering.keys import keys_as_data
from clustering.language_model.setup import endpoint_set_up, is_set_up
from clustering.models import Collection, Page, Preference
from clustering.selectors.desk_index import ASPECT_UNITS, UNKNOWN
from clustering.selectors.desk_rows import LEVELS
from clustering.selectors.queue import DOUBTFUL, WORTH_A_LOOK
from clustering.wording import translated

KINDS: tuple[str, ...] = tuple(DRAFTED_KINDS)
"""Kinds of documents that the desk offers; any other word may be typed."""

MARKED = "words"
"""Parameter of the address of a desk, and of its panels: words to mark on open pages."""

DESK_ADDRESSES = ("index", "pages", "changes", "find", "terms")


def desk_config(request: HttpRequest, collection: Collection) -> dict[str, Any]:
    """For json_script: everything the desk's modules need to begin."""
    return {
        "slug": collection.slug,
        "title": collection.title,
        "urls": _addresses(request, collection),
        "mayEdit": may_change(request.user, collection),
        "whyNot": _why_not(request, collection),
        "mayLaunch": may_launch(request.user, collection),
        "closed": collection.closed is not None,
        "manages": may_launch(request.user, collection),
        "me": request.user.get_username(),
        "kept": {
            "person": str(request.user.pk),
            "collection": f"{collection.pk}/{collection.slug}",
            "title": collection.title,
            "address": collection.get_absolute_url(),
        },
        "keys": keys_as_data(my_keys(request)),
        "offered": offered_acts(),
        "levels": LEVELS,
        "unknown": UNKNOWN,
        "seconds": seconds_a_look(collection.pk, request.user.pk or 0),
        "aspectUnits": ASPECT_UNITS,
        "doubtful": DOUBTFUL,
        "worth": WORTH_A_LOOK,
        "kinds": KINDS,
        "description": description_config(collection),
        "reader": _reader(collection),
        "roles": [(str(value), str(label)) for value, label in Page.Role.choices],
    }


def _addresses(request: HttpRequest, collection: Collection) -> dict[str, str]:
    """Return the addresses that modules fetch or lead to, by name, with a number in place of the one that they put."""
    urls = {name: reverse(f"desk-{name}", args=[collection.slug]) for name in DESK_ADDRESSES}
    urls |= {
        "desk": collection.get_absolute_url(),
        "seam": reverse("seam", args=[collection.slug, 0]),
        "panel": reverse("page-panel", args=[collection.slug, 0]),
        "page": reverse("page", args=[0]),
        "scan": reverse("scan", args=[0, "320", "0"]),
        "search": reverse("search", args=[collection.slug]),
        "keys": reverse("my-keys"),
        "tour": reverse("tour"),
        "dates": reverse("written-date"),
        "openseadragon": static("vendor/openseadragon-6.1.1/openseadragon.min.js"),
        "icons": static("img/icons.svg"),
        "signIn": reverse("login"),
        "acts": reverse("api-v1:split", args=[collection.slug]).removesuffix("split"),
        "answer": reverse("api-v1:answer_in_queue", args=[collection.slug]),
        "show": reverse("api-v1:show_page", args=[collection.slug, 1]),
        "comments": reverse("api-v1:list_comments", args=[collection.slug]),
        "mentionable": reverse("api-v1:list_people", args=[collection.slug]),
        "check": reverse("table-check", args=[collection.slug]),
        "documents": reverse("document", args=[collection.slug, 0]),
    }
    if collection.read_settings().repository:
        urls["repository"] = reverse("in-repository", args=[0])
    if words := request.GET.get(MARKED):
        urls["panel"] += f"?{urlencode({MARKED: words})}"
    return urls


def scan_address(page: Page, size: str, *, veiled: bool = True) -> str:
    """Return the address of a page's image. A restricted page has different ones, blurred and not, so that no browser
    has stored either."""
    address = reverse("scan", args=[page.pk, size, page.sha256[:16]])
    if not page.is_restricted:
        return address
    return f"{address}?restricted" if veiled else f"{address}?restricted&shown"


def description_config(collection: Collection) -> dict[str, Any]:
    """Return the fields of a description, and their rules by kind, with "" for all others."""
    kept = collection.read_settings().description
    rules = {kind: template_of(kept, kind) for kind in ("", *kinds_of(kept))}
    return {
        "fields": [{"name": f.name, "label": _(f.label), "holds": f.holds, "most": f.most} for f in FIELDS],
        "templates": {
            kind: {name: rule.to_json() for name, rule in template.items()} for kind, template in rules.items()
        },
        "far": bool(settings.LOOKUPS),
        "languages": common_languages(),
    }


def _reader(collection: Collection) -> dict[str, str] | None:
    """Return the language model for suggestions: its address and name, and what is sent to it; or None."""
    if not is_set_up():
        return None
    endpoint = endpoint_set_up()
    return {
        "url": reverse("suggest", args=[collection.slug, 0]),
        "model": endpoint.model,
        "leaves": translated(endpoint.what_leaves),
    }


def my_keys(request: HttpRequest) -> dict[str, str]:
    """Return this person's own shortcuts, the same in every browser. One query per request."""
    known: dict[str, str] | None = getattr(request, "_hhreview_keys", None)
    if known is not None:
        return known
    kept = Preference.objects.filter(user=request.user.pk).values_list("keys", flat=True).first() or {}
    mine = {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}
    request._hhreview_keys = mine  # type: ignore[attr-defined] # for the request only
    return mine


def offered_acts() -> list[dict[str, str]]:
    """Return the acts that pages offer automatically, because they take only a group, with their commands."""
    return [
        {"address": act.address, "label": _(act.label), "command": act.keys[0].id if act.keys else ""}
        for act in ACTS.values()
        if act.offered == "group"
    ]


def _why_not(request: HttpRequest, collection: Collection) -> str:
    """Return why this person can't change anything here; empty if they can."""
    if not may_edit(request.user, collection):
        return str(NO_EDITING)
    return translated(closed(collection)) if collection.closed else ""
