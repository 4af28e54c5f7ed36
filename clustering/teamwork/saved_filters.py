"""Saved filters: which addresses they may have, and who sees them."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from clustering.access import Anyone, access_collection, access_collections
from clustering.journal.errors import Refused
from clustering.models import Collection, SavedFilter, User
from clustering.wording import say

LISTS = {"collections", "desk", "table", "plain-list", "queue-list", "search", "search-all", "history"}
"""Names of the pages whose address contains their filter."""
MOST = 100
LONGEST = 600


def offered(person: Anyone, collection: Collection | None = None) -> QuerySet[SavedFilter]:
    """Return a person's own filters and shared ones, for collections that the person may see, or for one collection."""
    if not isinstance(person, User):
        return SavedFilter.objects.none()
    rows = SavedFilter.objects.filter(Q(owner=person) | Q(shared=True)).select_related("owner", "collection")
    if collection is not None:
        return rows.filter(collection=collection)
    return rows.filter(Q(collection=None) | Q(collection__in=access_collections(person)))


def place_of(address: str, person: Anyone) -> Collection | None:
    """Return the collection of a filtered list's address, None for the front page.

    Raises Refused if it isn't such an address, and Http404 if the person may not see the collection.
    """
    parts = urlsplit(address)
    wrong = Refused(say("This page has no filter that can be saved. Filter a list first, then save it there."))
    if parts.scheme or parts.netloc or not parts.query or len(address) > LONGEST or "\0" in address:
        raise wrong
    try:
        match = resolve(parts.path)
    except Resolver404:
        raise wrong from None
    if match.url_name not in LISTS:
        raise wrong
    slug = match.kwargs.get("slug")
    return access_collection(person, slug) if slug else None


def save_filter(name: str, address: str, *, shared: bool, owner: User) -> SavedFilter:
    """Save a filter under a name. Raises Refused, and Http404 if the owner may not see what it shows."""
    collection = place_of(address, owner)
    if owner.saved_filters.count() >= MOST:
        raise Refused(say("You have %(most)s saved filters. Delete one first.", most=MOST))
    return SavedFilter.objects.create(owner=owner, collection=collection, name=name, address=address, shared=shared)


def own_filter(person: User, pk: int) -> SavedFilter:
    """Return a filter that this person owns. Raises Http404."""
    saved = SavedFilter.objects.filter(owner=person, pk=pk).first()
    if saved is None:
        raise Http404(_("This filter does not exist."))
    return saved
