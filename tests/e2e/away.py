"""A server that responds with errors until it is set to work again."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.http import HttpRequest, HttpResponse

from hhreview.middleware import DoorMiddleware


@dataclass(slots=True)
class Away:
    """Respond to POST with `status` while it is set."""

    status: int = 0


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Away:
    switch, answer = Away(), DoorMiddleware.__call__

    def stumble(self: DoorMiddleware, request: HttpRequest) -> HttpResponse:
        if switch.status and request.method == "POST":
            return HttpResponse("<h1>Away</h1>", status=switch.status)
        return answer(self, request)

    monkeypatch.setattr(DoorMiddleware, "__call__", stumble)
    return switch
