"""Newsletters: printed ones in columns, typed ones under a printed masthead."""

from __future__ import annotations

from random import Random

from clustering.samples.documents import LETTER, Commission, Document, bound_sides, sides_of
from clustering.samples.face import BLACK, Face, Ink, Printed, Style
from clustering.samples.language import MONTHS, long_date
from clustering.samples.pictures import emblem, photograph, union_bug
from clustering.samples.setting import Galley, column_lefts, headline, set_text
from clustering.samples.stock import COLORED, WHITE, pick_stock
from clustering.samples.typewriter import TypedText, pick_machine, typed_heading, typed_paragraph


class Habit:
    """The design of a serial, the same in every issue."""

    def __init__(self, c: Commission) -> None:
        org = c.organization
        house = Random(f"{org.name}:{org.serial}:{org.founded}")
        self.columns = house.choice((2, 2, 3, 3))
        self.masthead = house.randrange(3)
        self.ink: Ink = house.choice((BLACK, org.color, org.color))
        self.body = Style(org.text_face, 9.4, 11.4)
        self.head = Style(org.display_face, 19)
        self.typed = house.random() < 0.3
        self.spread = not self.typed and house.random() < 0.45
        self.folio = house.choice(("{page}", "{page} / {serial}", "- {page} -", "Page {page}", ""))
        self.punched = house.choice((0, 0, 0, 3))
        self.stock_names = house.choice(
            (WHITE, WHITE, ("coated",), ("yellowed",), ("mimeograph",), ("newsprint",), (house.choice(COLORED),))
        )


def _masthead(face: Face, c: Commission, habit: Habit, issue: str, date: str) -> float:
    """Draw the name of the serial on the first page, and return the y below it."""
    org, ink, wide = c.organization, habit.ink, face.width
    name = org.serial
    small = Style("grotesque", 8.5)
    if habit.masthead == 0:
        face.fill(36, 34, wide - 36, 108, ink=ink)
        face.knock_out(
            wide / 2, 90, name, face.fitted(name, Style(org.display_face, 52, ink=ink), wide - 110), anchor="center"
        )
        y = 124.0
    elif habit.masthead == 1:
        face.text(40, 86, name, face.fitted(name, Style(org.display_face, 46, ink=ink), wide - 160))
        emblem(face, org.emblem, wide - 74, 66, 58, ink=ink, initials=org.initials)
        face.rule(36, 100, wide - 36, 100, weight=2, ink=ink)
        y = 116.0
    else:
        face.text(
            wide / 2,
            84,
            name.upper(),
            face.fitted(name.upper(), Style(org.display_face, 44, ink=ink), wide - 80),
            anchor="center",
        )
        face.text(wide / 2, 102, f"Published by {org.name}", Style("grotesque-italic", 9), anchor="center")
        y = 120.0
    face.text(40, y, issue, small)
    face.text(wide / 2, y, org.town, small, anchor="center")
    face.text(wide - 40, y, date, small, anchor="right")
    face.rule(36, y + 6, wide - 36, y + 6, weight=0.7)
    return y + 12


def _stories(c: Commission, habit: Habit, measure: float, room: float) -> Galley:
    """Return enough stories to fill `room` points of column."""
    rng, writer, galley = c.rng, c.writer, Galley()
    while galley.height() < room:
        head = Style(habit.head.face, rng.choice((12, 14, 17)), ink=habit.ink if rng.random() < 0.4 else BLACK)
        galley.add(set_text(writer.headline(), head, measure, justify="ragged", above=14, keep=True))
        for _ in range(rng.randint(2, 6)):
            galley.add(set_text(writer.paragraph(), habit.body, measure, indent=10))
    return galley


def _fill_page(face: Face, c: Commission, habit: Habit, galley: Galley, top: float, bottom: float) -> None:
    """Draw columns of stories around at most two photographs with captions."""
    rng = c.rng
    lefts, measure = column_lefts(40, face.width - 40, habit.columns, 16)
    tops = [top] * habit.columns
    if rng.random() < 0.65:
        span = rng.randint(1, habit.columns)
        first = rng.randint(0, habit.columns - span)
        wide = measure * span + 16 * (span - 1)
        tall = min(wide / rng.uniform(1.1, 1.6), (bottom - top) * 0.4)
        face.picture(photograph(rng, wide / tall), lefts[first], top + 2, wide, tall)
        caption = Galley(set_text(c.writer.sentence(), Style("grotesque-italic", 7.6), wide, justify="ragged"))
        below = caption.pour(face, lefts[first], top + tall + 4, wide, top + tall + 40) + 6
        for column in range(first, first + span):
            tops[column] = below
    for left, start in zip(lefts, tops, strict=True):
        galley.pour(face, left, start, measure, bottom)
    if rng.random() < 0.3:
        for left in lefts[1:]:
            face.rule(left - 8, top, left - 8, bottom, weight=0.4)


