"""A drawn page in handwriting that Tesseract can't read, and one in print."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from clustering.samples.fonts import font

LINES = (
    "This is my last will and testament.",
    "I give all that I own to my wife",
    "Rosalie and to our two children,",
    "and wish that nobody contests it.",
    "Written by my own hand at Coisy",
    "on the second of August, 1914.",
)


def written(face: str, *, ink: int, paper: int, slant: float = 0.0, grain: float = 0.0) -> Image.Image:
    """A page of six lines."""
    page = Image.new("L", (1000, 760), paper)
    draw = ImageDraw.Draw(page)
    for place, line in enumerate(LINES):
        draw.text((90, 150 + 95 * place), line, font=font(face, 50), fill=ink)
    if slant:
        page = page.transform(page.size, Image.Transform.AFFINE, (1, slant, -slant * 500, 0, 1, 0), fillcolor=paper)
    noise = np.random.default_rng(1).normal(0, grain, page.size[::-1])
    return Image.fromarray(np.clip(np.asarray(page) + noise, 0, 255).astype(np.uint8))


def faint_handwriting() -> Image.Image:
    """A page of six slanted lines, hardly darker than their grainy paper."""
    return written("pen", ink=150, paper=190, slant=0.4, grain=12)
