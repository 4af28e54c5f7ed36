"""One page: its own view, similar pages, and the panels next to the stream."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import (
    access_collection,
    access_collections,
    access_page,
    hidden_in,
    hidden_pages,
    may_change,
    may_launch,
    shown_groups,
    shown_pages,
)
from clustering.forms.finding import MOST_LETTERS
from clustering.models import Collection, Edit, Group, LiveScore, Page, Reading, SeamScore
from clustering.models.correction import corrections_of
from clustering.page_config import MARKED, desk_config, scan_address
from clustering.redecode.live import desk_run
from clustering.repository import address_in
from clustering.restricted_looks import is_veiled
from clustering.selectors.desk_rows import first_line
from clustering.selectors.duplicates import LOOKED_AT, duplicates_of, original_of
from clustering.selectors.hidden_drafts import leave_out_hidden_drafts
from clustering.selectors.places import places_of
from clustering.selectors.search_results import lines_with
from clustering.selectors.similar import SIMILAR, NotIndexed, similar_pages
from clustering.wording import fact_sentence, percent

HISTORY = 30


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a page with deep zoom, its text, similar pages, and its history."""
    shown = access_page(request.user, pk)
    neighbors = shown_pages(shown.collection)
    veiled = is_veiled(shown, request.user)
    context = {
        "page": shown,
        "collection": shown.collection,
        "config": desk_config(request, shown.collection),
        **_marked(request, shown, veiled=veiled),
        "is_veiled": veiled,
        "before": neighbors.filter(position__lt=shown.position).order_by("-position").first(),
        "after": neighbors.filter(position__gt=shown.position).order_by("position").first(),
        **_text(shown, veiled=veiled),
        "history": history_of(shown),
        "mode": "stream",
        "may_launch": may_launch(request.user, shown.collection),
        **_others_like(shown, limit=SIMILAR),
        **_editing(request, shown.collection),
    }
    context |= _places(shown, context)
    return render(request, "desk/page.html", context)


