"""Booklets, scanned as cover, spreads, and back, or page by page."""

from __future__ import annotations

from clustering.samples.documents import DIGEST, SLIM, Commission, Document, Paper, Side, bound_sides, sides_of
from clustering.samples.face import BLACK, Anchor, Face, Ink, Printed, Style
from clustering.samples.language import MONTHS, title_case
from clustering.samples.pictures import emblem, photograph, union_bug
from clustering.samples.setting import Galley, headline, set_text
from clustering.samples.stock import COLORED, WHITE, Stock, pick_stock


def _cover(c: Commission, paper: Paper, title: str, ink: Ink) -> Face:
    """Return a booklet's front cover, unlike its inside: color, large type, a picture or a seal."""
    rng, org = c.rng, c.organization
    face = Face(paper.width, paper.height, scale=c.scale)
    wide, high = paper.width, paper.height
    layout = rng.randrange(4) if ink != BLACK else rng.randrange(1, 4)
    if layout == 0:
        face.fill(0, 0, wide, high, ink=ink)
        style = Style(org.display_face, wide * 0.085, ink=ink)
        for i, row in enumerate(_rows(title)):
            face.knock_out(wide / 2, high * 0.2 + i * wide * 0.12, row, style, anchor="center")
        style = face.fitted(org.name, Style("grotesque", 10, ink=ink), wide * 0.86)
        face.knock_out(wide / 2, high * 0.93, org.name, style, anchor="center")
        return face
    style = Style(org.display_face, wide * 0.1, ink=ink)
    align: Anchor = "center" if layout == 1 else "left"
    y = headline(face, title, style, wide * 0.1, high * 0.08, wide * 0.8, most=5, align=align)
    if layout == 2:
        face.picture(photograph(rng, 1.0), wide * 0.1, max(y + 20, high * 0.38), wide * 0.8, wide * 0.8)
    elif layout == 1:
        emblem(face, org.emblem, wide / 2, high * 0.62, wide * 0.4, ink=ink, initials=org.initials)
    else:
        face.fill(0, high * 0.72, wide, high, ink=ink)
    style = face.fitted(org.name, Style("grotesque", 9.5), wide * 0.86)
    face.text(wide / 2, high * 0.95, org.name, style, anchor="center")
    return face


def _rows(title: str) -> list[str]:
    """Return a title in rows of about sixteen letters."""
    rows: list[str] = [""]
    for word in title.split():
        if rows[-1] and len(rows[-1]) + len(word) > 15:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _back(c: Commission, paper: Paper, ink: Ink, *, filled: bool) -> Face:
    """Return a booklet's back cover: publisher, price and number, or only a seal."""
    rng, org = c.rng, c.organization
    face = Face(paper.width, paper.height, scale=c.scale)
    wide, high = paper.width, paper.height
    if filled:
        face.fill(0, 0, wide, high, ink=ink)
        emblem(face, org.emblem, wide / 2, high * 0.82, wide * 0.16, initials=org.initials)
        return face
    kind = rng.randrange(4)
    if kind == 0:
        union_bug(face, wide / 2, high * 0.93)
        return face
    small = Style(org.text_face, 8.5)
    for i, row in enumerate((org.name, org.street, org.town)):
        face.text(wide / 2, high * 0.78 + i * 12, row, face.fitted(row, small, wide * 0.85), anchor="center")
    if kind > 1:
        face.text(
            wide / 2,
            high * 0.78 + 48,
            f"Publication No. {rng.randint(4, 240)}     Price {rng.choice((5, 10, 15, 25))} cents",
            face.fitted("Publication No. 100     Price 10 cents", small, wide * 0.8),
            anchor="center",
        )
    if kind == 3:
        emblem(face, org.emblem, wide / 2, high * 0.5, wide * 0.3, ink=ink, initials=org.initials)
    union_bug(face, wide / 2, high * 0.95)
    return face


def _opening(c: Commission, paper: Paper, title: str, ink: Ink) -> Face:
    """Return the page inside the cover of many booklets: a title page, only an imprint, or a portrait with a note."""
    rng, org = c.rng, c.organization
    face = Face(paper.width, paper.height, scale=c.scale)
    wide, high = paper.width, paper.height
    layout = rng.randrange(3)
    if layout == 0:
        headline(
            face,
            title,
            Style(org.display_face, wide * 0.07, ink=ink),
            wide * 0.12,
            high * 0.2,
            wide * 0.76,
            align="center",
        )
        for i, row in enumerate((f"by {rng.choice(org.officers)[0]}", org.name, f"{org.town}, {c.day.year}")):
            top = (0.45, 0.8, 0.84)[i] * high
            face.text(wide / 2, top, row, face.fitted(row, Style(org.text_face, 10.5), wide * 0.8), anchor="center")
    elif layout == 1:
        for i, row in enumerate(
            (f"First printing, {MONTHS[c.day.month - 1]} {c.day.year}", org.name, org.street, org.town)
        ):
            face.text(wide * 0.12, high * 0.82 + i * 11, row, face.fitted(row, Style(org.text_face, 8), wide * 0.76))
    else:
        face.picture(photograph(rng, 0.8, scene="portrait"), wide * 0.25, high * 0.22, wide * 0.5, wide * 0.62)
        note = f"This is the text of an address by {rng.choice(org.officers)[0]} to {rng.choice(c.writer.theme.who)}."
        body = Galley(set_text(note, Style("grotesque", 9.5), wide * 0.6, justify="ragged"))
        body.pour(face, wide * 0.2, high * 0.22 + wide * 0.66, wide * 0.6, high * 0.9)
    return face


