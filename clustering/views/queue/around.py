"""The surroundings of a place to check: the documents on both sides, and some pages before and after it."""

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
"""Before and after the two pages of the place."""


@dataclass(slots=True)
class Stretch:
    """Pages in a row that are shown as one document, or as unassigned."""

    title: str = ""
    place: int | None = None
    """Among all documents; None for pages in no document."""
    size: int = 0
    """Pages of the document, those beyond the strip included."""
    pages: list[Page] = field(default_factory=list)
    is_here: bool = False
    """Whether one of the two pages of the place is in it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two pages of the place."""

    title: str
    at: int
    """Which page of its document it is."""
    of: int


@require_GET
def queue_around(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """Show the strip for the place after the page at this position.

    ?joined=1 or 0 says what is proposed there, and that is drawn: a hidden check would give itself away if its strip
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
    """Return the pages by document, the two of the place as `joined` has them."""
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
