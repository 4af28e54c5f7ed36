"""Typed letters, with or without letterhead, of one or several sheets."""

from __future__ import annotations

from random import Random

from clustering.samples.documents import LETTER, MONARCH, Commission, Document, Paper, sides_of
from clustering.samples.face import BLACK, Face, Ink, Printed, Style
from clustering.samples.language import long_date
from clustering.samples.organizations import Organization
from clustering.samples.pictures import emblem, signature, union_bug
from clustering.samples.stock import STOCKS, WHITE, Stock, pick_stock
from clustering.samples.typewriter import LINE, Machine, TypedLine, TypedText, pick_machine, typed_paragraph

CLOSINGS = (
    "Sincerely yours,",
    "Very truly yours,",
    "Fraternally yours,",
    "Cordially,",
    "Yours for the cause,",
    "Respectfully,",
)


def text_left(org: Organization) -> float:
    """Where typing starts under the letterhead: one of them lists its officers down the left edge."""
    return 122.0 if org.letterhead == 3 else 76.0


def letterhead(face: Face, org: Organization, *, ink: Ink | None = None) -> float:
    """Print the organization's letterhead, and return the y where typing may start."""
    tint = ink or org.color
    middle = face.width / 2
    name = Style(org.display_face, 21, ink=tint)
    if face.measure(org.name, name) > face.width * 0.66:
        name = face.fit(org.name, name, face.width * 0.66)
    small = Style("roman" if "roman" in org.text_face else "grotesque", 9, ink=tint)
    if org.letterhead == 0:
        emblem(face, org.emblem, 66, 64, 54, ink=tint, initials=org.initials)
        face.text(middle + 24, 62, org.name, name, anchor="center")
        face.text(middle + 24, 78, f"{org.street}  ·  {org.town}  ·  Telephone {org.phone}", small, anchor="center")
        return 122
    if org.letterhead == 1:
        face.text(54, 58, org.name, name)
        face.rule(54, 66, face.width - 54, 66, weight=1.6, ink=tint)
        face.text(54, 79, f"{org.street}, {org.town}", small)
        face.text(face.width - 54, 79, org.phone, small, anchor="right")
        return 118
    if org.letterhead == 2:
        emblem(face, org.emblem, middle, 50, 42, ink=tint, initials=org.initials)
        face.text(middle, 92, org.name.upper(), face.fit(org.name.upper(), name, face.width * 0.56), anchor="center")
        face.text(middle, 106, f"{org.street}, {org.town}", small, anchor="center")
        for i, (person, office) in enumerate(org.officers[:3]):
            face.text(
                (0.2 + 0.3 * i) * face.width, face.height - 34, person, Style("grotesque", 7, ink=tint), anchor="center"
            )
            face.text(
                (0.2 + 0.3 * i) * face.width,
                face.height - 25,
                office,
                Style("grotesque-italic", 7, ink=tint),
                anchor="center",
            )
        return 144
    face.text(middle, 60, org.name, name, anchor="center")
    face.text(middle, 76, f"{org.street} · {org.town} · {org.phone}", small, anchor="center")
    for i, (person, office) in enumerate(org.officers):
        face.text(36, 130 + i * 27, person, Style("grotesque-bold", 6.5, ink=tint))
        face.text(36, 138 + i * 27, office, Style("grotesque-italic", 6.5, ink=tint))
    return 116


def _continuation(addressee: str, date: str, style: int, page: int) -> list[tuple[str, str]]:
    """Return the heading of a following sheet, (where, text) pairs; some writers use none."""
    return [
        [("center", f"-{page}-")],
        [("left", addressee), ("center", f"- {page} -"), ("right", date)],
        [("left", f"Page {page}")],
        [("right", f"{page}.")],
        [],
    ][style]


