"""The scanner: ink on paper, show-through, damage, a dark bed around the sheet, slight skew."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from clustering.samples.documents import Document, Side
from clustering.samples.face import LETTER_DOTS_PER_INCH, Printed
from clustering.samples.fonts import font
from clustering.samples.grounds import on_ground
from clustering.samples.stock import Stock, grain

BEDS: tuple[tuple[int, int, int], ...] = ((34, 35, 38), (48, 48, 50), (22, 22, 24), (70, 70, 72), (30, 28, 27))
"""Colors of the scanner's background; most are almost black."""


@dataclass(frozen=True, slots=True)
class Wear:
    """What happened to all sheets of one document."""

    bed: tuple[int, int, int]
    staple: tuple[float, float, float] | None
    """x and y in inches from the top left of the first side, and the angle in degrees."""
    holes: tuple[tuple[float, float], ...]
    """Punch holes: inches from the left edge, and share of the height."""
    hole_size: float
    fold: bool
    foxing: int
    skew: float
    """Usual skew of the sheets, in degrees."""
    light: float
    """How much the light falls off across the sheet, 0 … 0.06."""
    notes: tuple[str, ...]
    """What someone wrote on the first side."""


def wear_of(document: Document, rng: Random) -> Wear:
    """Draw the damage of one document at random."""
    staple = None
    if document.stapled:
        staple = (rng.uniform(0.2, 0.5), rng.uniform(0.2, 0.45), rng.choice((0.0, 45.0, 40.0, 90.0)))
    places = {0: (), 2: (0.37, 0.63), 3: (0.12, 0.5, 0.88)}.get(document.punched, ())
    inset = rng.uniform(0.28, 0.42)
    old = document.sides[0].stock.ageing
    return Wear(
        bed=rng.choice(BEDS[:3] if rng.random() < 0.8 else BEDS),
        staple=staple,
        holes=tuple((inset, share) for share in places),
        hole_size=rng.uniform(0.24, 0.29),
        fold=document.folded,
        foxing=rng.randint(3, 14) if rng.random() < old * 0.5 else 0,
        skew=rng.gauss(0.0, 0.35),
        light=rng.uniform(0.0, 0.03),
        notes=document.notes,
    )


