"""Why an act was not done. Nothing is ever half done: an act that raises has written nothing."""

from __future__ import annotations

from collections.abc import Sequence

from clustering.models import Group


class ActError(Exception):
    """An act that was not done; `sentence` says why, in words for the person who tried."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Refused(ActError):
    """The act makes no sense here, or something stands in its way; the sentence says what to do instead."""


class StaleVersion(ActError):
    """Somebody changed what the act was based on.

    `groups` are the groups in question as they stand now, in scan order: those that were asked for and still exist,
    and for one that vanished those that its pages went to.
    """

    def __init__(self, sentence: str, *, groups: Sequence[Group] = ()) -> None:
        super().__init__(sentence)
        self.groups = tuple(groups)
