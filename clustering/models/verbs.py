"""Verbs of the history. Each is declared next to its act."""

from __future__ import annotations

from django.utils.translation import gettext

VERBS: dict[str, Verb] = {}
"""Every verb by its name, in the order of declaration."""


class Verb(str):
    """What an edit did: the string that is stored, with the properties of all edits of this verb."""

    done: str
    """The verb in the history: "joined"."""
    icon: str
    """Name of its icon in the sprite."""
    decides: bool
    """Whether it may decide seams, so that all undecided ones are decoded again."""
    follows: bool
    """Whether unsettled groups follow it. They don’t follow an undo, which restores them, or a move, which decides no
    seam."""
    teaches: bool
    """Whether it counts as a correction to train on."""
    undoable: bool
    """Whether it is on a person's undo stack."""
    marks: bool
    """Whether it changes the role of pages."""
    unsettles: bool
    """Whether its sentence lists the documents that are no longer confirmed because of it."""
    restricts: bool
    """Whether it changes which pages are restricted."""
    rotates: bool
    """Whether it rotates pages."""
    proposes: bool
    """Whether it applies a proposal."""
    renumbers: bool
    """Whether it changes positions of pages, so that the browser has to reload everything."""
    restorable: bool
    """Whether restoring an earlier version reverts it. Restoring reopens nothing and keeps restrictions and text."""

    def __new__(
        cls,
        name: str,
        *,
        done: str,
        icon: str,
        decides: bool = True,
        follows: bool = False,
        teaches: bool = False,
        undoable: bool = True,
        unsettles: bool = False,
        marks: bool = False,
        rotates: bool = False,
        restricts: bool = False,
        proposes: bool = False,
        renumbers: bool = False,
        restorable: bool = True,
    ) -> Verb:
        """Declare a verb with a name of at most 12 letters. Raises ValueError if another one has the name."""
        verb = super().__new__(cls, name)
        verb.done, verb.icon, verb.decides, verb.follows, verb.teaches = done, icon, decides, follows, teaches
        verb.undoable, verb.unsettles, verb.marks, verb.rotates = undoable, unsettles, marks, rotates
        verb.proposes, verb.renumbers, verb.restricts, verb.restorable = proposes, renumbers, restricts, restorable
        if name in VERBS:
            raise ValueError(f"The verb “{name}” is declared twice.")
        VERBS[name] = verb
        return verb


def verb_choices() -> list[tuple[str, str]]:
    """Return each verb with its label in the history, in the reader's language."""
    return [(str(verb), gettext(verb.done)) for verb in VERBS.values()]