@require_GET
def in_repository(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a page in the repository of its collection."""
    shown = access_page(request.user, pk)
    address = address_in(shown.collection.read_settings().repository, shown)
    if not address:
        raise Http404(_("This page has no address in a repository."))
    return HttpResponseRedirect(address)


@require_GET
def page_panel(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """Show the panel of the focused page next to the stream: facts, text, similar pages, history."""
    collection = access_collection(request.user, slug, whole=False)
    shown = _at(collection, position)
    veiled = is_veiled(shown, request.user)
    context = {
        "page": shown,
        "collection": collection,
        **_text(shown, veiled=veiled),
        "history": history_of(shown)[:6],
        **_marked(request, shown, veiled=veiled),
        "is_veiled": veiled,
        **_others_like(shown, limit=6),
        **_editing(request, collection),
    }
    context |= _places(shown, context)
    return render(request, "desk/panel_page.html", context)


def _others_like(shown: Page, *, limit: int) -> dict[str, Any]:
    """Return similar pages, duplicates of this page, and the group that its group may duplicate."""
    hidden = hidden_in(shown.collection)
    near = similar_pages(shown, limit=max(limit, LOOKED_AT), hidden=hidden)
    duplicates = duplicates_of(shown, near=near)
    leave_out_hidden_drafts([shown.group, *(copy.page.group for copy in duplicates)], hidden)
    return {"similar": near[:limit], "duplicates": duplicates, "original": original_of(shown, duplicates)}


def _text(shown: Page, *, veiled: bool) -> dict[str, Any]:
    """Return the reading and its corrected lines, with boxes on the page as shown; nothing of a `veiled` page."""
    reading: Reading | None = None if veiled else getattr(shown, "reading", None)
    lines = reading.shown_laid(shown.rotation, corrections_of([shown]).get(shown.pk, [])) if reading else []
    return {"reading": reading, "lines": lines}


def _marked(request: HttpRequest, shown: Page, *, veiled: bool) -> dict[str, Any]:
    """Return the viewer's configuration, and the words to mark: those of the search that led to the page."""
    words = request.GET.get(MARKED, "").replace("\0", "")[:MOST_LETTERS]
    viewer = viewer_config(shown, veiled=veiled)
    lines = [line[0] for line in viewer["lines"]]
    hits = lines_with(words, shown, lines)
    return {"viewer": viewer | {"found": hits}, "marked_words": words, "found_lines": [lines[at] for at in hits]}


def _places(shown: Page, context: dict[str, Any]) -> dict[str, Any]:
    """Return the places of the documents named in the context, and the one that this page's document duplicates."""
    group = shown.group
    copied = None
    if group is not None and group.copy_of is not None:
        copied = shown_groups(shown.collection).filter(number=group.copy_of).first()
    named = [group, copied, context["original"], *(copy.page.group for copy in context["duplicates"])]
    return {"copied": copied, "places": places_of(shown.collection, {one for one in named if one is not None})}


def _editing(request: HttpRequest, collection: Collection) -> dict[str, Any]:
    return {"may_edit": may_change(request.user, collection)}


@require_GET
def seam(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """Show why pages were split or joined after the page at this position, by each run that scored the seam.

    ?blind=1 leaves out what people decided. The queue uses it, since a hidden check would give itself away.
    """
    blind = "blind" in request.GET
    collection = access_collection(request.user, slug, whole=False)
    left = _at(collection, position)
    right = shown_pages(collection).select_related("group").filter(position__gt=position).first()
    chosen = desk_run(collection)
    # Evidence may be about pages further away.
    is_partly_hidden = hidden_in(collection).exists()
    seen = SeamScore.objects.none() if is_partly_hidden else SeamScore.objects.filter(page=left)
    scores = list(seen.select_related("run").order_by("-run__created"))
    score = next((s for s in scores if chosen and s.run_id == chosen.pk), None)
    context = {
        "collection": collection,
        "left": left,
        "right": right,
        "veiled": [page for page in (left, right) if page is not None and is_veiled(page, request.user)],
        "score": score,
        "percent": None if score is None else percent(_chance(score, blind=blind)),
        "moved_from": None if score is None or blind else _moved_from(score),
        "facts": facts_of(score),
        "others": [(s, percent(s.probability)) for s in scores if s is not score][:6],
        "is_boundary": right is None or left.group_id is None or left.group_id != right.group_id,
        "answer": left.answers_after.filter(second=right).select_related("actor").first()
        if right and not blind
        else None,
    }
    return render(request, "desk/panel_seam.html", context)


@require_GET
def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the pages that look most like this one, in its collection or, with ?scope=everywhere, in all."""
    shown = access_page(request.user, pk)
    everywhere = request.GET.get("scope") == "everywhere"
    among = access_collections(request.user) if everywhere else None
    hidden = hidden_pages(request.user)
    try:
        near, refused = similar_pages(shown, limit=60, among=among, hidden=hidden), ""
    except NotIndexed as error:
        near, refused = [], str(error)
    leave_out_hidden_drafts([shown.group, *(page.group for page, _ in near)], hidden)
    context = {
        "page": shown,
        "collection": shown.collection,
        "similar": near,
        "places": places_of(shown.collection, _own_groups(shown, near)),
        "refused": refused,
        "everywhere": everywhere,
        "mode": "stream",
        "may_launch": may_launch(request.user, shown.collection),
    }
    return render(request, "similar.html", context)


def _own_groups(shown: Page, near: list[tuple[Page, int]]) -> set[Group]:
    return {page.group for page, _ in near if page.group is not None and page.collection_id == shown.collection_id}


def _chance(score: SeamScore, *, blind: bool) -> float:
    """Return the current probability; if `blind`, without people's decision about this seam."""
    live = LiveScore.objects.filter(run=score.run_id, page=score.page_id).values_list("probability", flat=True).first()
    if live is None or (blind and live in {0.0, 1.0}):
        return score.probability
    return live


def _moved_from(score: SeamScore) -> int | None:
    """Return the percentage before people decided about pages nearby; None if it hardly changed."""
    now, before = percent(_chance(score, blind=False)), percent(score.probability)
    return before if abs(now - before) >= 2 else None


def facts_of(score: SeamScore | None) -> list[dict[str, Any]]:
    """Return the evidence, strongest first, each with the length of its bar in percent of the strongest."""
    if score is None:
        return []
    facts = sorted(score.evidence, key=lambda fact: -abs(fact.get("contribution") or 0.0))
    strongest = max((abs(fact.get("contribution") or 0.0) for fact in facts), default=0.0) or 1.0
    return [
        {
            "sentence": fact_sentence(fact.get("sentence")),
            "family": fact.get("family", ""),
            "share": round(100 * abs(fact.get("contribution") or 0.0) / strongest),
            "apart": (fact.get("contribution") or 0.0) > 0,
        }
        for fact in facts
    ]


def history_of(shown: Page) -> list[Edit]:
    """Return the edits that moved this page, newest first."""
    if hidden_in(shown.collection).exists():  # sentences may name restricted documents
        return []
    acts = Edit.objects.filter(pages__contains=[shown.pk]).select_related("actor")
    # An act may have changed all documents of a large collection.
    return list(acts.defer("before", "after", "groups", "pages").order_by("-sequence")[:HISTORY])


def viewer_config(shown: Page, *, veiled: bool = False) -> dict[str, Any]:
    """Return the deep-zoom viewer's configuration for a page; without text for a `veiled` one."""
    reading = None if veiled else getattr(shown, "reading", None)
    width, height, lines = reading.shown_lines(shown.rotation) if reading else (0, 0, [])
    return {
        "position": shown.position,
        "identifier": shown.identifier,
        "original": scan_address(shown, "original", veiled=veiled),
        "large": scan_address(shown, "1280", veiled=veiled),
        "width": shown.width,
        "height": shown.height,
        "rotation": shown.rotation,
        "lines": lines,
        "readingWidth": width,
        "readingHeight": height,
        "start": first_line(reading.text) if reading else "",
    }


def _at(collection: Collection, position: int) -> Page:
    row = shown_pages(collection).select_related("group", "reading").filter(position=position).first()
    if row is None:
        raise Http404(_("%(collection)s has no page %(position)s.") % {"collection": collection, "position": position})
    row.collection = collection
    return row
