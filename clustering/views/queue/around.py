"""The strip around a place to check: the documents on both sides, and some pages before and after it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import access_collection
from clustering.models import Page
from clustering.selectors.places import Places, places_of
from clustering.wording import title_of

PAGES = 4
"""Number of pages before and after the two at the place."""


@dataclass(slots=True)
class Stretch:
    """Successive pages that are shown as one document, or as unassigned."""

    title: str = ""
    place: int | None = None
    """Place of the document among all; None for unassigned pages."""
    size: int = 0
    """Pages of the document, including those outside of the strip."""
    pages: list[Page] = field(default_factory=list)
    is_here: bool = False
    """Whether it contains one of the two pages at the place."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two pages at the place."""

    title: str
    at: int
    """Its place in the document, from 1."""
    of: int
    """Pages of the document."""


@require_GET
def queue_around(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """Show the strip for the place after the page at this position.

    ?joined=1 or 0 is the proposal there, which the strip shows: a hidden check would give itself away if its strip
    showed what was decided.
    """
    collection = access_collection(request.user, slug)
    low, high = position - PAGES, position + 1 + PAGES
    near = Page.objects.filter(collection=collection, position__gte=low, position__lte=high)
    pages = {page.position: page for page in near.select_related("group", "reading").in_scan_order()}
    left, right = pages.get(position), pages.get(position + 1)
    if left is None or right is None:
        raise Http404(
            _("%(collection)s has no page %(position)s with another one after it.")
            % {"collection": collection, "position": position}
        )
    apart = left.group_id is None or left.group_id != right.group_id
    joined = {"0": False, "1": True}.get(request.GET.get("joined", ""), not apart)
    places = places_of(collection, {page.group for page in pages.values() if page.group is not None})
    stretches = _stretches(list(pages.values()), left, right, places, joined=joined)
    context = {
        "collection": collection,
        "stretches": stretches,
        "total": places.total,
        "joined": joined,
        "first": _side(left, left, right, joined=joined),
        "second": _side(right, left, right, joined=joined),
        "left": left,
        "right": right,
    }
    return render(request, "desk/queue_around.html", context)


def _stretches(pages: list[Page], left: Page, right: Page, places: Places, *, joined: bool) -> list[Stretch]:
    """Return the pages by document, with those at the place as `joined` says."""
    stretches: list[Stretch] = []
    before: Page | None = None
    for page in pages:
        at_cut = page.pk == right.pk
        goes_on = before is not None and before.group_id is not None and before.group_id == page.group_id
        if not stretches or not (joined if at_cut else goes_on):
            stretches.append(_stretch(page, right, places, is_new=at_cut and goes_on))
        stretches[-1].pages.append(page)
        before = page
    for stretch in stretches:
        stretch.is_here = any(page.pk in (left.pk, right.pk) for page in stretch.pages)
        if stretch.is_here:
            stretch.size = _side(stretch.pages[-1], left, right, joined=joined).of
    return stretches


def _stretch(page: Page, right: Page, places: Places, *, is_new: bool) -> Stretch:
    group = page.group
    if group is None:
        return Stretch(_("Unassigned pages"))
    rank = places.of[group.pk]
    if is_new:
        return Stretch(_untitled(right), rank + 1)
    return Stretch(group.shown_title, rank, group.page_count)


def _side(page: Page, left: Page, right: Page, *, joined: bool) -> Side:
    """Return the page's document and its position there, if the place is as `joined` says."""
    one, other = left.group, right.group
    group, at = page.group, page.group_order or 1
    if group is None:
        return Side(_("Unassigned"), 1, 1)
    same = one is not None and one == other
    cut = left.group_order or 0
    if same and not joined and group == one:
        if at > cut:
            return Side(_untitled(right), at - cut, group.page_count - cut)
        return Side(group.shown_title, at, cut)
    if joined and not same and one is not None and other is not None and group in (one, other):
        return Side(one.shown_title, at + (one.page_count if group == other else 0), one.page_count + other.page_count)
    return Side(group.shown_title, at, group.page_count)


def _untitled(page: Page) -> str:
    return title_of("", kind="", positions=[page.position])