def _body(c: Commission, chars: int, length: int, indent: int) -> tuple[list[TypedLine], str]:
    """Return the letter from date to enclosure lines, and the addressee's name."""
    writer, rng = c.writer, c.rng
    addressee = writer.person()
    title = rng.choice(("Mr.", "Mrs.", "Miss", "Dr.", "Rev."))
    blank = LINE
    right = max(chars - 24, chars // 2)
    lines = [TypedLine(long_date(c.day), column=right if rng.random() < 0.6 else 0)]
    general = rng.random() < 0.3
    if not general:
        lines += [
            TypedLine(f"{title} {addressee}", above=2 * blank), TypedLine(writer.address()), TypedLine(writer.town),
        ]  # fmt: skip
    hail = rng.choice(("Dear Friend:", "Dear Member:", "Dear Neighbor:", "Dear Fellow Citizen:"))
    lines.append(TypedLine(hail if general else f"Dear {title} {addressee.split()[-1]}:", above=blank))
    for _ in range(length):
        lines += typed_paragraph(writer.paragraph(), chars, indent=indent)
    signer, office = rng.choice(c.organization.officers)
    cut_at = chars // 2 if rng.random() < 0.7 else 0
    lines.append(TypedLine(rng.choice(CLOSINGS), column=cut_at, above=blank))
    lines.append(TypedLine(signer, column=cut_at, above=3 * blank, keep=True))
    lines.append(TypedLine(office, column=cut_at))
    typist = (
        "".join(word[0] for word in signer.split()) + ":" + rng.choice("abcdefghjklmprstw") + rng.choice("abdhjklmprst")
    )
    if rng.random() < 0.7:
        lines.append(TypedLine(typist, above=blank))
    if rng.random() < 0.25:
        lines.append(TypedLine("Enclosure", above=0))
    if rng.random() < 0.25:
        lines.append(TypedLine(f"cc: {writer.person()}", above=0))
    return lines, "Friend" if general else addressee


def _sheets(
    c: Commission, paper: Paper, machine: Machine, text: TypedText, addressee: str, *, headed: bool
) -> list[Printed]:
    """Type the text on as many sheets as it needs; the signature is above the typed name."""
    rng, org = c.rng, c.organization
    sheets: list[Printed] = []
    heads = rng.choice((0, 0, 1, 2, 3, 4))
    signer = next(line for line in reversed(text.waiting) if line.keep)
    left = text_left(org) if headed else 76.0
    one_color = rng.random() < 0.45
    while text:
        face = Face(paper.width, paper.height, scale=c.scale)
        top = 84.0
        if not sheets:
            top = letterhead(face, org, ink=BLACK if one_color else None) + 22 if headed else 96.0
            if rng.random() < 0.4:
                union_bug(face, face.width / 2, face.height - 20)
        else:
            for where, words in _continuation(addressee, long_date(c.day), heads, len(sheets) + 1):
                at = {"left": 74.0, "center": face.width / 2 - 12, "right": face.width - 150}[where]
                machine.type(face, at, 52, words, rng)
        has_end = signer in text.waiting
        end = text.pour(face, machine, rng, left=left, top=top, bottom=face.height - 70)
        if has_end and signer not in text.waiting and rng.random() < 0.9:
            after = 4.2 * LINE
            signature(face, signer.text, left + signer.column * machine.advance, end - after + 6, rng)
        sheets.append(face.finish(gain=rng.uniform(1.0, 1.3)))
    return sheets


def draw_letter(c: Commission, *, length: int = 0, carbon: bool = False, stock: Stock | None = None) -> Document:
    """Return a letter of `length` paragraphs (by default two to nine); a carbon has no letterhead and thin paper."""
    rng, org = c.rng, c.organization
    headed = not carbon and rng.random() < 0.85
    paper = MONARCH if rng.random() < 0.08 else LETTER
    machine = pick_machine(Random(f"{org.name}:{org.founded}"), org.typewriter)
    if carbon:
        machine = Machine(machine.face, machine.pitch, (52, 50, 74), 1, machine.wear, 90, machine.habits)
    chars = int((paper.width - (text_left(org) if headed else 76.0) - 66) / machine.advance)
    lines, addressee = _body(c, chars, length or rng.choice((2, 3, 3, 4, 4, 5, 6, 8)), rng.choice((0, 5, 5, 8)))
    sheets = _sheets(c, paper, machine, TypedText(lines), addressee, headed=headed)
    chosen = stock or (pick_stock(rng, ("onionskin", "onionskin", "canary")) if carbon else pick_stock(rng, WHITE))
    both = len(sheets) > 1 and rng.random() < 0.25
    where = "" if carbon else f" ({org.name})"
    signer = next(line.text for line in reversed(lines) if line.keep)
    return Document(
        "letter",
        f"Letter, {signer}{where} to {addressee}, {long_date(c.day)}",
        c.day.isoformat(),
        sides_of(sheets, chosen, both=both),
        stapled=len(sheets) > 1 and rng.random() < 0.5,
        folded=rng.random() < 0.5,
        punched=rng.choice((0, 0, 0, 0, 2, 3)),
    )


def draw_notice(c: Commission) -> Document:
    """Return a meeting notice to members on half a sheet or a postcard, signed by the secretary."""
    rng, org, writer = c.rng, c.organization, c.writer
    face = Face(LETTER.width, LETTER.height, scale=c.scale)
    top = letterhead(face, org) + 24
    machine = pick_machine(Random(f"{org.name}:{org.founded}"), org.typewriter)
    left = text_left(org)
    chars = int((face.width - left - 70) / machine.advance)
    lines = [
        TypedLine(long_date(c.day)),
        TypedLine("NOTICE OF MEETING", column=chars // 2 - 9, underline=True, above=LINE),
    ]
    for label, words in (
        ("PLACE:", f"Union Hall, {writer.address()}"),
        ("TIME:", "8:00 P.M."),
        ("BUSINESS:", "Reports and election"),
    ):
        lines.append(TypedLine(f"{label:<12}{words}", above=LINE))
    lines += typed_paragraph(writer.paragraph(3), chars) + typed_paragraph(writer.paragraph(2), chars)
    signer, office = org.officers[2]
    lines += [
        TypedLine("Fraternally,", chars // 2, above=LINE),
        TypedLine(signer, chars // 2, above=3 * LINE),
        TypedLine(office, chars // 2),
    ]
    text = TypedText(lines)
    end = text.pour(face, machine, rng, left=left, top=top, bottom=face.height - 60)
    signature(face, signer, left + chars // 2 * machine.advance, end - LINE - 8, rng)
    stock = pick_stock(rng, (*WHITE, STOCKS["yellowed"].name))
    title = f"{org.name}: notice of meeting, {long_date(c.day)}"
    return Document(
        "letter", title, c.day.isoformat(), sides_of([face.finish()], stock, both=False), folded=rng.random() < 0.6
    )
