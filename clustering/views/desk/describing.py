"""Help with describing a document: suggestions by a language model, terms, and how a typed date is read."""

from __future__ import annotations

from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponseForbidden, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clustering.access import access_collection, may_look, signed_in
from clustering.engine.images import BadScan
from clustering.engine.language_model import Unusable
from clustering.engine.written_dates import LONGEST, UnreadableDate, date_within, read_written_date
from clustering.language_model.pace import TooBusy
from clustering.language_model.setup import NotSetUp, endpoint_set_up
from clustering.language_model.suggestions import described, suggestion_of
from clustering.models import Group
from clustering.selectors.terms import Offer, far_offers, offers
from clustering.wording import translated

PATIENCE = 5.0
"""Seconds that a person waits while the model is busy."""


@require_POST
def suggest(request: HttpRequest, slug: str, pk: int) -> JsonResponse:
    """Return {title, kind, date, creator, people, places, language, summary, model}, or 422 with a sentence.

    Writes nothing to the document: the person chooses what to use.
    """
    collection = access_collection(request.user, slug, edit=True)
    group = Group.objects.filter(collection=collection, pk=pk).first()
    if group is None:
        raise Http404(_("There is no such document in this collection."))
    try:
        asked = described(group, endpoint_set_up(), actor=signed_in(request), patience=PATIENCE)
    except (NotSetUp, TooBusy, Unusable) as error:
        return JsonResponse({"message": translated(error)}, status=422)
    except (BadScan, OSError) as error:
        return JsonResponse(
            {"message": _("A page could not be sent. %(error)s") % {"error": translated(error)}}, status=422
        )
    if asked.opinion is None:
        return JsonResponse({"message": translated(asked.problem)}, status=422)
    if not asked.opinion.reused:
        asked.opinion.save(force_insert=True)
    return JsonResponse({**asdict(suggestion_of(asked.opinion.answer)), "model": asked.opinion.model})


@require_GET
def terms(request: HttpRequest, slug: str) -> JsonResponse:
    """Return {"terms": [{"label", "uri", "source"}]} for type-ahead: ?field=people&q=chav.

    With far=1, returns terms from the external authorities that the operator allows.
    """
    collection = access_collection(request.user, slug)
    field, text = request.GET.get("field", ""), request.GET.get("q", "")
    typed = text[:200].replace("\0", "")
    if "far" in request.GET:
        far, problems = far_offers(field, typed)
        return JsonResponse({"terms": [_offer_shown(offer) for offer in far], "problems": problems})
    return JsonResponse({"terms": [_offer_shown(offer) for offer in offers(collection, field, typed)]})


def _offer_shown(offer: Offer) -> dict[str, str]:
    return {**asdict(offer.term), "source": translated(offer.source)}


@require_GET
def written_date(request: HttpRequest) -> HttpResponseBase:
    """Return {"edtf": "1954-01-14", "words": "January 14, 1954"} for ?text=Jan. 14, 1954.

    ?printed=D. C.----March}9, 1959 may have other text around the date and letters that OCR misread; the answer then
    has "written" too, what to put into a field. {"message": …} says why a text isn't a date. The status is 200 for
    all, since people check while they type.
    """
    if not may_look(request.user):
        return HttpResponseForbidden(_("You need access to collections to check dates. Ask staff for a role."))
    printed = request.GET.get("printed")
    written = request.GET.get("text", "") if printed is None else date_within(printed[:LONGEST])
    try:
        date = read_written_date(written)
    except UnreadableDate as error:
        return JsonResponse({"message": translated(error)})
    answer = {"edtf": date.edtf, "words": translated(date.words)}
    return JsonResponse(answer if printed is None else answer | {"written": written})
