"""A drawn document before it is scanned."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from clustering.samples.face import Printed
from clustering.samples.grounds import Ground
from clustering.samples.language import Writer
from clustering.samples.organizations import Organization
from clustering.samples.stock import Stock

KINDS: tuple[str, ...] = (
    "letter", "press release", "flyer", "newsletter", "booklet", "report", "speech", "form", "clipping", "other",
)  # fmt: skip
"""The kinds in `truth.csv`."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper size, width and height in points."""

    width: float
    height: float


LETTER = Paper(612, 792)
LEGAL = Paper(612, 1008)
HALF = Paper(396, 612)
MONARCH = Paper(522, 756)
DIGEST = Paper(378, 576)
SLIM = Paper(266, 612)
"""One panel of a letter sheet folded twice, or a tall counter booklet."""


@dataclass(frozen=True, slots=True)
class Side:
    """One scan: one panel, or the panels of a spread from left to right."""

    panels: tuple[Printed, ...]
    stock: Stock
    behind: tuple[Printed, ...] = ()
    """The print on the other side, not mirrored; it shows through mirrored."""
    rotated: int = 0
    """Degrees by which it was rotated on the scanner: 0, 90, 180, or 270."""
    torn: bool = False
    """Cut out by hand, with ragged edges."""
    round: bool = False
    """A disc, such as a sticker or a badge."""
    ground: Ground = ""
    """How it came into its image, if it wasn't cut out of the bed."""


@dataclass(frozen=True, slots=True)
class Document:
    """One physical item: its sides in scan order, with what an archivist would write about it."""

    kind: str
    title: str
    date: str
    """EDTF; empty if no date is printed on it."""
    sides: tuple[Side, ...]
    stapled: bool = False
    punched: int = 0
    """Number of binder holes at the left edge."""
    folded: bool = False
    loose: bool = False
    """An enclosure of the mailing before it: careful people may disagree about whether it starts a document."""
    notes: tuple[str, ...] = ()
    """Words that someone wrote on the first side."""


@dataclass(frozen=True, slots=True)
class Commission:
    """An order for one document: organization, date, resolution, and random source."""

    organization: Organization
    rng: Random
    day: datetime.date
    scale: float = 1.0

    @property
    def writer(self) -> Writer:
        """The organization's writer, using this commission's random source."""
        return self.organization.writer(self.rng, self.day.year)


def sides_of(faces: Sequence[Printed], stock: Stock, *, both: bool) -> tuple[Side, ...]:
    """Return one-page sides; if `both` sides of the paper are printed, each shows through the other."""
    out = []
    for number, face in enumerate(faces):
        partner = number ^ 1
        behind = (faces[partner],) if both and partner < len(faces) else ()
        out.append(Side((face,), stock, behind=behind))
    return tuple(out)


def bound_sides(faces: Sequence[Printed], stock: Stock, *, cover: Stock | None = None) -> tuple[Side, ...]:
    """Return a booklet as scanned: front cover, spreads, back cover. Needs an even number of faces."""
    outer = cover or stock
    inner = [faces[i : i + 2] for i in range(1, len(faces) - 1, 2)]
    spreads = [
        Side(tuple(pair), stock, behind=tuple(inner[i + 1]) if i + 1 < len(inner) else ())
        for i, pair in enumerate(inner)
    ]
    front, back = Side((faces[0],), outer, behind=(faces[1],)), Side((faces[-1],), outer, behind=(faces[-2],))
    return (front, *spreads, back)
