"""Who is signed in, and whether it is still the one who opened the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from clustering.api.problems import problem
from clustering.views.kept import wants_data
from clustering.views.sign_in import sign_in_first

PERSON = "X-Signed-In-As"
"""The primary key of the account that opened the page, as its modules send it."""


class SignedInMiddleware(LoginRequiredMiddleware):
    """Django's own, with words for the modules of a page, which cannot show the sign-in page.

    What one person did at the desk is never saved as done by another who signed in in the same browser since.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Refuses what comes from a page of somebody else."""
        person = request.headers.get(PERSON)
        if person is not None and request.user.is_authenticated and person != str(request.user.pk):
            name = request.user.get_username()
            answer = problem(
                "not-signed-in", f"{name} is signed in now. Sign in again as the person who opened this page."
            )
            answer[PERSON] = str(request.user.pk)
            return answer
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override] # Django redirects only
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        """401 for data, the sign-in page for people; with a form that they sent, it carries that along."""
        if wants_data(request):
            return problem("not-signed-in", "Nobody is signed in. Sign in again; nothing was done.")
        carrying = sign_in_first(request)
        if carrying is not None:
            return carrying
        return super().handle_no_permission(request, view_func)