def _chapters(c: Commission, body: Style, ink: Ink, measure: float, room: float) -> Galley:
    """Return text under headings, enough for so many points of column."""
    rng, writer, galley = c.rng, c.writer, Galley()
    often = rng.choice((0.06, 0.12, 0.2))
    while galley.height() < room:
        if not galley or rng.random() < often:
            head = title_case(rng.choice(writer.theme.issue + writer.theme.aim))
            bold = Style(c.organization.display_face, body.size * 1.35, ink=ink)
            galley.add(set_text(head, bold, measure, justify="ragged", above=16, keep=True))
        galley.add(set_text(writer.paragraph(), body, measure, indent=12, above=2))
    return galley


def _folio(face: Face, style: int, number: int, body: Style, title: str) -> None:
    """Draw the page number as printers do: bottom center, bottom outer, top outer with the title, or none."""
    small = Style(body.face, 9)
    wide, high = face.width, face.height
    even = number % 2 == 0
    if style == 0:
        face.text(wide / 2, high - 24, str(number), small, anchor="center")
    elif style == 1:
        face.text(wide * 0.1 if even else wide * 0.9, high - 24, str(number), small, anchor="left" if even else "right")
    elif style == 2:
        face.text(wide * 0.1 if even else wide * 0.9, 26, str(number), small, anchor="left" if even else "right")
        face.text(
            wide / 2, 26, title if even else "", face.fitted(title, Style(body.face, 8), wide * 0.6), anchor="center"
        )


def _inner(c: Commission, paper: Paper, count: int, body: Style, ink: Ink, title: str) -> list[Printed]:
    """Return the inside pages, numbered in most booklets."""
    rng, edge = c.rng, paper.width * 0.12
    measure, faces = paper.width - 2 * edge, []
    folio, first = rng.choice((0, 0, 1, 2, 3)), rng.choice((1, 2, 2))
    opening = rng.random() < 0.55
    galley = _chapters(c, body, ink, measure, (count + 1 - opening) * (paper.height - 120))
    pictures = rng.choice((0.0, 0.1, 0.25))
    for page in range(count):
        if page == 0 and opening:
            faces.append(_opening(c, paper, title, ink).finish())
            continue
        face = Face(paper.width, paper.height, scale=c.scale)
        top = 44.0
        if rng.random() < pictures:
            tall = measure * rng.uniform(0.6, 0.95)
            face.picture(photograph(rng, measure / tall), edge, top, measure, tall)
            top += tall + 12
        galley.pour(face, edge, top, measure, paper.height - 52)
        if page > 0:
            _folio(face, folio, page + first, body, title)
        faces.append(face.finish())
    return faces


def draw_booklet(c: Commission, *, spreads: int = 0) -> Document:
    """Return a stapled booklet: cover, so many spreads, back; the cover may be of other paper."""
    rng, org, writer = c.rng, c.organization, c.writer
    paper = rng.choice((DIGEST, DIGEST, SLIM, Paper(396, 612), Paper(288, 432)))
    count = spreads or rng.choice((1, 2, 3, 4, 4, 6, 8, 12, 16))
    ink = org.color if rng.random() < 0.75 else BLACK
    title = title_case(
        writer.fill(rng.choice(("{Issue}", "{Aim}", "What about {issue}?", "{Issue} and you", "The story of {town}")))
    )
    body = Style(org.text_face, rng.choice((8.8, 9.6, 10.4)), 0)
    cover = _cover(c, paper, title, ink)
    filled = ink != BLACK and rng.random() < 0.2
    faces = [
        cover.finish(),
        *_inner(c, paper, 2 * count, body, ink, title),
        _back(c, paper, ink, filled=filled).finish(),
    ]
    stock = pick_stock(rng, (*WHITE, "coated", "yellowed"))
    outer: Stock | None = pick_stock(rng, (*COLORED, "kraft", "card", "coated")) if rng.random() < 0.45 else None
    sides: tuple[Side, ...] = bound_sides(faces, stock, cover=outer)
    if rng.random() < 0.15:
        sides = sides_of(faces, stock, both=True)
    dated = "" if rng.random() < 0.4 else str(c.day.year)
    return Document("booklet", f"{title} ({org.name})", dated, sides)
