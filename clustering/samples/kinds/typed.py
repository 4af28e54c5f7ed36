"""Typed and duplicated texts of many sheets: press releases, speeches, and reports."""

from __future__ import annotations

from random import Random

from clustering.samples.documents import LEGAL, LETTER, Commission, Document, sides_of
from clustering.samples.face import BLACK, Face, Printed, Style
from clustering.samples.kinds.letters import letterhead, text_left
from clustering.samples.language import capital, long_date, title_case
from clustering.samples.pictures import emblem
from clustering.samples.stock import OLD, WHITE, Stock, pick_stock
from clustering.samples.typewriter import (
    LINE,
    Machine,
    TypedLine,
    TypedText,
    pick_machine,
    typed_heading,
    typed_paragraph,
)
from clustering.samples.vocabulary import TOWNS

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
REPORT_TITLES = (
    "A survey of {issue}",
    "The case for {aim}",
    "Report on {issue} in {town}",
    "{Issue}: facts and figures",
)
PURPLE = (88, 52, 132)
"""The ink of a spirit duplicator."""


def _duplicated(rng: Random, face: str) -> Machine:
    """Return a stencil or spirit master cut on that machine."""
    base = pick_machine(rng, face)
    ink = rng.choice((BLACK, BLACK, BLACK, (44, 44, 56), PURPLE if rng.random() < 0.25 else BLACK))
    return Machine(base.face, base.pitch, ink, base.weight, base.wear, 70, base.habits)


def _release_lines(c: Commission, head: str, chars: int, length: int) -> list[TypedLine]:
    """Return a release from its contact lines to the last paragraph."""
    rng, org, writer = c.rng, c.organization, c.writer
    contact = org.officers[0][0]
    hold = "FOR IMMEDIATE RELEASE" if rng.random() < 0.6 else f"FOR RELEASE: {long_date(c.day)}"
    lines = [
        TypedLine(f"{'From: ' + contact:<{chars - len(hold)}}{hold}"),
        TypedLine(f"Telephone: {org.phone}"),
        TypedLine(long_date(c.day), column=max(chars - len(long_date(c.day)), 0)),
    ]
    lines += typed_heading(head.upper(), chars, centered=True, gap=2 * LINE)
    first = f"{org.town.upper()}, {long_date(c.day).rsplit(',', 1)[0]} -- {writer.paragraph(3)}"
    lines += typed_paragraph(first, chars, gap=LINE)
    for _ in range(length or rng.choice((3, 4, 5, 7, 9, 12))):
        lines += typed_paragraph(writer.paragraph(), chars, gap=LINE)
    return lines


def draw_release(c: Commission, *, length: int = 0) -> Document:
    """Return a press release with "-more-" at the bottom of pages and "# # #" or "-30-" at the end."""
    rng, org, writer = c.rng, c.organization, c.writer
    machine = _duplicated(Random(f"{org.name}:release"), org.typewriter)
    left = text_left(org)
    chars = int((LETTER.width - left - 70) / machine.advance)
    head = writer.headline()
    lines = _release_lines(c, head, chars, length)
    text = TypedText(lines, pitch=rng.choice((LINE, 18.0, 24.0)))
    sheets: list[Printed] = []
    end_mark = rng.choice(("# # #", "-30-", "###"))
    while text:
        face = Face(LETTER.width, LETTER.height, scale=c.scale)
        top = 76.0
        if not sheets:
            top = letterhead(face, org, ink=BLACK if rng.random() < 0.6 else None) + 18
        elif rng.random() < 0.9:
            slug = f"Add {len(sheets)} -- {head.split(':')[0][:30]}"
            machine.type(face, 80, 50, slug if rng.random() < 0.3 else f"-{len(sheets) + 1}-", rng)
        end = text.pour(face, machine, rng, left=left, top=top, bottom=face.height - 74)
        mark = "-more-" if text else end_mark
        level = face.height - 48 if text else min(end + 2.5 * LINE, face.height - 44)
        machine.type(face, face.width / 2 - 20, level, mark, rng)
        sheets.append(face.finish(gain=rng.uniform(1.0, 1.4)))
    stock = pick_stock(rng, (*WHITE, "mimeograph", "yellowed", "blue", "canary"))
    return Document(
        "press release", head, c.day.isoformat(), sides_of(sheets, stock, both=len(sheets) > 1 and rng.random() < 0.3),
        stapled=len(sheets) > 1 and rng.random() < 0.8,
    )  # fmt: skip


