"""Sides drawn by the generator, scanned, and measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random

from PIL import Image

from clustering.engine.evidence.columns import Column
from clustering.engine.evidence.sizes import compare_sizes, size_columns
from clustering.engine.paper import measure_paper
from clustering.engine.records import PageRecord
from clustering.samples.documents import Side
from clustering.samples.face import Face, Ink, Style
from clustering.samples.scanning import Wear, scan
from clustering.samples.stock import STOCKS

BED = (22, 22, 24)
WORDS = "the workers of the valley held their vote and said so to all who asked them in the hall"
STRAIGHT = Wear(BED, None, (), 0.0, False, 0, 0.0, 0.01, ())


def drawn(side: Side, *, glass: tuple[int, int] | None = None, bed: Ink = BED, seed: int = 4) -> PageRecord:
    """A side as it is scanned, in the middle of a glass of this size where one is given, and measured."""
    image = scan(side, 0, replace(STRAIGHT, bed=bed), Random(seed))
    if glass:
        whole = Image.new("RGB", glass, BED)
        whole.paste(image, ((glass[0] - image.width) // 2, (glass[1] - image.height) // 2))
        image = whole
    return PageRecord("p", *image.size, paper=measure_paper(image))


def sheet(wide: float, high: float, *, stock: str = "bond", ground: Ink | None = None, rows: int = 0) -> Side:
    """A sheet of so many points, plain or printed over, with rows of type."""
    face = Face(wide, high)
    if ground:
        face.fill(0, 0, wide, high, ink=ground)
    words = WORDS.split()
    style = face.fitted(" ".join(words), Style("roman", 10), wide * 0.7)
    for row in range(rows):
        face.text(wide * 0.2, high * (0.2 + 0.6 * row / rows), " ".join(words[row % 7 :] + words[: row % 7]), style)
    return Side((face.finish(),), STOCKS[stock])


@cache
def letter() -> PageRecord:
    """A letter of twenty lines."""
    return drawn(sheet(612, 792, rows=20))


def fact_of(columns: list[Column], name: str) -> tuple[float, str]:
    """Value and sentence of a fact at the first seam."""
    named = next(column for column in columns if column.name == name)
    return float(named.values[0]), named.say(0)


def size_columns_of(pages: Sequence[PageRecord]) -> list[Column]:
    """Facts about the sizes of neighbors."""
    return size_columns(compare_sizes(pages))
