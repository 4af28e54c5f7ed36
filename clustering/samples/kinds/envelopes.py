"""Envelopes: a few words on bare paper, a stamp, and a postmark; the back has a flap."""

from __future__ import annotations

import datetime
from random import Random

from clustering.samples.documents import Commission, Document, Paper, Side
from clustering.samples.face import BLACK, Face, Ink, Printed, Style
from clustering.samples.kinds.personal import BALLPOINTS
from clustering.samples.language import long_date
from clustering.samples.pictures import photograph
from clustering.samples.stock import STOCKS, Stock, pick_stock

SIZES = (Paper(684, 297), Paper(468, 261), Paper(522, 279), Paper(414, 315))
"""Long ones for sheets folded in three, and smaller ones."""
POSTMARK: Ink = (70, 70, 78)


def _front(c: Commission, paper: Paper, sender: tuple[str, ...], addressee: str, pen: Style) -> Printed:
    rng, face = c.rng, Face(paper.width, paper.height, scale=c.scale)
    for i, row in enumerate(sender):
        face.text(18, 26 + i * 11, row, Style("grotesque", 8))
    left, top = paper.width - 66, 16.0
    face.picture(photograph(rng, 0.85, scene="portrait"), left, top, 48, 56, ink=rng.choice(((150, 44, 52), BLACK)))
    _postmark(face, c.day, c.organization.town, left - 34, top + 34)
    at, y = paper.width * rng.uniform(0.36, 0.46), paper.height * rng.uniform(0.5, 0.6)
    for i, row in enumerate((addressee, c.writer.address(), c.writer.town)):
        face.text(at + 6 * i * (pen.face in {"pen", "scrawl"}), y + i * pen.size * 1.15, row, pen)
    return face.finish(gain=rng.uniform(1.0, 1.2))


def _postmark(face: Face, day: datetime.date, town: str, x: float, y: float) -> None:
    """Draw a round date stamp, with the waves that cancel the stamp beside it."""
    face.ellipse(x - 30, y - 30, x + 30, y + 30, ink=POSTMARK, weight=1.0)
    small = Style("grotesque", 6, ink=POSTMARK)
    face.text(x, y - 12, town.split(",")[0].upper()[:14], small, anchor="center")
    face.text(x, y + 2, long_date(day).upper(), small, anchor="center")
    for i in range(5):
        face.rule(x + 32, y - 16 + i * 8, x + 96, y - 14 + i * 8, weight=1.0, ink=POSTMARK)


def _back(c: Commission, paper: Paper, front: Printed, stock: Stock) -> Side:
    face = Face(paper.width, paper.height, scale=c.scale)
    deep = paper.height * c.rng.uniform(0.4, 0.6)
    face.rule(0, 0, paper.width / 2, deep, weight=0.5, ink=(176, 170, 160))
    face.rule(paper.width / 2, deep, paper.width, 0, weight=0.5, ink=(176, 170, 160))
    if c.rng.random() < 0.4:
        _postmark(face, c.day + datetime.timedelta(days=2), c.writer.town, paper.width * 0.3, paper.height * 0.75)
    return Side((face.finish(),), stock, behind=(front,))


def envelope_of(c: Commission, letter: Document, sender: tuple[str, ...], addressee: str, *, back: bool) -> list[Side]:
    """Return the front of a letter's envelope, and its back if that was scanned too.

    It is addressed by hand if the letter is handwritten, and mostly typed otherwise.
    """
    rng, paper = c.rng, c.rng.choice(SIZES)
    by_hand = "by hand" in letter.title or rng.random() < 0.2
    pen = Style(rng.choice(("pen", "scrawl")), 19, ink=rng.choice(BALLPOINTS)) if by_hand else Style("pica", 11)
    plain = letter.sides[0].stock
    stock = plain if rng.random() < 0.5 else pick_stock(Random(rng.random()), ("bond", "cream", "kraft", "buff", "rag"))
    stock = Stock(stock.name, stock.tone, stock.grain, STOCKS["bond"].show_through, stock.ageing)
    front = _front(c, paper, sender, addressee, pen)
    return [Side((front,), stock), *([_back(c, paper, front, stock)] if back else [])]
