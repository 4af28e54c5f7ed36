"""Articles reprinted from magazines, and programs of conferences and suppers."""

from __future__ import annotations

from clustering.samples.documents import HALF, LETTER, Commission, Document, Paper, bound_sides, sides_of
from clustering.samples.face import BLACK, Face, Ink, Printed, Style
from clustering.samples.language import MONTHS, long_date, title_case
from clustering.samples.pictures import emblem, photograph, union_bug
from clustering.samples.setting import Galley, column_lefts, headline, set_text
from clustering.samples.stock import COLORED, WHITE, pick_stock


def _chart(face: Face, c: Commission, x: float, y: float, wide: float, high: float, ink: Ink) -> None:
    """Draw a bar chart with years below and a heading above."""
    rng = c.rng
    title = title_case(rng.choice(c.writer.theme.issue))
    face.text(x + wide / 2, y + 10, title, face.fitted(title, Style("grotesque-bold", 8.5), wide), anchor="center")
    count = rng.randint(4, 8)
    level = high * rng.uniform(0.2, 0.4)
    for i in range(count):
        level = min(high * 0.78, level * rng.uniform(0.95, 1.35))
        left = x + (i + 0.2) * wide / count
        face.fill(left, y + high - 14 - level, left + wide / count * 0.6, y + high - 14, ink=ink)
        year = str(c.day.year - count + i)
        face.text(left + wide / count * 0.3, y + high - 4, year, Style("grotesque", 6.5), anchor="center")
    face.rule(x, y + high - 14, x + wide, y + high - 14, weight=0.8)


def _article(c: Commission, count: int, ink: Ink, title: str, source: str) -> list[Printed]:
    """Return the pages of an article in columns: a title on the first, an end mark on the last, magazine numbers on
    most."""
    rng, org, writer = c.rng, c.organization, c.writer
    columns = rng.choice((2, 3))
    lefts, measure = column_lefts(48, LETTER.width - 48, columns, 18)
    body, galley, faces = Style(org.text_face, 9.6), Galley(), []
    first = rng.choice((1, rng.randint(6, 40) * 2))
    while galley.height() < (count - 0.6) * columns * 650:
        if rng.random() < 0.1:
            head = title_case(rng.choice(writer.theme.aim))
            galley.add(
                set_text(head, Style(org.display_face, 11, ink=ink), measure, above=10, keep=True, justify="ragged")
            )
        galley.add(set_text(writer.paragraph(), body, measure, indent=11))
    for page in range(count):
        face = Face(LETTER.width, LETTER.height, scale=c.scale)
        top = 52.0
        if page == 0:
            tall = rng.choice((0.0, 130.0, 190.0))
            if tall:
                face.picture(photograph(rng, 612 / tall), 0, 0, 612, tall, ink=ink if rng.random() < 0.5 else BLACK)
            style = Style(org.display_face, 32, ink=ink)
            top = headline(face, title, style, 48, tall + 20, LETTER.width - 96, align=rng.choice(("left", "center")))
            face.text(48, top + 18, f"By {writer.person()}", Style("roman-italic", 12))
            top += 34
            face.text(48, face.height - 30, f"Reprinted from {source}", Style("grotesque-italic", 8))
        else:
            even = (page + first) % 2 == 0
            x = 48 if even else LETTER.width - 48
            face.text(
                x, face.height - 28, str(page + first), Style(org.text_face, 9), anchor="left" if even else "right"
            )
        charted = page > 0 and rng.random() < 0.4
        for i, left in enumerate(lefts):
            start = top
            if charted and i == len(lefts) - 1:
                _chart(face, c, left, top, measure, 170, ink)
                start = top + 184
            galley.pour(face, left, start, measure, face.height - 52)
        if page == count - 1:
            union_bug(face, face.width / 2, face.height - 30)
        faces.append(face.finish())
    return faces


def draw_reprint(c: Commission) -> Document:
    """Return an article reprinted on two or four letter pages; folded ones are scanned as front, spread, and back."""
    rng, org = c.rng, c.organization
    ink = rng.choice((BLACK, org.color))
    title = title_case(
        c.writer.fill(
            rng.choice(("{Issue}", "The coming of {aim}", "{Aim}: the need for reform", "Who pays for {issue}?"))
        )
    )
    source = f"{org.serial}, {MONTHS[c.day.month - 1]} {c.day.year}"
    count = rng.choice((2, 4, 4, 6, 8))
    faces = _article(c, count, ink, title, source)
    stock = pick_stock(rng, (*WHITE, "coated", "coated", "yellowed"))
    sides = bound_sides(faces, stock) if count >= 4 and rng.random() < 0.7 else sides_of(faces, stock, both=True)
    return Document(
        "report", f"{title} (reprint from {source})", c.day.isoformat()[:7], sides, punched=rng.choice((0, 0, 0, 3))
    )


def draw_programme(c: Commission) -> Document:
    """Return the program of a conference or supper: a folded sheet with centered lines."""
    rng, org, writer = c.rng, c.organization, c.writer
    paper = rng.choice((HALF, Paper(306, 396), Paper(306, 396), Paper(288, 504)))
    ink, wide, high = org.color, paper.width, paper.height
    event = rng.choice(
        ("Annual Conference", "Anniversary Supper", "Memorial Service", "Spring Convention", "Testimonial Dinner")
    )
    cover = Face(wide, high, scale=c.scale)
    emblem(cover, org.emblem, wide / 2, high * 0.28, wide * 0.28, ink=ink, initials=org.initials)
    y = headline(
        cover, event, Style(org.display_face, wide * 0.085, ink=ink), 20, high * 0.45, wide - 40, align="center"
    )
    for i, row in enumerate((org.name, long_date(c.day), f"Hotel {org.town}, {org.town}")):
        style = cover.fitted(row, Style(org.text_face, wide * 0.038), wide * 0.86)
        cover.text(wide / 2, y + 26 + 20 * i, row, style, anchor="center")
    inside = []
    for page in range(2):
        face = Face(wide, high, scale=c.scale)
        face.text(wide / 2, 46, ("PROGRAM", "COMMITTEE")[page], Style(org.display_face, 13, ink=ink), anchor="center")
        y = 76.0
        while y < high - 40:
            left = (
                rng.choice(("Address", "Music", "Report", "Greetings", "Luncheon", "Invocation")) if page == 0 else ""
            )
            row = f"{left} . . . . . {writer.person()}" if page == 0 else writer.person()
            style = face.fitted(row, Style(org.text_face, 10), wide * 0.86)
            face.text(wide / 2, y, row, style, anchor="center")
            y += rng.choice((16, 20, 26))
        inside.append(face.finish())
    back = Face(wide, high, scale=c.scale)
    if rng.random() < 0.6:
        thanks = f"We thank {rng.choice(writer.theme.who)} for their help with this {event.lower()}."
        Galley(set_text(thanks, Style(org.text_face, 9.5), wide * 0.7, justify="centered")).pour(
            back, wide * 0.15, high * 0.4, wide * 0.7, high * 0.6
        )
    union_bug(back, wide / 2, high - 20, ink=ink)
    stock = pick_stock(rng, ("card", "cream", "rag", "coated", *COLORED[4:]))
    sides = bound_sides([cover.finish(), *inside, back.finish()], stock)
    return Document("booklet", f"{event}, {org.name}, {long_date(c.day)}", c.day.isoformat(), sides)