def _furniture(
    face: Face, c: Commission, habit: Habit, page: int, count: int, issue: str, shown: str
) -> tuple[float, float]:
    """Draw what surrounds the columns of a page, masthead or page number, and address panel; return top and bottom."""
    top, bottom = 44.0, face.height - 50
    if page == 1:
        top = _masthead(face, c, habit, issue, shown)
        words = c.writer.headline()
        style = Style(habit.head.face, c.rng.choice((24, 30)))
        top = headline(face, words, style, 40, top, face.width - 80, most=2) + 6
    elif habit.folio:
        words = habit.folio.format(page=page, serial=c.organization.serial.upper())
        left = page % 2 == 0
        at = 40.0 if left else face.width - 40
        face.text(at, face.height - 28, words, Style("grotesque", 9), anchor="left" if left else "right")
    if page == count and c.rng.random() < 0.5:
        bottom -= 150
        _mailing_panel(face, c, bottom + 16)
    elif page == count:
        union_bug(face, face.width / 2, face.height - 26)
    return top, bottom


def draw_newsletter(c: Commission, *, issue: int = 0, pages: int = 0, numbered: bool | None = None) -> Document:
    """Return one issue of the organization's serial; folded ones are scanned as front, spread, and back.

    Unless given, the serial decides whether its pages are numbered.
    """
    rng, org, habit = c.rng, c.organization, Habit(c)
    if numbered is not None:
        habit.folio = (habit.folio or "{page}") if numbered else ""
    volume = max(c.day.year - org.founded + 1, 1)
    number = issue or rng.randint(1, 24)
    shown = f"{MONTHS[c.day.month - 1]} {c.day.year}" if rng.random() < 0.5 else long_date(c.day)
    count = pages or (4 if habit.spread else rng.choice((2, 2, 4, 6)))
    if habit.typed:
        return _typed_issue(c, habit, f"Vol. {volume}, No. {number}", shown)
    _, measure = column_lefts(40, LETTER.width - 40, habit.columns, 16)
    galley = _stories(c, habit, measure, count * habit.columns * 640.0)
    faces: list[Printed] = []
    for page in range(1, count + 1):
        face = Face(LETTER.width, LETTER.height, scale=c.scale)
        top, bottom = _furniture(face, c, habit, page, count, f"Vol. {volume}, No. {number}", shown)
        _fill_page(face, c, habit, galley, top, bottom)
        faces.append(face.finish())
    stock = pick_stock(rng, habit.stock_names)
    sides = bound_sides(faces, stock) if habit.spread and count in (4, 6) else sides_of(faces, stock, both=True)
    date = c.day.isoformat() if "," in shown else c.day.isoformat()[:7]
    return Document(
        "newsletter",
        f"{org.serial}, Vol. {volume}, No. {number}, {shown}",
        date,
        sides,
        punched=habit.punched,
        stapled=count > 4,
        folded=rng.random() < 0.3,
    )


def _typed_issue(c: Commission, habit: Habit, issue: str, shown: str) -> Document:
    """Return an issue typed on stencils under a printed masthead, with underlined headings and numbered sheets."""
    rng, org, writer = c.rng, c.organization, c.writer
    machine = pick_machine(Random(f"{org.name}:{org.serial}"), org.typewriter)
    chars = int((LETTER.width - 144) / machine.advance)
    text = TypedText([])
    for _ in range(rng.choice((2, 3, 3, 5, 7))):
        text.waiting.extend(typed_heading(writer.headline().upper(), chars, centered=True))
        for _ in range(rng.randint(2, 4)):
            text.waiting.extend(typed_paragraph(writer.paragraph(), chars))
    faces: list[Printed] = []
    while text:
        face = Face(LETTER.width, LETTER.height, scale=c.scale)
        top = 74.0
        if not faces:
            top = _masthead(face, c, habit, issue, shown) + 24
        elif habit.folio:
            machine.type(face, LETTER.width / 2 - 8, 46, f"-{len(faces) + 1}-", rng)
        text.pour(face, machine, rng, left=76, top=top, bottom=face.height - 64)
        faces.append(face.finish(gain=rng.uniform(1.0, 1.4)))
    date = c.day.isoformat() if "," in shown else c.day.isoformat()[:7]
    title = f"{org.serial}, {issue}, {shown}"
    sides = sides_of(faces, pick_stock(rng, habit.stock_names), both=True)
    return Document("newsletter", title, date, sides, punched=habit.punched, stapled=len(faces) > 2)


def _mailing_panel(face: Face, c: Commission, y: float) -> None:
    """Draw the address panel on the back of a self-mailer."""
    org = c.organization
    face.rule(30, y, face.width - 30, y, weight=0.5)
    face.text(40, y + 24, org.name, Style("grotesque-bold", 9.5))
    face.text(40, y + 36, f"{org.street}, {org.town}", Style("grotesque", 8.5))
    face.box(face.width - 130, y + 12, face.width - 40, y + 52, weight=0.7)
    for i, row in enumerate(("BULK RATE", "U. S. POSTAGE PAID", f"Permit No. {c.rng.randint(3, 980)}")):
        face.text(face.width - 85, y + 25 + i * 10, row, Style("grotesque", 6.5), anchor="center")
    if c.rng.random() < 0.6:
        for i, row in enumerate((c.writer.person(), c.writer.address(), org.town)):
            face.text(290, y + 76 + i * 12, row.upper(), Style("pica", 10))
