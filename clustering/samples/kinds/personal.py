"""Documents without a printer: handwritten letters, and photographs with a caption on the back."""

from __future__ import annotations

import textwrap

from PIL import Image

from clustering.samples.documents import HALF, LETTER, MONARCH, Commission, Document, Paper, Side, sides_of
from clustering.samples.face import Face, Ink, Printed, Style
from clustering.samples.language import long_date
from clustering.samples.pictures import photograph
from clustering.samples.stock import STOCKS, pick_stock

BALLPOINTS: tuple[Ink, ...] = ((36, 52, 138), (40, 40, 48), (28, 70, 140), (90, 90, 96))
RULING: Ink = (150, 178, 214)


def _rule_sheet(face: Face, pitch: float) -> None:
    """Draw the blue lines and red margin of a writing pad."""
    y = 80.0
    while y < face.height - 30:
        face.rule(0, y + 3, face.width, y + 3, weight=0.5, ink=RULING)
        y += pitch
    face.rule(70, 0, 70, face.height, weight=0.6, ink=(222, 150, 150))


def draw_handwritten(c: Commission) -> Document:
    """Return a handwritten letter, on plain paper or a ruled pad, one to three sheets, rarely numbered."""
    rng, writer = c.rng, c.writer
    paper = rng.choice((LETTER, MONARCH, HALF))
    ruled, pitch = rng.random() < 0.5, rng.choice((22.0, 26.0))
    style = Style(rng.choice(("pen", "scrawl")), rng.uniform(19, 23), ink=rng.choice(BALLPOINTS))
    signer = writer.person()
    rows = ["    " * 8 + long_date(c.day), "", f"Dear {writer.person().split()[0]},", ""]
    for _ in range(rng.choice((1, 2, 3, 5))):
        rows += textwrap.wrap("      " + writer.paragraph(), int((paper.width - 130) / style.size * 2.35))
    rows += ["", "    " * 8 + rng.choice(("Yours,", "As ever,", "Sincerely,")), "    " * 8 + signer.split()[0]]
    faces: list[Printed] = []
    numbered = rng.random() < 0.3
    while rows:
        face = Face(paper.width, paper.height, scale=c.scale)
        if ruled:
            _rule_sheet(face, pitch)
        if numbered and faces:
            face.text(face.width - 60, 40, str(len(faces) + 1), style)
        y = 80.0
        while rows and y < face.height - 40:
            face.text(78 + rng.uniform(-3, 3), y + rng.uniform(-1, 1), rows.pop(0), style)
            y += pitch
        faces.append(face.finish(gain=1.0))
    stock = pick_stock(rng, ("canary", "bond", "cream") if ruled else ("bond", "cream", "rag", "blue", "onionskin"))
    sides = sides_of(faces, stock, both=rng.random() < 0.4)
    title = f"Letter by hand, {signer.split()[0]} to {c.organization.name}, {long_date(c.day)}"
    return Document("letter", title, c.day.isoformat(), sides, folded=rng.random() < 0.7)


def draw_photograph(c: Commission) -> Document:
    """Return a photographic print with a white border; most have a back with a penciled caption or a stamp."""
    rng, org, writer = c.rng, c.organization, c.writer
    paper = rng.choice((Paper(576, 720), Paper(504, 360), Paper(360, 504), Paper(720, 576)))
    face = Face(paper.width, paper.height, scale=c.scale)
    edge = rng.choice((0.0, 14.0, 18.0))
    picture = photograph(
        rng,
        (paper.width - 2 * edge) / (paper.height - 2 * edge),
        scene=rng.choice(("crowd", "house", "meeting", "river")),
    )
    size = (face.pixels(paper.width - 2 * edge), face.pixels(paper.height - 2 * edge))
    plate = face.plate((30, 28, 27))[0]
    plate.paste(picture.resize(size, Image.Resampling.BICUBIC), (face.pixels(edge), face.pixels(edge)))
    sides = [Side((face.finish(gain=1.0),), STOCKS["coated"])]
    caption = writer.sentence()
    if rng.random() < 0.7:
        back = Face(paper.width, paper.height, scale=c.scale)
        pencil = Style("pen", 17, ink=(96, 96, 100))
        for i, row in enumerate(textwrap.wrap(caption, 40)):
            back.text(40, 70 + 22 * i, row, pencil)
        back.box(40, paper.height - 130, 230, paper.height - 70, weight=1, ink=(90, 70, 150))
        back.text(50, paper.height - 108, org.name[:26], Style("grotesque-bold", 9, ink=(90, 70, 150)))
        back.text(50, paper.height - 92, long_date(c.day), Style("grotesque", 9, ink=(90, 70, 150)))
        sides.append(Side((back.finish(),), STOCKS["coated"]))
    dated = c.day.isoformat() if len(sides) > 1 else ""
    return Document("other", f"Photograph: {caption}", dated, tuple(sides))
