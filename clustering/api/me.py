"""The person who sends requests, and what they may do."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router

from clustering import models
from clustering.access import may_edit, may_launch, may_look, signed_in
from clustering.api.shapes import ResponseBody

router = Router(tags=["You"])


class Me(ResponseBody):
    """Your name and permissions."""

    user: str
    name: str
    signed_in_by: Literal["token", "session"]
    may_look: bool
    may_edit: bool
    may_launch: bool


@router.get("/me", response=Me, summary="Get your permissions")
def get_me(request: HttpRequest) -> Me:
    """Your name and what you may do. A token never allows more than its owner may do; a read-only token less."""
    me = signed_in(request)
    token: object = getattr(request, "auth", None)
    reads_only = isinstance(token, models.ApiToken) and token.scope == models.ApiToken.Scope.READ
    return Me(
        user=me.get_username(),
        name=me.get_full_name(),
        signed_in_by="token" if isinstance(token, models.ApiToken) else "session",
        may_look=may_look(me),
        may_edit=may_edit(me) and not reads_only,
        may_launch=may_launch(me) and not reads_only,
    )