def draw_speech(c: Commission, *, length: int = 0) -> Document:
    """Return a speech or testimony: title on the first sheet, numbers on the others, often "-more-"."""
    rng, org, writer = c.rng, c.organization, c.writer
    machine = _duplicated(rng, org.typewriter)
    paper = LEGAL if rng.random() < 0.1 else LETTER
    left = rng.choice((74.0, 90.0))
    chars = int((paper.width - left - 70) / machine.advance)
    speaker, office = rng.choice(org.officers)
    occasion = rng.choice(
        ("before the {office}", "at the annual meeting", "to the conference at {town}", "on the radio")
    )
    title = f"Statement of {speaker}, {office}, {org.name}, {writer.fill(occasion)}"
    lines = typed_heading(title.upper(), chars - 10, centered=True)
    lines = [TypedLine(line.text, line.column + 5, above=line.above, keep=True) for line in lines]
    lines.append(TypedLine(long_date(c.day), column=(chars - 14) // 2, above=LINE))
    count = length or rng.choice((4, 6, 8, 12, 16, 24, 36, 60, 110))
    for i in range(count):
        if i and rng.random() < 0.12:
            lines += typed_heading(capital(rng.choice(writer.theme.issue)).upper(), chars, centered=rng.random() < 0.3)
        lines += typed_paragraph(writer.paragraph(), chars, gap=LINE)
    text = TypedText(lines, pitch=rng.choice((LINE, LINE, 18.0, 24.0)))
    sheets: list[Printed] = []
    number, more = rng.choice(("-{}-", "-{}-", "{}", "{}.", "Page {}", "")), rng.random() < 0.4
    high = rng.random() < 0.7
    while text:
        face = Face(paper.width, paper.height, scale=c.scale)
        if sheets and number:
            at = (
                (paper.width - 90 if rng.random() < 0.5 else paper.width / 2 - 10, 48.0)
                if high
                else (paper.width / 2 - 8, paper.height - 40)
            )
            machine.type(face, *at, number.format(len(sheets) + 1), rng)
        text.pour(face, machine, rng, left=left, top=90 if not sheets else 78, bottom=paper.height - 72)
        if text and more:
            machine.type(face, paper.width - 120, paper.height - 46, "-more-", rng)
        sheets.append(face.finish(gain=rng.uniform(1.0, 1.3)))
    stock = pick_stock(rng, (*WHITE, *OLD[:2]))
    return Document(
        "speech", title, c.day.isoformat(), sides_of(sheets, stock, both=rng.random() < 0.3),
        stapled=len(sheets) > 1 and rng.random() < 0.8, punched=rng.choice((0, 0, 0, 3)),
    )  # fmt: skip


def _title_page(c: Commission, title: str, face: Face, machine: Machine) -> None:
    """Draw the cover of a report."""
    rng, org = c.rng, c.organization
    middle = face.width / 2
    if rng.random() < 0.5:
        emblem(face, org.emblem, middle, 190, 80, initials=org.initials)
        style = Style(org.display_face, 26)
        rows = _wrapped(title, 24)
        for i, row in enumerate(rows):
            face.text(middle, 320 + i * 34, row, style, anchor="center")
        face.text(middle, 560, org.name, Style(org.text_face, 14), anchor="center")
        face.text(middle, 580, f"{org.town}, {c.day.year}", Style(org.text_face, 12), anchor="center")
        return
    for i, row in enumerate(_wrapped(title.upper(), 34)):
        machine.type(face, middle - len(row) * machine.advance / 2, 260 + i * 24, row, rng)
    for i, row in enumerate(("A Report of", org.name, long_date(c.day))):
        machine.type(face, middle - len(row) * machine.advance / 2, 430 + i * 18, row, rng)


def _wrapped(text: str, chars: int) -> list[str]:
    """Split text into rows of at most `chars` letters."""
    rows: list[str] = [""]
    for word in text.split():
        if rows[-1] and len(rows[-1]) + len(word) + 1 > chars:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _contents(face: Face, machine: Machine, heads: list[str], rng: Random, page: str) -> None:
    """Draw a table of contents with dotted leaders."""
    machine.type(face, face.width / 2 - 30, 110, "CONTENTS", rng, underline=True)
    chars = int((face.width - 160) / machine.advance)
    for i, head in enumerate(heads):
        number = str(1 + i * 2)
        words = f"{i + 1}. {head}"[: chars - 6]
        machine.type(face, 80, 160 + i * 26, f"{words} {'.' * (chars - len(words) - len(number) - 2)} {number}", rng)
    machine.type(face, face.width / 2 - 8, face.height - 44, page, rng)


def _table(c: Commission, chars: int, number: int) -> list[TypedLine]:
    """Return a typed table: number and title, headings, rows with figures, source."""
    rng, writer = c.rng, c.writer
    columns = rng.randint(2, 4)
    first = chars - 11 * columns
    lines = typed_heading(f"Table {number}. {title_case(rng.choice(writer.theme.issue))}", chars, centered=True)
    heads = "".join(f"{c.day.year - columns + i:>11}" for i in range(columns))
    lines.append(TypedLine(f"{'Town':<{first}}{heads}", above=LINE, keep=True))
    lines.append(TypedLine("-" * chars, keep=True))
    for town in rng.sample(TOWNS, rng.randint(5, 12)):
        figures = "".join(f"{rng.randint(80, 99_000):>11,}" for _ in range(columns))
        lines.append(TypedLine(f"{town:<{first}}{figures}", keep=rng.random() < 0.5))
    lines.append(TypedLine("-" * chars))
    return lines


def _sections(c: Commission, heads: list[str], chars: int) -> list[TypedLine]:
    """Return numbered sections of several paragraphs, some with a table."""
    rng = c.rng
    writer = c.writer
    lines: list[TypedLine] = []
    for i, head in enumerate(heads):
        lines += typed_heading(f"{i + 1}. {head}".upper(), chars, centered=False, gap=2 * LINE)
        for _ in range(rng.randint(3, 8)):
            lines += typed_paragraph(writer.paragraph(), chars)
        if rng.random() < 0.35:
            lines += _table(c, chars, i + 1)
    return lines


def draw_report(c: Commission, *, sections: int = 0) -> Document:
    """Return a report: cover, sometimes contents and preface with roman numbers, then numbered sections with running
    heads."""
    rng, org, writer = c.rng, c.organization, c.writer
    machine = _duplicated(rng, org.typewriter)
    title = title_case(writer.fill(rng.choice(REPORT_TITLES)))
    heads = [
        title_case(rng.choice(writer.theme.issue + writer.theme.aim))
        for _ in range(sections or rng.choice((2, 3, 4, 5, 7)))
    ]
    paper = LETTER
    chars = int((paper.width - 154) / machine.advance)
    cover = Face(paper.width, paper.height, scale=c.scale)
    _title_page(c, title, cover, machine)
    sheets = [cover.finish()]
    if rng.random() < 0.6:
        face = Face(paper.width, paper.height, scale=c.scale)
        _contents(face, machine, heads, rng, ROMAN[0])
        sheets.append(face.finish())
    lines = _sections(c, heads, chars)
    text, running, page = TypedText(lines, pitch=rng.choice((LINE, 18.0))), rng.random() < 0.6, 0
    while text:
        page += 1
        face = Face(paper.width, paper.height, scale=c.scale)
        if running and page > 1:
            machine.type(face, 80, 46, title[:44], rng)
        if rng.random() < 0.92:
            at = (face.width - 90, 46.0) if running and page > 1 else (face.width / 2 - 8, face.height - 42)
            machine.type(face, *at, str(page), rng)
        text.pour(face, machine, rng, left=80, top=86, bottom=face.height - 72)
        sheets.append(face.finish(gain=rng.uniform(1.0, 1.3)))
    stock: Stock = pick_stock(rng, (*WHITE, *OLD[:2]))
    sides = list(sides_of(sheets, stock, both=rng.random() < 0.35))
    if rng.random() < 0.5:
        colored = pick_stock(rng, ("blue", "green", "buff", "goldenrod", "card"))
        sides[0] = type(sides[0])(sides[0].panels, colored)
    dated = str(c.day.year) if rng.random() < 0.4 else c.day.isoformat()
    return Document("report", title, dated, tuple(sides), stapled=rng.random() < 0.85, punched=rng.choice((0, 0, 3)))
