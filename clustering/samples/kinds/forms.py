"""Sheets to fill in or to hand over: forms, petitions, and cards."""

from __future__ import annotations

from clustering.samples.documents import HALF, LETTER, Commission, Document, Paper, sides_of
from clustering.samples.face import BLACK, Face, Style
from clustering.samples.language import long_date
from clustering.samples.setting import Galley, headline, set_text
from clustering.samples.stock import COLORED, OLD, WHITE, pick_stock

FORMS = (
    "Registration Form", "Application for Membership", "Order Blank", "Delegate Credential Form", "Questionnaire",
    "Pledge Card",
)  # fmt: skip
LABELS = (
    "Name", "Address", "Town", "Telephone", "Occupation", "Organization", "Number of persons", "Date of arrival",
    "Amount enclosed", "Signature",
)  # fmt: skip


def draw_form(c: Commission) -> Document:
    """Return a registration form, order blank or questionnaire."""
    rng, org = c.rng, c.organization
    paper = rng.choice((LETTER, HALF, Paper(612, 396)))
    face = Face(paper.width, paper.height, scale=c.scale)
    title = rng.choice(FORMS)
    edge = 44.0
    name = face.fit(org.name, Style(org.display_face, 14), min(360, paper.width - 100))
    face.text(face.width / 2, 50, org.name, name, anchor="center")
    face.text(face.width / 2, 76, title.upper(), Style("grotesque-bold", 15), anchor="center")
    y, small = 108.0, Style(org.text_face, 10.5)
    galley = Galley(set_text(c.writer.paragraph(1), small, paper.width - 2 * edge))
    y = galley.pour(face, edge, y - 14, paper.width - 2 * edge, y + 50) + 24
    labels = list(LABELS)
    rng.shuffle(labels)
    while y < paper.height - 50 and labels:
        label = labels.pop()
        wide = face.text(edge, y, label, small)
        face.rule(edge + wide + 6, y + 1, paper.width - edge, y + 1, weight=0.5)
        y += rng.choice((22, 26))
        if rng.random() < 0.25:
            for i, word in enumerate(("Yes", "No", "Not certain")):
                face.box(edge + i * 90, y - 8, edge + 8 + i * 90, y, weight=0.6)
                face.text(edge + 14 + i * 90, y, word, small)
            y += 22
    if rng.random() < 0.3:
        face.text(edge + 60, 150 + rng.randint(0, 30), c.writer.person(), Style("pen", 18, ink=(30, 42, 120)))
    stock = pick_stock(rng, (*WHITE, *WHITE, *COLORED, "card"))
    return Document("form", f"{title} ({org.name})", "", sides_of([face.finish()], stock, both=False))


def draw_petition(c: Commission) -> Document:
    """Return a petition with lines for names, some of them signed; sometimes with an empty back of more lines."""
    rng, org, writer = c.rng, c.organization, c.writer
    aim = rng.choice(writer.theme.aim)
    faces = []
    for back in range(rng.choice((1, 1, 2))):
        face = Face(LETTER.width, LETTER.height, scale=c.scale)
        y = 60.0
        if not back:
            y = headline(face, "Petition", Style(org.display_face, 30), 60, 34, 492, align="center", most=1)
            text = (
                f"To {rng.choice(writer.theme.office)}: We, the undersigned residents of {org.town}, "
                f"respectfully ask for {aim}. {writer.paragraph(2)}"
            )
            y = Galley(set_text(text, Style(org.text_face, 12), 492)).pour(face, 60, y + 10, 492, 300) + 30
        for at, label in ((60, "Name"), (270, "Address"), (470, "Town")):
            face.text(at, y, label, Style("grotesque-bold", 9))
        signed = rng.randint(0, 9)
        while y < face.height - 60:
            y += 24
            face.rule(60, y, 552, y, weight=0.5)
            if signed > 0:
                pen = Style(rng.choice(("pen", "scrawl")), 17, ink=rng.choice(((30, 42, 120), (34, 32, 40))))
                face.text(64, y - 3, writer.person(), pen)
                face.text(270, y - 3, writer.address(), pen)
                signed -= 1
        faces.append(face.finish())
    title = f"Petition to {rng.choice(writer.theme.office)} for {aim}"
    return Document(
        "form", title, "", sides_of(faces, pick_stock(rng, (*WHITE, *OLD)), both=True), folded=rng.random() < 0.5
    )


def draw_card(c: Commission) -> Document:
    """Return a small card: an election card, an invitation, a postcard with its address side."""
    rng, org, writer = c.rng, c.organization, c.writer
    wide, high = rng.choice(((360, 216), (396, 252), (288, 180), (432, 288)))
    face = Face(wide, high, scale=c.scale)
    ink = rng.choice((BLACK, org.color))
    person, office = rng.choice(org.officers)
    title = rng.choice((f"For {office}: {person}", f"Members’ Supper, {long_date(c.day)}", writer.slogan()))
    if rng.random() < 0.5:
        face.box(8, 8, wide - 8, high - 8, weight=1.4, ink=ink)
    y = headline(face, title, Style(org.display_face, 26, ink=ink), 22, 22, wide - 44, align="center", most=2)
    Galley(set_text(writer.paragraph(2), Style(org.text_face, 9.5, ink=ink), wide - 60, justify="centered")).pour(
        face, 30, y + 8, wide - 60, high - 40
    )
    face.text(wide / 2, high - 20, org.name, Style(org.text_face, 8, ink=ink), anchor="center")
    faces = [face.finish()]
    if rng.random() < 0.4:
        back = Face(wide, high, scale=c.scale)
        back.text(18, 30, org.name, Style("grotesque", 7.5))
        back.text(18, 41, f"{org.street}, {org.town}", Style("grotesque", 7.5))
        back.box(wide - 60, 14, wide - 18, 60, weight=0.6)
        for i, row in enumerate((writer.person(), writer.address(), org.town)):
            back.text(wide * 0.42, high * 0.55 + i * 22, row, Style("pen", 19, ink=(30, 42, 120)))
        faces.append(back.finish())
    stock = pick_stock(rng, ("card", "card", *COLORED))
    return Document(
        "other",
        f"Card: {title}",
        c.day.isoformat() if str(c.day.year) in title else "",
        sides_of(faces, stock, both=False),
    )
