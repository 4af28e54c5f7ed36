"""What a drawn document is before the scanner sees it."""

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
"""The kinds that `truth.csv` names."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A format, width and height in points."""

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
    """What one scan shows: one panel, or the panels of a spread from left to right."""

    panels: tuple[Printed, ...]
    stock: Stock
    behind: tuple[Printed, ...] = ()
    """What is printed on the other side, as it is read there; it shows through mirrored."""
    turned: int = 0
    """Degrees by which it lay wrong on the scanner: 0, 90, 180 or 270."""
    torn: bool = False
    """Cut out by hand: ragged edges."""
    round: bool = False
    """A disc, like a sticker or a badge."""
    ground: Ground = ""
    """How it came into its image, where it was not cut out of the bed."""


@dataclass(frozen=True, slots=True)
class Document:
    """One physical item: its sides in scan order, with what an archivist would write about it."""

    kind: str
    title: str
    date: str
    """EDTF, or empty where nothing is printed on it."""
    sides: tuple[Side, ...]
    stapled: bool = False
    punched: int = 0
    """Number of binder holes at the left edge."""
    folded: bool = False
    loose: bool = False
    """An enclosure of the mailing before it: careful people may differ about its start."""
    notes: tuple[str, ...] = ()
    """Words that somebody wrote on the first side."""


@dataclass(frozen=True, slots=True)
class Commission:
    """An order for one document: who, when, how large the pixels are, and the source of all chance in it."""

    organization: Organization
    rng: Random
    day: datetime.date
    scale: float = 1.0

    @property
    def writer(self) -> Writer:
        """The organization's writer, drawing from this commission's chance."""
        return self.organization.writer(self.rng, self.day.year)


def sides_of(faces: Sequence[Printed], stock: Stock, *, both: bool) -> tuple[Side, ...]:
    """One-page sides; where `both` sides of the paper are printed, each shows through on its partner."""
    out = []
    for number, face in enumerate(faces):
        partner = number ^ 1
        behind = (faces[partner],) if both and partner < len(faces) else ()
        out.append(Side((face,), stock, behind=behind))
    return tuple(out)


def bound_sides(faces: Sequence[Printed], stock: Stock, *, cover: Stock | None = None) -> tuple[Side, ...]:
    """Return a booklet as scanned: front cover, spreads, back cover. Takes an even number of faces."""
    outer = cover or stock
    inner = [faces[i : i + 2] for i in range(1, len(faces) - 1, 2)]
    spreads = [
        Side(tuple(pair), stock, behind=tuple(inner[i + 1]) if i + 1 < len(inner) else ())
        for i, pair in enumerate(inner)
    ]
    front, back = Side((faces[0],), outer, behind=(faces[1],)), Side((faces[-1],), outer, behind=(faces[-2],))
    return (front, *spreads, back)
