"""A typewriter with its own worn letters, and pages of typed lines."""

from __future__ import annotations

import textwrap
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from PIL import Image, ImageDraw

from clustering.samples import fonts
from clustering.samples.face import BLACK, Face, Ink

EM_ADVANCE = {"pica": 0.6, "pica-bold": 0.6, "elite": 0.525}
"""Width of one letter in em, by face."""
LINE = 12.0
"""Points between lines at single spacing: six lines per inch."""
_GLYPHS: dict[tuple[str, int, str, int], Image.Image] = {}


def _glyph(face: str, size: int, letter: str, weight: int) -> Image.Image:
    """Return the mask of one letter, baseline at 80% of its height; cached for the process."""
    key = (face, size, letter, weight)
    made = _GLYPHS.get(key)
    if made is None:
        made = Image.new("L", (size, round(size * 1.25)), 0)
        at = (size * 0.1, size)
        ImageDraw.Draw(made).text(at, letter, font=fonts.font(face, size), fill=255, anchor="ls", stroke_width=weight)
        _GLYPHS[key] = made
    return made


@dataclass(frozen=True, slots=True)
class Machine:
    """One typewriter: face, letters per inch, ribbon."""

    face: str
    pitch: int
    ink: Ink = BLACK
    weight: int = 0
    """0 clean type on a carbon ribbon, 1 a heavy cloth ribbon."""
    wear: float = 0.5
    """Pixels of the large plate by which worn letters are off the line."""
    unevenness: int = 40
    """Gray levels between the strongest and the weakest stroke."""
    habits: dict[str, int] = field(default_factory=dict, compare=False)

    @property
    def advance(self) -> float:
        """Points from letter to letter."""
        return 72.0 / self.pitch

    def type(self, sheet: Face, x: float, y: float, text: str, rng: Random, *, underline: bool = False) -> None:
        """Type one line with its baseline at y, both in points."""
        size = max(round(self.advance / EM_ADVANCE[self.face] * sheet.fine), 6)
        plate, pen = sheet.plate(self.ink)
        step, left = self.advance * sheet.fine, x * sheet.fine - size * 0.1
        top = y * sheet.fine - size
        for index, letter in enumerate(text):
            if letter == " ":
                continue
            drop = self.habits.get(letter, 0)
            fill = rng.randrange(self.unevenness + 1)
            plate.paste(
                fill, (round(left + index * step), round(top) + drop), _glyph(self.face, size, letter, self.weight)
            )
        if underline and text.strip():
            start = x + (len(text) - len(text.lstrip())) * self.advance
            end = x + len(text.rstrip()) * self.advance
            level = (y + 2.2) * sheet.fine
            pen.line(
                (start * sheet.fine, level, end * sheet.fine, level), fill=30, width=max(round(sheet.fine * 0.7), 1)
            )


def pick_machine(rng: Random, face: str, *, ink: Ink = BLACK) -> Machine:
    """Return a machine with this face and its own habits."""
    worn = rng.random() < 0.6
    habits = {letter: rng.choice((-1, 1)) for letter in "abcdeghimnoprstuvwy" if worn and rng.random() < 0.25}
    pitch = 12 if face == "elite" or rng.random() < 0.3 else 10
    return Machine(face, pitch, ink, 1 if rng.random() < 0.12 else 0, float(worn), rng.choice((20, 50, 80)), habits)


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One typed line; `column` counts letters from the left margin."""

    text: str
    column: int = 0
    underline: bool = False
    above: float = 0.0
    """Extra points before it."""
    keep: bool = False
    """Whether it can't be the last line of a page, as headings can't."""


def typed_paragraph(text: str, chars: int, *, indent: int = 5, gap: float = LINE) -> list[TypedLine]:
    """Wrap a paragraph to `chars` letters."""
    rows = textwrap.wrap(text, chars, initial_indent=" " * indent, break_long_words=False)
    return [TypedLine(row, above=gap if i == 0 else 0.0) for i, row in enumerate(rows)]


def typed_heading(text: str, chars: int, *, centered: bool, gap: float = LINE * 1.5) -> list[TypedLine]:
    """Return a heading, centered or at the margin, underlined."""
    rows = textwrap.wrap(text, chars)
    return [
        TypedLine(
            row, (chars - len(row)) // 2 if centered else 0, underline=True, above=gap if i == 0 else 0.0, keep=True
        )
        for i, row in enumerate(rows)
    ]


class TypedText:
    """Lines waiting for paper."""

    def __init__(self, lines: Iterable[TypedLine], *, pitch: float = LINE) -> None:
        self.pitch = pitch
        self.waiting: deque[TypedLine] = deque(lines)

    def __bool__(self) -> bool:
        return bool(self.waiting)

    def height(self) -> float:
        """Points that all waiting lines need."""
        return sum(self.pitch + line.above for line in self.waiting)

    def pour(self, sheet: Face, machine: Machine, rng: Random, *, left: float, top: float, bottom: float) -> float:
        """Type as many lines as fit between top and bottom, and return the baseline of the last one."""
        y, first = top, True
        while self.waiting:
            line = self.waiting[0]
            step = 0.0 if first else self.pitch + line.above
            needs = step + (2 * self.pitch if line.keep else 0.0)
            if y + needs > bottom and not first:
                break
            y += step
            machine.type(sheet, left + line.column * machine.advance, y, line.text, rng, underline=line.underline)
            self.waiting.popleft()
            first = False
        return y