def _ink_tables(ink: tuple[int, int, int]) -> list[list[int]]:
    """Return three lookup tables that turn a plate (255 = no ink) into printed color."""
    return [[255 - (255 - value) * (255 - color) // 255 for value in range(256)] for color in ink]


def _join(panels: tuple[Printed, ...]) -> Printed:
    """Join panels side by side into one print."""
    if len(panels) == 1:
        return panels[0]
    wide, high = sum(panel.size[0] for panel in panels), max(panel.size[1] for panel in panels)
    inks = list(dict.fromkeys(ink for panel in panels for ink, _ in panel.plates))
    plates = []
    for wanted in inks:
        whole, left = Image.new("L", (wide, high), 255), 0
        for panel in panels:
            for ink, plate in panel.plates:
                if ink == wanted:
                    whole.paste(plate, (left, 0))
            left += panel.size[0]
        plates.append((wanted, whole))
    return Printed((wide, high), tuple(plates))


def _shade(size: tuple[int, int], stock: Stock, wear: Wear, rng: Random) -> Image.Image:
    """Return light and age of the sheet as an L image to multiply with, drawn small and enlarged."""
    small = Image.new("L", (24, 30), 255)
    across, down = rng.uniform(-1, 1) * wear.light, rng.uniform(-1, 1) * wear.light
    for x in range(24):
        for y in range(30):
            edge = min(x, 23 - x, y, 29 - y)
            aged = stock.ageing * 0.10 * max(0.0, 1 - edge / 3.0)
            small.putpixel(
                (x, y), round(255 * min(1.0, 1 - wear.light + across * (x / 23 - 0.5) + down * (y / 29 - 0.5) - aged))
            )
    return small.resize(size, Image.Resampling.BICUBIC)


def _paper(size: tuple[int, int], stock: Stock, wear: Wear, rng: Random) -> Image.Image:
    """Return bare paper as L: fibers times light, white near 253."""
    strength = stock.grain / 55.0
    table = [max(0, min(255, round(253 + (value - 128) * strength))) for value in range(256)]
    return ImageChops.multiply(grain(size, rng).point(table), _shade(size, stock, wear, rng))


def _shine_through(behind: Printed, size: tuple[int, int], strength: float, rng: Random) -> Image.Image:
    """Return the other side, mirrored, blurred, and faint, as an L image to multiply with."""
    flat = Image.new("L", behind.size, 255)
    for _, plate in behind.plates:
        flat = ImageChops.multiply(flat, plate)
    mirrored = ImageChops.offset(
        flat.transpose(Image.Transpose.FLIP_LEFT_RIGHT), rng.randint(-3, 3), rng.randint(-4, 4)
    )
    faint = mirrored.point([round(255 - (255 - value) * strength) for value in range(256)])
    return (
        faint.filter(ImageFilter.BoxBlur(1)).resize(size)
        if faint.size != size
        else faint.filter(ImageFilter.BoxBlur(1))
    )


def _press(side: Side, wear: Wear, rng: Random) -> Image.Image:
    """Return ink on paper: the RGB sheet before it is scanned."""
    front = _join(side.panels)
    base = _paper(front.size, side.stock, wear, rng)
    if side.behind and side.stock.show_through > 0.005:
        base = ImageChops.multiply(base, _shine_through(_join(side.behind), front.size, side.stock.show_through, rng))
    if len(side.panels) > 1:
        _gutter(base, side.panels[0].size[0])
    tables = [[round(value * tone / 255) for value in range(256)] for tone in side.stock.tone]
    sheet = Image.merge("RGB", tuple(base.point(table) for table in tables))
    for ink, plate in front.plates:
        sheet = ImageChops.multiply(sheet, Image.merge("RGB", tuple(plate.point(table) for table in _ink_tables(ink))))
    return sheet


def _gutter(base: Image.Image, at: int) -> None:
    """Darken the fold between two panels of a spread."""
    wide = max(base.width // 45, 2)
    row = Image.new("L", (2 * wide + 1, 1))
    row.putdata([round(255 * (1 - 0.16 * math.exp(-abs(x - wide) / (wide * 0.28)))) for x in range(2 * wide + 1)])
    box = (max(at - wide, 0), 0, min(at + wide + 1, base.width), base.height)
    shade = row.resize((box[2] - box[0], base.height))
    base.paste(ImageChops.multiply(base.crop(box), shade), box[:2])


def _damage(sheet: Image.Image, wear: Wear, number: int, dots: float, rng: Random) -> None:
    """Draw staple holes, punch holes, folds, and brown spots; backs (odd numbers) have the mirror image."""
    pen = ImageDraw.Draw(sheet)
    flip = number % 2 == 1
    wide, high = sheet.size
    if wear.staple:
        x, y, angle = wear.staple
        at = (wide - x * dots if flip else x * dots, y * dots)
        turn = math.radians(-angle if flip else angle)
        half = 0.21 * dots
        ends = [(at[0] + s * half * math.cos(turn), at[1] + s * half * math.sin(turn)) for s in (-1, 1)]
        size = max(dots * 0.014, 0.6)
        for x0, y0 in ends:
            pen.ellipse((x0 - size, y0 - size, x0 + size, y0 + size), fill=(64, 54, 46))
        if number == 0 and rng.random() < 0.3:
            pen.line([*ends[0], *ends[1]], fill=(120, 118, 116), width=max(round(dots * 0.02), 1))
    for inset, share in wear.holes:
        x = wide - inset * dots if flip else inset * dots
        y, half = share * high, wear.hole_size * dots / 2
        pen.ellipse((x - half, y - half, x + half, y + half), fill=wear.bed)
    if wear.fold:
        for share in (1 / 3, 2 / 3):
            y = share * high + rng.uniform(-2, 2)
            _crease(sheet, round(y), rng)
    for _ in range(wear.foxing):
        _spot(sheet, dots, rng)
    for words in wear.notes if number == 0 else ():
        _note(sheet, words, dots, rng)


def _note(sheet: Image.Image, words: str, dots: float, rng: Random) -> None:
    """Draw a few words in pencil or ballpoint near the edge, sloping upward."""
    made = font(rng.choice(("pen", "scrawl")), max(round(dots * rng.uniform(0.22, 0.34)), 6))
    left, top, right, bottom = (round(edge) for edge in made.getbbox(words))
    mask = Image.new("L", (right - left + 4, bottom - top + 4), 0)
    ImageDraw.Draw(mask).text((2 - left, 2 - top), words, font=made, fill=rng.choice((150, 230)))
    mask = mask.rotate(rng.uniform(-2, 9), Image.Resampling.BICUBIC, expand=True)
    across = rng.uniform(0.05, 0.7) * sheet.width
    down = rng.choice((0.012, 0.02, 0.955)) * sheet.height
    sheet.paste(rng.choice(((70, 70, 74), (34, 48, 130), (150, 40, 44))), (round(across), round(down)), mask)


def _crease(sheet: Image.Image, y: int, rng: Random) -> None:
    """Draw a letter fold: a pale line with a soft shadow below."""
    thick = max(sheet.height // 260, 2)
    column = Image.new("L", (1, 2 * thick))
    depth = rng.uniform(0.03, 0.07)
    column.putdata([round(255 * (1 - depth * math.exp(-abs(i - thick) / (thick * 0.4)))) for i in range(2 * thick)])
    box = (0, max(y - thick, 0), sheet.width, min(y + thick, sheet.height))
    shade = column.resize((sheet.width, box[3] - box[1]))
    sheet.paste(ImageChops.multiply(sheet.crop(box), Image.merge("RGB", (shade, shade, shade))), box[:2])


def _spot(sheet: Image.Image, dots: float, rng: Random) -> None:
    """Draw one brown spot of foxing."""
    size = max(round(dots * rng.uniform(0.04, 0.22)), 3)
    mask = Image.new("L", (3 * size, 3 * size), 0)
    ImageDraw.Draw(mask).ellipse((size, size, 2 * size, 2 * size), fill=rng.randint(20, 75))
    mask = mask.filter(ImageFilter.GaussianBlur(size / 3))
    at = (rng.randint(-size, sheet.width), rng.randint(-size, sheet.height))
    sheet.paste((158, 112, 60), (at[0], at[1]), mask)


def _tear(sheet: Image.Image, bed: tuple[int, int, int], dots: float, rng: Random) -> None:
    """Cut the edges ragged, like a clipping's."""
    pen = ImageDraw.Draw(sheet)
    wide, high = sheet.size
    reach = 0.07 * dots
    steps = 12
    for edge in range(4):
        line = [(i / steps, rng.uniform(0, reach)) for i in range(steps + 1)]
        if edge == 0:
            points = [(0.0, 0.0), *((t * wide, d) for t, d in line), (float(wide), 0.0)]
        elif edge == 1:
            points = [(0.0, float(high)), *((t * wide, high - d) for t, d in line), (float(wide), float(high))]
        elif edge == 2:
            points = [(0.0, 0.0), *((d, t * high) for t, d in line), (0.0, float(high))]
        else:
            points = [(float(wide), 0.0), *((wide - d, t * high) for t, d in line), (float(wide), float(high))]
        pen.polygon(points, fill=bed)


def _cut_round(sheet: Image.Image, bed: tuple[int, int, int]) -> Image.Image:
    """Return the largest ellipse of the sheet, on the bed."""
    inside = Image.new("L", sheet.size, 0)
    ImageDraw.Draw(inside).ellipse((0, 0, sheet.width - 1, sheet.height - 1), fill=255)
    return Image.composite(sheet, Image.new("RGB", sheet.size, bed), inside)


def _lay(sheet: Image.Image, wear: Wear, dots: float, rng: Random) -> Image.Image:
    """Put the sheet on the scanner bed, slightly skewed and cropped a little wide or tight."""
    skew = wear.skew * 0.5 + rng.gauss(0.0, 0.25)
    if rng.random() < 0.02:
        skew += rng.choice((-2.0, 2.0))
    near = (-0.02, -0.01, -0.01, 0.0, 0.0, 0.01, 0.02)
    margin = [round(dots * (rng.uniform(0.03, 0.16) if rng.random() < 0.07 else rng.choice(near))) for _ in range(4)]
    size = (sheet.width + margin[0] + margin[2], sheet.height + margin[1] + margin[3])
    turn = math.radians(skew)
    cos, sin = math.cos(turn), math.sin(turn)
    cx, cy = margin[0] + sheet.width / 2, margin[1] + sheet.height / 2
    sheet = ImageOps.expand(sheet, 3, wear.bed)  # so that the edge blends with the bed without steps
    sx, sy = sheet.width / 2, sheet.height / 2
    matrix = (cos, sin, sx - cx * cos - cy * sin, -sin, cos, sy + cx * sin - cy * cos)
    return sheet.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC, fillcolor=wear.bed)


def scan(side: Side, number: int, wear: Wear, rng: Random, *, scale: float = 1.0) -> Image.Image:
    """Return the finished RGB scan of one side; `number` is its 0-based index in the document."""
    dots = LETTER_DOTS_PER_INCH * scale
    sheet = _press(side, wear, rng)
    _damage(sheet, wear, number, dots, rng)
    if side.torn:
        _tear(sheet, wear.bed, dots, rng)
    if side.round:
        sheet = _cut_round(sheet, wear.bed)
    laid = on_ground(_lay(sheet, wear, dots, rng), side.ground, wear.bed, rng)
    rotations = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return laid.transpose(rotations[side.rotated]) if side.rotated else laid
