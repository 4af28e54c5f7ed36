"""What an image shows around a sheet, or cuts off: the whole glass, film, a copier's rim, a sheet that is too large."""

from __future__ import annotations

from random import Random
from typing import Literal

from PIL import Image, ImageDraw, ImageFilter

Ink = tuple[int, int, int]
Ground = Literal["", "glass", "film", "copy", "too large"]
"""How a sheet came into its image: cut out of the bed, like most; on the whole glass; on film, between its
perforations; with the dark rim of a photocopy; larger than the glass, so that its edges are missing."""

GLASS = 1.35
"""Size of the glass, or the film, relative to the sheet."""
PERFORATIONS = 9
"""Perforations down each edge of a frame of film."""
RIM = (0.0, 0.02, 0.05)
"""Widths of a copy's rim along one edge, in shares of the sheet's."""
SEEN = 0.6
"""Share of a sheet's edges that fits on a glass too small for it."""


def on_ground(laid: Image.Image, ground: Ground, bed: Ink, rng: Random) -> Image.Image:
    """Return the image of a sheet that was laid on a bed of this color."""
    if ground == "glass":
        return _on_glass(laid, bed, rng)
    if ground == "film":
        return _on_film(laid, bed, rng)
    if ground == "copy":
        return _copied(laid, bed, rng)
    return _cropped(laid, rng) if ground == "too large" else laid


def _on_glass(laid: Image.Image, bed: Ink, rng: Random) -> Image.Image:
    wide, high = round(laid.width * GLASS), round(laid.height * GLASS)
    whole = Image.new("RGB", (wide, high), bed)
    whole.paste(laid, (rng.randint(0, wide - laid.width), rng.randint(0, high - laid.height)))
    return whole


def _on_film(laid: Image.Image, bed: Ink, rng: Random) -> Image.Image:
    whole = Image.new("RGB", (round(laid.width * GLASS), round(laid.height * 1.15)), bed)
    whole.paste(laid, ((whole.width - laid.width) // 2 + rng.randint(-9, 9), (whole.height - laid.height) // 2))
    pen, step = ImageDraw.Draw(whole), whole.height / PERFORATIONS
    hole = 0.3 * (whole.width - laid.width) / 2
    for number in range(PERFORATIONS):
        top = (number + 0.25) * step
        for left in (0.5 * hole, whole.width - 1.5 * hole):
            pen.rounded_rectangle((left, top, left + hole, top + 0.5 * step), hole / 5, fill=(236, 236, 234))
    return whole


def _copied(laid: Image.Image, bed: Ink, rng: Random) -> Image.Image:
    copy = laid.copy()
    pen, (wide, high) = ImageDraw.Draw(copy), copy.size
    for edge in range(4):
        width = rng.choice(RIM) * wide
        line = [(step / 12, width + (rng.uniform(0, 0.012) * wide if width else 0)) for step in range(13)]
        points = [(0.0, 0.0), *line, (1.0, 0.0)]
        along, across = (wide, high) if edge < 2 else (high, wide)
        flat = [(share * along, across - depth if edge % 2 else depth) for share, depth in points]
        pen.polygon(flat if edge < 2 else [(y, x) for x, y in flat], fill=bed)
    return copy.filter(ImageFilter.GaussianBlur(0.6))


def _cropped(laid: Image.Image, rng: Random) -> Image.Image:
    wide, high = round(laid.width * SEEN), round(laid.height * SEEN)
    left, top = rng.randint(0, laid.width - wide), rng.randint(0, laid.height - high)
    return laid.crop((left, top, left + wide, top + high))
