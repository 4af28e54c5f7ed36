"""Newspaper clippings, cut by hand."""

from __future__ import annotations

from clustering.samples.documents import Commission, Document, Side
from clustering.samples.face import Face, Style
from clustering.samples.pictures import photograph
from clustering.samples.setting import Galley, column_lefts, headline, set_text
from clustering.samples.stock import pick_stock


def draw_clipping(c: Commission) -> Document:
    """Return a newspaper clipping, cut by hand, sometimes with the name of the paper written on it."""
    rng, writer = c.rng, c.writer
    columns = rng.choice((1, 1, 2, 3))
    wide, high = columns * 150.0 + 30, rng.uniform(260, 640)
    face = Face(wide, high, scale=c.scale)
    head = writer.headline()
    y = headline(
        face,
        head,
        Style(rng.choice(("roman-bold", "baskerville-bold", "gothic")), 20 + 6 * columns),
        14,
        14,
        wide - 28,
        most=4,
    )
    lefts, measure = column_lefts(14, wide - 14, columns, 12)
    galley, body = Galley(), Style("roman", 9.2, 10.6)
    galley.add(set_text(f"By {writer.person().upper()}", Style("roman-bold", 8), measure, justify="centered", above=4))
    while galley.height() < (high - y - 20) * columns:
        galley.add(set_text(writer.paragraph(2), body, measure, indent=9))
    if columns > 1 and rng.random() < 0.5:
        tall = measure * 1.2
        face.picture(photograph(rng, measure / tall, scene="portrait"), lefts[-1], y + 8, measure, tall)
        galley.pour(face, lefts[-1], y + tall + 10, measure, high - 16)
        lefts = lefts[:-1]
    for left in lefts:
        galley.pour(face, left, y + 8, measure, high - 16)
    dated = rng.random() < 0.6
    if dated:
        face.text(
            16,
            high - 6,
            f"{writer.town} Courier {c.day.month}/{c.day.day}/{c.day.year % 100:02d}",
            Style("pen", 15, ink=(30, 42, 120)),
        )
    stock = pick_stock(rng, ("newsprint", "newsprint", "yellowed"))
    side = Side((face.finish(gain=1.4),), stock, torn=True)
    return Document("clipping", f"Clipping: {head}", c.day.isoformat() if dated else "", (side,))
