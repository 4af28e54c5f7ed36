"""The language model that is set up, and the sentence about what is sent to it."""

from __future__ import annotations

from django.conf import settings

from clustering.engine.language_model.endpoint import Endpoint
from clustering.wording import say

NOT_SET_UP = say(
    "No language model is set up. The operator names one with HHREVIEW_LLM_URL and HHREVIEW_LLM_MODEL; until then "
    "nothing is sent anywhere."
)


class NotSetUp(Exception):
    """No language model is set up. The message is a full sentence."""

    def __init__(self) -> None:
        super().__init__(NOT_SET_UP)


def is_set_up() -> bool:
    """Whether a language model is set up."""
    return bool(settings.LLM_URL)


def endpoint_set_up() -> Endpoint:
    """Return the endpoint of this installation. Raises NotSetUp."""
    if not is_set_up():
        raise NotSetUp
    return Endpoint(
        url=settings.LLM_URL,
        model=settings.LLM_MODEL,
        key=settings.LLM_KEY,
        sends=settings.LLM_SENDS,
        timeout=float(settings.LLM_SECONDS),
        form=settings.LLM_FORMAT,
        price_in=settings.LLM_PRICE_IN,
        price_out=settings.LLM_PRICE_OUT,
        extra=settings.LLM_EXTRA,
    )
