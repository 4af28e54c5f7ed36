"""Flyers in many layouts, leaflets folded into panels, and fact sheets in series."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from clustering.samples.documents import HALF, LETTER, Commission, Document, Paper, Side, sides_of
from clustering.samples.face import BLACK, Face, Ink, Printed, Style
from clustering.samples.language import MONTHS, capital, title_case
from clustering.samples.pictures import emblem, photograph, union_bug
from clustering.samples.setting import Galley, column_lefts, headline, set_text
from clustering.samples.stock import COLORED, WHITE, pick_stock
from clustering.samples.typewriter import TypedText, pick_machine, typed_heading, typed_paragraph

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PLACES = ("Town Hall", "Grange Hall", "Union Hall", "the Common", "High School Auditorium", "Odd Fellows Hall")

Layout = Callable[[Commission, Face, Ink, str], None]


def _when(c: Commission) -> str:
    hour = f"{c.rng.randint(2, 8)}:{c.rng.choice(('00', '30'))} P.M."
    return f"{WEEKDAYS[c.day.weekday()]}, {MONTHS[c.day.month - 1]} {c.day.day}, {hour}"


def _foot(c: Commission, face: Face) -> None:
    """Draw who is responsible, at the bottom."""
    org = c.organization
    words = f"{c.rng.choice(('', 'Issued by ', 'Sponsored by '))}{org.name}, {org.street}, {org.town}"
    style = Style("grotesque", 8)
    if face.measure(words, style) > face.width - 40:
        style = face.fit(words, style, face.width - 40)
    face.text(face.width / 2, face.height - 30, words, style, anchor="center")
    if c.rng.random() < 0.5:
        union_bug(face, face.width / 2, face.height - 17)


def _appointment(c: Commission, face: Face, ink: Ink, y: float) -> None:
    """Draw day and place in large type around y."""
    wide = face.width
    style = Style(c.organization.display_face, wide * 0.034, ink=ink)
    for i, row in enumerate((_when(c), f"{c.rng.choice(PLACES)}, {c.writer.address()}")):
        fitted = face.fit(row, style, wide * 0.84) if face.measure(row, style) > wide * 0.84 else style
        face.text(wide / 2, y + i * style.size * 1.5, row, fitted, anchor="center")


def _call(c: Commission, face: Face, ink: Ink, slogan: str) -> None:
    """Draw large words, a picture or a seal, a few lines, day and place."""
    rng, org, writer = c.rng, c.organization, c.writer
    wide, high, edge = face.width, face.height, face.width * 0.09
    if rng.random() < 0.35:
        face.fill(0, 0, wide, high * 0.17, ink=ink)
        style = face.fit(slogan, Style(org.display_face, 40, ink=ink), wide - 2 * edge)
        style = Style(style.face, min(style.size, high * 0.09), ink=ink)
        face.knock_out(wide / 2, high * 0.115, slogan, style, anchor="center")
        y = high * 0.2
    else:
        style = Style(org.display_face, wide * rng.uniform(0.075, 0.11), ink=ink)
        y = headline(face, slogan, style, edge, high * 0.05, wide - 2 * edge, align=rng.choice(("left", "center")))
    if rng.random() < 0.6:
        tall = high * rng.uniform(0.25, 0.36)
        face.picture(photograph(rng, (wide - 2 * edge) / tall), edge, y + 12, wide - 2 * edge, tall)
        y += tall + 18
    elif rng.random() < 0.6:
        emblem(face, rng.randrange(6), wide / 2, y + high * 0.15, high * 0.22, ink=ink, initials=org.initials)
        y += high * 0.29
    galley, body = Galley(), Style(org.text_face, wide * 0.0225 + 1.5)
    while galley.height() < (high * 0.83 - y) * 0.8:
        galley.add(set_text(writer.paragraph(rng.randint(1, 3)), body, wide - 2 * edge, justify="ragged", above=9))
    y = galley.pour(face, edge, y + 10, wide - 2 * edge, high * 0.84)
    _appointment(c, face, ink, max(y + 34, high * 0.86))
    _foot(c, face)


def _poster(c: Commission, face: Face, ink: Ink, slogan: str) -> None:
    """Draw only large words down the sheet, each line as wide as possible."""
    rng, org = c.rng, c.organization
    wide, high = face.width, face.height
    reverse = rng.random() < 0.35
    if reverse:
        face.fill(0, 0, wide, high, ink=ink)
    rows, y = _stack(slogan), high * 0.1
    for row in rows:
        style = face.fit(row, Style(org.display_face, 50, ink=ink), wide * 0.8)
        style = Style(style.face, min(style.size, high * 0.75 / len(rows)), ink=ink)
        y += style.size * 0.95
        face.text(wide / 2, y, row, style, anchor="center", tone=255 if reverse else 0)
        y += style.size * 0.22
    if not reverse:
        if y < high * 0.6:
            face.picture(photograph(rng, wide * 0.8 / (high * 0.24)), wide * 0.1, y + 12, wide * 0.8, high * 0.24)
        if rng.random() < 0.6:
            _appointment(c, face, BLACK, high * 0.885)
        _foot(c, face)


def _stack(slogan: str) -> list[str]:
    """Return the words of a slogan in short rows."""
    rows: list[str] = [""]
    for word in slogan.upper().split():
        if rows[-1] and len(rows[-1]) + len(word) > 10:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _points(c: Commission, face: Face, ink: Ink, slogan: str) -> None:
    """Draw a headline and a list of points with headings."""
    rng, org, writer = c.rng, c.organization, c.writer
    wide, high, edge = face.width, face.height, face.width * 0.1
    style = Style(org.display_face, wide * 0.07, ink=ink)
    y = headline(face, slogan, style, edge, high * 0.05, wide - 2 * edge, align="center", most=2) + 8
    if rng.random() < 0.4:
        face.rule(edge, y, wide - edge, y, weight=2, ink=ink)
    galley, body = Galley(), Style(org.text_face, wide * 0.021 + 1)
    mark = rng.choice(("•", "1.", "-", ""))
    number = 0
    while galley.height() < high * 0.84 - y:
        number += 1
        lead = f"{number}." if mark == "1." else mark
        head = title_case(rng.choice(writer.theme.aim + writer.theme.issue))
        bold = Style(org.display_face, body.size * 1.2, ink=ink)
        galley.add(set_text(f"{lead} {head}".strip(), bold, wide - 2 * edge, justify="ragged", above=10, keep=True))
        text = writer.paragraph(rng.randint(1, 3))
        galley.add(set_text(text, body, wide - 2 * edge, justify="ragged", indent=16, hang=16, above=3))
    galley.pour(face, edge, y + 6, wide - 2 * edge, high * 0.87)
    _foot(c, face)


def _columns(c: Commission, face: Face, ink: Ink, slogan: str) -> None:
    """Draw two columns of argument with headings, sometimes with a coupon."""
    rng, org, writer = c.rng, c.organization, c.writer
    edge, wide = face.width * 0.08, face.width
    style = Style(org.display_face, wide * 0.042, ink=ink)
    y = headline(face, slogan, style, edge, 26, wide - 2 * edge, most=2)
    count = rng.choice((1, 2)) if wide > 400 else 1
    lefts, measure = column_lefts(edge, wide - edge, count, 18)
    galley, body, coupon = Galley(), Style(org.text_face, 10.2), rng.random() < 0.45
    bottom = face.height - (150 if coupon else 48)
    while galley.height() < (bottom - y) * len(lefts) * rng.uniform(0.85, 1.0):
        if rng.random() < 0.4:
            head = capital(rng.choice(writer.theme.issue))
            bold = Style(org.display_face, 12, ink=ink)
            galley.add(set_text(head, bold, measure, justify="ragged", above=9, keep=True))
        galley.add(set_text(writer.paragraph(), body, measure, indent=12, above=3))
    for left in lefts:
        galley.pour(face, left, y + 10, measure, bottom)
    if coupon:
        _coupon(face, c, edge, face.height - 130)


def _coupon(face: Face, c: Commission, edge: float, y: float) -> None:
    """Draw a box to cut out and mail."""
    org, small = c.organization, Style("grotesque", 8.5)
    face.box(edge, y, face.width - edge, y + 100, weight=1.0)
    face.text(edge + 8, y + 16, f"Mail to: {org.name}, {org.street}, {org.town}"[: int(face.width / 5)], small)
    for i, label in enumerate(("Name", "Address", "Town", "I enclose $")):
        face.text(edge + 8, y + 36 + i * 18, label, small)
        face.rule(edge + 60, y + 37 + i * 18, face.width - edge - 10, y + 37 + i * 18, weight=0.5)


def _stencil(c: Commission, face: Face, ink: Ink, slogan: str) -> None:
    """Draw a stencil with a hand-lettered heading and typed text below."""
    rng, writer = c.rng, c.writer
    wide, high = face.width, face.height
    style = Style(rng.choice(("pen", "poster", "gothic")), wide * 0.065, ink=ink)
    y = headline(face, slogan, style, 40, 26, wide - 80, align="center", most=2)
    machine = pick_machine(rng, c.organization.typewriter, ink=ink)
    chars = int((wide - 100) / machine.advance)
    text = TypedText([])
    while text.height() < high - y - 130:
        if rng.random() < 0.3:
            head = capital(rng.choice(writer.theme.aim)).upper()
            text.waiting.extend(typed_heading(head, chars, centered=rng.random() < 0.5))
        text.waiting.extend(typed_paragraph(writer.paragraph(), chars, indent=rng.choice((0, 5))))
    text.pour(face, machine, rng, left=50, top=y + 26, bottom=high - 56)
    if rng.random() < 0.4:
        machine.type(face, wide - 130, high - 36, "labor donated", rng)


def _record(c: Commission, face: Face, ink: Ink, slogan: str) -> None:
    """Draw a table of votes or prices, with a note on how to read it."""
    rng, org, writer = c.rng, c.organization, c.writer
    wide, high, edge = face.width, face.height, face.width * 0.08
    style = Style(org.display_face, wide * 0.05, ink=ink)
    y = headline(face, slogan, style, edge, 30, wide - 2 * edge, align="center", most=2) + 10
    body = Style(org.text_face, 9.5)
    y = Galley(set_text(writer.paragraph(2), body, wide - 2 * edge)).pour(face, edge, y, wide - 2 * edge, y + 90) + 14
    columns = rng.randint(4, 7) if wide > 400 else 3
    step = (wide - 2 * edge - wide * 0.32) / columns
    face.rule(edge, y, wide - edge, y, weight=1.2)
    face.text(edge, y + 14, "Name", Style("grotesque-bold", 8.5))
    for i in range(columns):
        face.text(
            edge + wide * 0.32 + (i + 0.5) * step, y + 14, str(i + 1), Style("grotesque-bold", 8.5), anchor="center"
        )
    y += 20
    while y < high - 70:
        face.rule(edge, y, wide - edge, y, weight=0.4)
        y += 15
        face.text(edge, y - 4, writer.person(), Style(org.text_face, 9))
        for i in range(columns):
            vote = rng.choice(("R", "W", "R", "W", "A"))
            face.text(edge + wide * 0.32 + (i + 0.5) * step, y - 4, vote, Style("grotesque", 8.5), anchor="center")
    face.rule(edge, y, wide - edge, y, weight=1.2)
    face.text(edge, y + 14, "R = Right    W = Wrong    A = Absent", Style("grotesque-italic", 8))
    _foot(c, face)


FRONTS: tuple[Layout, ...] = (_call, _call, _poster, _points, _stencil, _columns, _record)
BACKS: tuple[Layout, ...] = (_columns, _columns, _points, _record, _stencil)
SHEETS = (LETTER, LETTER, LETTER, HALF, HALF, Paper(306, 792), Paper(432, 648), Paper(612, 1008))


def draw_flyer(c: Commission, *, two_sided: bool | None = None) -> Document:
    """Return a flyer on one or both sides of a sheet."""
    rng, org, writer = c.rng, c.organization, c.writer
    paper, slogan = rng.choice(SHEETS), writer.slogan()
    ink = BLACK if rng.random() < 0.5 else org.color
    both = rng.random() < 0.55 if two_sided is None else two_sided
    front = Face(paper.width, paper.height, scale=c.scale)
    layout = rng.choice(FRONTS if paper.width > 400 else FRONTS[:4])
    layout(c, front, ink, slogan)
    faces = [front.finish(gain=1.4 if layout is _stencil else 1.12)]
    if both:
        back = Face(paper.width, paper.height, scale=c.scale)
        rng.choice(BACKS if paper.width > 400 else BACKS[:3])(c, back, ink, writer.headline())
        faces.append(back.finish())
    stock = pick_stock(rng, (*WHITE, *COLORED, *WHITE, *WHITE, "yellowed", "newsprint", "mimeograph"))
    dated = c.day.isoformat() if rng.random() < 0.4 else (str(c.day.year) if rng.random() < 0.4 else "")
    title = f"{slogan} ({org.name})"
    return Document("flyer", title, dated, sides_of(faces, stock, both=both), folded=rng.random() < 0.3)


def draw_leaflet(c: Commission) -> Document:
    """Return a sheet folded into two or three panels: front panel, the open inside as one image, the back panel or
    flap."""
    rng, org, writer = c.rng, c.organization, c.writer
    panels = rng.choice((2, 3, 3))
    paper = Paper(792 / 3, 612) if panels == 3 else rng.choice((Paper(396, 612), Paper(306, 396), Paper(252, 504)))
    ink, slogan = org.color, writer.slogan()
    front = Face(paper.width, paper.height, scale=c.scale)
    rng.choice((_call, _poster, _poster))(c, front, ink, slogan)
    inside = []
    for _ in range(panels):
        face = Face(paper.width, paper.height, scale=c.scale)
        _columns(c, face, ink, writer.headline())
        inside.append(face.finish())
    outside = []
    for panel in range(panels - 1):
        face = Face(paper.width, paper.height, scale=c.scale)
        if panel == 0 and rng.random() < 0.6:
            _foot(c, face)
            emblem(
                face, org.emblem, face.width / 2, face.height * 0.45, face.width * 0.3, ink=ink, initials=org.initials
            )
        else:
            _points(c, face, ink, writer.headline())
        outside.append(face.finish())
    stock = pick_stock(rng, (*WHITE, *WHITE, *COLORED, "coated", "yellowed"))
    first = front.finish()
    sides = [Side((first,), stock, behind=(inside[0],)), Side(tuple(inside), stock, behind=(*outside, first))]
    if panels == 3 and rng.random() < 0.5:
        sides.append(Side(tuple(outside), stock))
    else:
        sides.extend(Side((face,), stock) for face in outside)
    return Document("flyer", f"{slogan} ({org.name})", str(c.day.year) if rng.random() < 0.5 else "", tuple(sides))


def draw_fact_sheet(c: Commission, *, series: str = "", number: int = 0, stock_seed: str = "") -> Document:
    """Return one of a series of fact sheets: same heading, paper, and type, another number and subject.

    Number 0 means a random one, for a fact sheet by itself.
    """
    rng, org, writer = c.rng, c.organization, c.writer
    series = series or title_case(writer.fill("A program for {town}"))
    house = Random(stock_seed or series)
    stock = pick_stock(house, (*COLORED, *WHITE, "yellowed"))
    faced, size = house.choice(("roman", "grotesque", org.text_face)), house.choice((9.5, 10.5, 11.0))
    topic = title_case(rng.choice(writer.theme.aim + writer.theme.issue))
    number = number or Random(f"{series}:{topic}").randint(1, 14)
    galley = Galley()
    measure, left = LETTER.width - 130, 65.0
    galley.add(set_text(topic.upper(), Style("grotesque-bold", 12), measure, justify="centered", above=4))
    for i in range(rng.choice((5, 7, 9, 12))):
        if i % 3 == 0:
            head = capital(rng.choice(writer.theme.issue + writer.theme.aim)).upper()
            galley.add(set_text(head, Style("grotesque-bold", 10), measure, justify="ragged", above=14, keep=True))
        galley.add(set_text(writer.paragraph(), Style(faced, size, size * 1.28), measure, indent=18, above=6))
    faces: list[Printed] = []
    while galley:
        face = Face(LETTER.width, LETTER.height, scale=c.scale)
        top = 50.0
        if not faces:
            face.text(left, 50, f"“{series.upper()}”", Style("grotesque-bold", 10))
            face.text(left, 63, org.name, Style("grotesque-bold", 9.5))
            face.text(left, 75, f"{MONTHS[c.day.month - 1]} {c.day.year}", Style("grotesque-bold", 9.5))
            face.text(face.width - left, 50, f"Fact Sheet No. {number}", Style("grotesque-bold", 10), anchor="right")
            top = 96.0
        galley.pour(face, left, top, measure, face.height - 60)
        if not galley:
            union_bug(face, face.width / 2, face.height - 34)
        faces.append(face.finish())
    title = f"{series}, Fact Sheet No. {number}: {topic}"
    return Document(
        "flyer", title, c.day.isoformat()[:7], sides_of(faces, stock, both=True), punched=house.choice((0, 0, 3))
    )
