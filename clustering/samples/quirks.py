"""What happens to documents between the desk drawer and the scanner."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from clustering.samples.documents import Document, Side
from clustering.samples.face import Printed

UPSIDE_DOWN = 0.012
"""Share of sides that were upside down, near that of real folders (4 of 298)."""
SIDEWAYS = 0.003
BLANK_BACK = 0.07
"""Share of one-sided items whose empty back was scanned too."""
BACK_FIRST = 0.025
"""Share of two-sided sheets scanned back before front."""
REVERSED = 0.008
"""Share of longer typed items scanned last sheet first."""
NOTED = 0.1
"""Share of items with handwriting on the first side."""
NOTES = (
    "file", "keep", "see back page", "rec'd May 11", "for H. G.", "2 copies", "orig. returned", "cf. vol. 3",
    "check date", "important", "ans. 6/12", "from E. Marsh", "?", "duplicate", "see front & back",
)  # fmt: skip


def _with_blank_back(document: Document) -> Document:
    """Return the document with the empty back of its last sheet, where the front shows through."""
    last = document.sides[-1]
    blank = Side((Printed(last.panels[0].size, ()),), last.stock, behind=last.panels[:1])
    return replace(document, sides=(*document.sides, blank))


def _reordered(document: Document, rng: Random) -> Document:
    """Scan the back before the front, or a packet from its end."""
    sides = document.sides
    if len(sides) == 2 and sides[0].behind and document.kind in ("flyer", "form", "other", "letter"):
        if rng.random() < BACK_FIRST:
            return replace(document, sides=sides[::-1])
    elif len(sides) > 2 and document.kind in ("letter", "press release", "report") and rng.random() < REVERSED:
        return replace(document, sides=sides[::-1])
    return document


def disturb(document: Document, rng: Random) -> Document:
    """Return the document as it lay on the scanner: usually the right way."""
    single = len(document.sides[-1].panels) == 1 and not document.sides[-1].behind
    if single and len(document.sides) < 3 and rng.random() < BLANK_BACK:
        document = _with_blank_back(document)
    document = _reordered(document, rng)
    sides = []
    for side in document.sides:
        chance = rng.random()
        rotated = 180 if chance < UPSIDE_DOWN else rng.choice((90, 270)) if chance < UPSIDE_DOWN + SIDEWAYS else 0
        sides.append(replace(side, rotated=rotated))
    notes = tuple(rng.sample(NOTES, rng.choice((1, 1, 2)))) if rng.random() < NOTED else ()
    return replace(document, sides=tuple(sides), notes=notes)
