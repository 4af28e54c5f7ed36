"""Where a language model answers, which parts of pages it is sent, and what it costs."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from clustering.sentences import grouped, say

HEAD, TAIL = 2_400, 1_600
"""Characters of a page's text that are sent, from its beginning and from its end. A typed page has some 2,500."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of a language model, with the settings of the installation."""

    url: str
    """The base address: http://127.0.0.1:11434/v1."""
    model: str
    key: str = field(default="", repr=False)
    sends: str = "text"
    """"text", "pictures", or "both"."""
    timeout: float = 60.0
    """Seconds for one try, from the first byte sent to the last one received."""
    form: str = "schema"
    """How JSON is requested: "schema" (structured output), "object" (JSON mode), or "plain" (only in words)."""
    price_in: Decimal | None = None
    """Price of a million tokens sent; None if unknown."""
    price_out: Decimal | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Additional fields of the request; None removes a field."""

    @property
    def sends_text(self) -> bool:
        """Whether it is sent the text of pages."""
        return self.sends in {"text", "both"}

    @property
    def sends_pictures(self) -> bool:
        """Whether it is sent pictures of pages."""
        return self.sends in {"pictures", "both"}

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    @property
    def is_here(self) -> bool:
        """Whether its address is on this computer."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def what_leaves(self) -> str:
        """A sentence that says what is sent where."""
        parts = {"text": say("the text"), "pictures": say("a picture"), "both": say("the text and a picture")}[
            self.sends
        ]
        if self.sends_text:
            limit = grouped(HEAD + TAIL)
            parts = say("%(what)s (up to %(limit)s characters)", what=parts, limit=limit)
        values = {"what": parts, "model": self.model, "host": self.host}
        if self.is_here:
            return say(
                "For each question, hhreview sends %(what)s of every page asked about to the language model %(model)s "
                "at %(host)s, which runs on this computer, so nothing leaves it.",
                **values,
            )
        return say(
            "For each question, hhreview sends %(what)s of every page asked about to the language model %(model)s at "
            "%(host)s. It leaves this computer.",
            **values,
        )

    def cost(self, *, sent: int, received: int) -> Decimal | None:
        """Return the cost of these tokens; None without prices."""
        if self.price_in is None and self.price_out is None:
            return None
        return ((self.price_in or Decimal()) * sent + (self.price_out or Decimal()) * received) / 1_000_000
