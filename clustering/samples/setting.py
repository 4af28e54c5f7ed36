"""Set type: paragraphs broken into lines, justified, and poured into columns."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from clustering.samples import fonts
from clustering.samples.face import Anchor, Face, Style

REFERENCE = 64
"""Widths are measured at so many pixels per em, so that lines break alike at every scale of the sample."""
WORD_SPACE = 0.27
"""Width, in em, of a space that isn't stretched."""
WIDEST_GAP = 8.0
"""Stretch of a space, relative to its natural width, beyond which a line stays ragged."""
Justify = Literal["justified", "ragged", "centered"]


def measure(text: str, style: Style) -> float:
    """Return the width in points at the style's size, the same at every scale."""
    return fonts.width(style.face, REFERENCE, text) * style.size / REFERENCE


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line of a paragraph."""

    words: tuple[str, ...]
    style: Style
    justify: Justify
    indent: float = 0.0
    above: float = 0.0
    keep: bool = False
    """Whether it stays with the next line, as headings do."""
    last: bool = False
    """Whether it is the last line of its paragraph, which isn't stretched."""

    @property
    def height(self) -> float:
        """Points it takes in a column."""
        return self.style.pitch + self.above


def set_text(
    text: str,
    style: Style,
    wide: float,
    *,
    justify: Justify = "justified",
    indent: float = 0.0,
    hang: float = 0.0,
    above: float = 0.0,
    keep: bool = False,
) -> list[SetLine]:
    """Break a paragraph into lines of at most `wide` points; `indent` moves the first line, `hang` the others."""
    space = style.size * WORD_SPACE
    rows: list[list[str]] = [[]]
    room = wide - indent
    for word in text.split():
        need = measure(word, style)
        if rows[-1] and need + space > room:
            rows.append([])
            room = wide - hang
        room -= need + (space if rows[-1] else 0.0)
        rows[-1].append(word)
    final = len(rows) - 1
    return [
        SetLine(tuple(row), style, justify, indent if i == 0 else hang, above if i == 0 else 0.0, keep, i == final)
        for i, row in enumerate(rows)
        if row
    ]


def draw_line(face: Face, line: SetLine, x: float, y: float, wide: float) -> None:
    """Print one line, baseline at y, in a column of that width."""
    widths = [face.measure(word, line.style) for word in line.words]
    natural = line.style.size * WORD_SPACE
    gaps = len(line.words) - 1
    free = wide - line.indent - sum(widths)
    gap = natural
    left = x + line.indent
    if gaps and (free < natural * gaps or (line.justify == "justified" and not line.last)):
        gap = min(free / gaps, natural * WIDEST_GAP)
    elif line.justify == "centered":
        left = x + (wide - sum(widths) - natural * gaps) / 2
    for word, needed in zip(line.words, widths, strict=True):
        face.text(left, y, word, line.style)
        left += needed + gap


class Galley:
    """Lines waiting for columns."""

    def __init__(self, lines: Iterable[SetLine] = ()) -> None:
        self.waiting: deque[SetLine] = deque(lines)

    def __bool__(self) -> bool:
        return bool(self.waiting)

    def add(self, lines: Iterable[SetLine]) -> None:
        """Append more lines."""
        self.waiting.extend(lines)

    def height(self) -> float:
        """Return the points that all waiting lines need in one column."""
        return sum(line.height for line in self.waiting)

    def pour(self, face: Face, x: float, top: float, wide: float, bottom: float) -> float:
        """Fill one column from `top` to `bottom`, and return how far down it came."""
        y, first = top, True
        while self.waiting:
            line = self.waiting[0]
            need = line.style.pitch if first else line.height
            if y + need + (line.style.pitch * 1.5 if line.keep else 0.0) > bottom and not first:
                break
            y += need
            if y > bottom + 1:
                y -= need
                break
            draw_line(face, line, x, y - line.style.pitch * 0.22, wide)
            self.waiting.popleft()
            first = False
        return y


def column_lefts(left: float, right: float, count: int, gutter: float) -> tuple[list[float], float]:
    """Return the left edges of equal columns and their width."""
    wide = (right - left - gutter * (count - 1)) / count
    return [left + i * (wide + gutter) for i in range(count)], wide


def headline(
    face: Face, text: str, style: Style, x: float, y: float, wide: float, *, align: Anchor = "left", most: int = 3
) -> float:
    """Set a headline in at most `most` lines, smaller if needed, and return the y below it."""
    size = style.size
    lines = set_text(text, style, wide, justify="ragged")
    while (len(lines) > most or any(measure(" ".join(row.words), row.style) > wide for row in lines)) and size > 8:
        size *= 0.92
        lines = set_text(text, Style(style.face, size, size * 1.1, style.ink), wide, justify="ragged")
    for line in lines:
        y += line.style.pitch
        at = {"left": x, "center": x + wide / 2, "right": x + wide}[align]
        face.text(at, y - line.style.pitch * 0.2, " ".join(line.words), line.style, anchor=align)
    return y
