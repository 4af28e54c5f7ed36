"""A document by its number: an address that stays, and leads to where the document is on the desk."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from clustering.access import access_collection
from clustering.models import Group


@require_GET
def document(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """To the first page of the document in the stream."""
    collection = access_collection(request.user, slug)
    group = Group.objects.filter(collection=collection, number=number).first()
    first = group.pages.order_by("group_order").first() if group else None
    if first is None:
        raise Http404(f"There is no document {number} in this collection any more.")
    return redirect(f"{collection.get_absolute_url()}#page/{quote(first.identifier, safe='')}")
