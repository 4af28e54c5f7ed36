"""One printed side of a sheet: black and colored plates, drawn in points, not yet on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from clustering.samples import fonts

POINTS_PER_INCH = 72.0
LETTER_DOTS_PER_INCH = 109.4
"""At this resolution, a letter sheet has 930 x 1200 pixels, like quarter-size scans."""
OVERSAMPLING = 2
"""Plates are drawn this much larger and reduced once, the cheapest way to smooth small type."""

_SCREEN = np.array(
    [
        [0.10, 0.45, 0.85, 0.55],
        [0.35, 0.70, 0.95, 0.25],
        [0.80, 0.60, 0.05, 0.40],
        [0.90, 0.20, 0.30, 0.75],
    ],
    dtype=np.float32,
)
"""One cell of the halftone screen, thresholds 0 … 1: about 55 lines per inch."""

LARGEST_KEPT = 48
"""Pixels per em up to which words are cached as masks: words of running text recur."""

Ink = tuple[int, int, int]
Anchor = Literal["left", "center", "right"]
BLACK: Ink = (46, 44, 43)
"""Printed black as scanners see it; real folders have hardly anything darker."""


@dataclass(frozen=True, slots=True)
class Style:
    """How type is set: face name, size and leading in points, ink."""

    face: str
    size: float
    leading: float = 0.0
    """Distance of lines, in points; 0 means 1.2 times the size."""
    ink: Ink = BLACK

    @property
    def pitch(self) -> float:
        """Distance of lines in points."""
        return self.leading or self.size * 1.2


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished face: plates at scan resolution, each an L image (255 = no ink) with its ink."""

    size: tuple[int, int]
    plates: tuple[tuple[Ink, Image.Image], ...]


def halftone(image: Image.Image) -> Image.Image:
    """Return an L image broken into dots, keeping some of the tone as paper does."""
    values = np.asarray(image, dtype=np.float32) / 255.0
    rows, columns = -(-values.shape[0] // 4), -(-values.shape[1] // 4)
    screen = np.tile(_SCREEN, (rows, columns))[: values.shape[0], : values.shape[1]]
    printed = np.clip((values - screen) * 2.2 + 0.5, 0, 1)
    return Image.fromarray((printed * 235 + 12).astype(np.uint8))


class Face:
    """A side being drawn. Coordinates and sizes are points from the top left corner; y of text is its baseline."""

    def __init__(self, width: float, height: float, *, scale: float = 1.0) -> None:
        self.width = width
        self.height = height
        self.dots = LETTER_DOTS_PER_INCH * scale / POINTS_PER_INCH
        self.fine = self.dots * OVERSAMPLING
        self.size = (max(round(width * self.dots), 8), max(round(height * self.dots), 8))
        self._plates: dict[Ink, tuple[Image.Image, ImageDraw.ImageDraw]] = {}

    def plate(self, ink: Ink) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        """Return the large plate of an ink and its pen, created on first use."""
        if ink not in self._plates:
            image = Image.new("L", (self.size[0] * OVERSAMPLING, self.size[1] * OVERSAMPLING), 255)
            self._plates[ink] = (image, ImageDraw.Draw(image))
        return self._plates[ink]

    def pixels(self, points: float) -> int:
        """Convert points to pixels of the large plate."""
        return round(points * self.fine)

    def measure(self, text: str, style: Style) -> float:
        """Return the width of one line of text in points."""
        return fonts.width(style.face, self.pixels(style.size), text) / self.fine

    def text(self, x: float, y: float, text: str, style: Style, *, anchor: Anchor = "left", tone: int = 0) -> float:
        """Set one line with its baseline at y, and return its width in points. `tone` 0 is full ink, 255 none."""
        wide = self.measure(text, style)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[anchor]
        plate, pen = self.plate(style.ink)
        size = self.pixels(style.size)
        if size <= LARGEST_KEPT and " " not in text:
            mask, dx, dy = fonts.word_mask(style.face, size, text)
            plate.paste(tone, (round(left * self.fine) + dx, round(y * self.fine) + dy), mask)
        else:
            at = (left * self.fine, y * self.fine)
            pen.text(at, text, font=fonts.font(style.face, size), fill=tone, anchor="ls")
        return wide

    def fit(self, text: str, style: Style, wide: float) -> Style:
        """Return the style at the size at which the text is `wide` points wide."""
        now = self.measure(text, style) or 1.0
        return Style(style.face, style.size * wide / now, style.leading, style.ink)

    def fitted(self, text: str, style: Style, wide: float) -> Style:
        """Return the style, smaller if the text would be wider than `wide` points."""
        return self.fit(text, style, wide) if self.measure(text, style) > wide else style

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, weight: float = 0.7, ink: Ink = BLACK) -> None:
        """Draw a straight line, weight in points."""
        ends = (x0 * self.fine, y0 * self.fine, x1 * self.fine, y1 * self.fine)
        self.plate(ink)[1].line(ends, fill=0, width=max(self.pixels(weight), 1))

    def box(self, x0: float, y0: float, x1: float, y1: float, *, weight: float = 0.8, ink: Ink = BLACK) -> None:
        """Draw an open rectangle."""
        corners = (x0 * self.fine, y0 * self.fine, x1 * self.fine, y1 * self.fine)
        self.plate(ink)[1].rectangle(corners, outline=0, width=max(self.pixels(weight), 1))

    def fill(self, x0: float, y0: float, x1: float, y1: float, *, ink: Ink = BLACK, tone: int = 0) -> None:
        """Draw a solid or tinted rectangle."""
        self.plate(ink)[1].rectangle((x0 * self.fine, y0 * self.fine, x1 * self.fine, y1 * self.fine), fill=tone)

    def polygon(self, points: Sequence[tuple[float, float]], *, ink: Ink = BLACK) -> None:
        """Draw a filled polygon."""
        self.plate(ink)[1].polygon([(x * self.fine, y * self.fine) for x, y in points], fill=0)

    def ellipse(self, x0: float, y0: float, x1: float, y1: float, *, ink: Ink = BLACK, weight: float = 0.0) -> None:
        """Draw an ellipse, filled if weight is 0."""
        corners = (x0 * self.fine, y0 * self.fine, x1 * self.fine, y1 * self.fine)
        pen = self.plate(ink)[1]
        if weight:
            pen.ellipse(corners, outline=0, width=max(self.pixels(weight), 1))
        else:
            pen.ellipse(corners, fill=0)

    def knock_out(self, x: float, y: float, text: str, style: Style, *, anchor: Anchor = "left") -> None:
        """Set white type in a solid area of the style's ink."""
        self.text(x, y, text, style, anchor=anchor, tone=255)

    def picture(self, image: Image.Image, x: float, y: float, wide: float, high: float, *, ink: Ink = BLACK) -> None:
        """Print an L photograph into a box, through the halftone screen that the plate needs."""
        box = (max(self.pixels(wide), 4), max(self.pixels(high), 4))
        self.plate(ink)[0].paste(
            halftone(image.resize(box, Image.Resampling.BICUBIC)), (self.pixels(x), self.pixels(y))
        )

    def finish(self, *, gain: float = 1.12) -> Printed:
        """Reduce the plates to scan resolution, which uses up the face. `gain` above 1 thickens the ink."""
        table = [round(255 * (value / 255) ** gain) for value in range(256)]
        plates = tuple((ink, image.reduce(OVERSAMPLING).point(table)) for ink, (image, _) in self._plates.items())
        self._plates = {}
        return Printed(self.size, plates)
