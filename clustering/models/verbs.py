"""The verbs of the history. Each is declared next to its act, which registers it."""

from __future__ import annotations

from django.utils.translation import gettext

VERBS: dict[str, Verb] = {}
"""Every verb by its name, in the order of declaration."""


class Verb(str):
    """What an edit did: the string that is stored, with what is true for all edits of this verb."""

    done: str
    """The verb in the history: joined."""
    icon: str
    """Its icon in the sprite."""
    decides: bool
    """Whether it may decide seams, so that everything undecided is decoded again."""
    follows: bool
    """Whether groups that nobody settled follow it. They don’t follow undo, which restores what was, or a move, which
    decides no seam."""
    teaches: bool
    """Whether it counts as a correction from which a collection learns."""
    undoable: bool
    """Whether it is on a person's undo stack."""
    marks: bool
    """Whether it changes the role of pages."""
    unsettles: bool
    """Whether its sentence adds which documents it made unconfirmed as a side effect."""
    restricts: bool
    """Whether it changes which pages are restricted."""
    rotates: bool
    """Whether it rotates pages."""
    proposes: bool
    """Whether it applies a proposal."""
    renumbers: bool
    """Whether it changes positions of pages, so that the browser has to reload everything."""
    restorable: bool
    """Whether going back to an earlier state takes it back: that reopens nothing, and restrictions and text stay."""

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
    """Return each verb with its word in the history, in the reader's language."""
    return [(str(verb), gettext(verb.done)) for verb in VERBS.values()]
