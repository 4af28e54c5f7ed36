"""The verbs of the history. Each is declared where its act is, and is known from then on."""

from __future__ import annotations

from django.utils.translation import gettext

VERBS: dict[str, Verb] = {}
"""Every verb by its name, in the order in which they were declared."""


class Verb(str):
    """What an edit did: a string by which it is stored and compared, with what holds for all edits of this verb."""

    done: str
    """As the history lists it: merged."""
    icon: str
    """Its picture in the sprite."""
    decides: bool
    """Whether it may decide something about seams, so that the machine decides again around it."""
    follows: bool
    """Whether groups that nobody settled follow it. Undo brings back what stood; a move decides no seam."""
    teaches: bool
    """Whether it counts as a correction from which a collection learns."""
    undoable: bool
    """Whether it is on a person's undo stack."""
    marks: bool
    """Whether it changes the role of pages."""
    unsettles: bool
    """Whether it says when it makes a confirmed document unconfirmed, which is not what it is for."""
    restricts: bool
    """Whether it changes which pages are restricted."""
    rotates: bool
    """Whether it changes which way pages are shown."""
    proposes: bool
    """Whether it puts a run on the desk."""
    renumbers: bool
    """Whether pages have other positions afterwards, so that the browser asks for everything."""

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
    ) -> Verb:
        """Declare the verb; its name has 12 letters at most. Raises ValueError if another one has it."""
        verb = super().__new__(cls, name)
        verb.done, verb.icon, verb.decides, verb.follows, verb.teaches = done, icon, decides, follows, teaches
        verb.undoable, verb.unsettles, verb.marks, verb.rotates = undoable, unsettles, marks, rotates
        verb.proposes, verb.renumbers, verb.restricts = proposes, renumbers, restricts
        if name in VERBS:
            raise ValueError(f"The verb “{name}” is declared twice.")
        VERBS[name] = verb
        return verb


def verb_choices() -> list[tuple[str, str]]:
    """Each verb with its word for the history, in the language of now."""
    return [(str(verb), gettext(verb.done)) for verb in VERBS.values()]
