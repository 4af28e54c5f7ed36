"""Verbs of the history. Each is declared next to its act."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Self

from django.utils.translation import gettext

VERBS: dict[str, Verb] = {}
"""Every verb by its name, in the order of declaration."""


@dataclass(eq=False, repr=False)
class Verb(str):
    """What an edit did: the string that is stored, with the properties of all edits of this verb.

    Raises ValueError if another one has the name.
    """

    name: str
    """At most 12 letters."""
    _: KW_ONLY
    done: str
    """The verb in the history: "joined"."""
    icon: str
    """Name of its icon in the sprite."""
    decides: bool = True
    """Whether it may decide seams, so that all undecided ones are decoded again."""
    follows: bool = False
    """Whether unsettled groups follow it. They don’t follow an undo, which restores them, or a move, which decides no
    seam."""
    teaches: bool = False
    """Whether it counts as a correction to train on."""
    undoable: bool = True
    """Whether it is on a person's undo stack."""
    marks: bool = False
    """Whether it changes the role of pages."""
    unsettles: bool = False
    """Whether its sentence lists the documents that are no longer confirmed because of it."""
    restricts: bool = False
    """Whether it changes which pages are restricted."""
    rotates: bool = False
    """Whether it rotates pages."""
    proposes: bool = False
    """Whether it applies a proposal."""
    renumbers: bool = False
    """Whether it changes positions of pages, so that the browser has to reload everything."""
    restorable: bool = True
    """Whether restoring an earlier version reverts it. Restoring reopens nothing and keeps restrictions and text."""

    def __new__(cls, name: str, **_: object) -> Self:
        """Make the string; the properties are the dataclass's."""
        return super().__new__(cls, name)

    def __post_init__(self) -> None:
        if self.name in VERBS:
            raise ValueError(f"The verb “{self.name}” is declared twice.")
        VERBS[self.name] = self


def verb_choices() -> list[tuple[str, str]]:
    """Return each verb with its label in the history, in the reader's language."""
    return [(str(verb), gettext(verb.done)) for verb in VERBS.values()]
