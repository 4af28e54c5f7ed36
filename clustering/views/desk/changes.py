"""Changes by other people since a version, and who else is here."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import access_collection, signed_in
from clustering.request_values import whole_number
from clustering.selectors.desk_rows import changes as changes_since
from clustering.teamwork.commenting import open_comments
from clustering.teamwork.presence import be_here


@require_GET
def changes(request: HttpRequest, slug: str) -> JsonResponse:
    """Return what changed since a version, where comments are open, and who else is here.

    ?since=41&at=12, where `at` is the page that this person looks at.
    """
    collection = access_collection(request.user, slug, whole=False)
    since = whole_number(request.GET.get("since"))
    if since is None:
        return JsonResponse({"message": _("Give the version to start from: ?since=41.")}, status=400)
    here = be_here(collection, signed_in(request), whole_number(request.GET.get("at")))
    more = {"here": here, "comments": open_comments(collection)}
    return JsonResponse({**changes_since(collection, since, me=request.user), **more})
