"""Paper: tones, grain, and show-through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

import numpy as np
from PIL import Image, ImageFilter

TILE = 2200
"""Edge of the grain tile in pixels; larger pages use a mirrored continuation."""


@dataclass(frozen=True, slots=True)
class Stock:
    """A kind of paper."""

    name: str
    tone: tuple[int, int, int]
    grain: float
    """Contrast of the fibers, in gray levels."""
    show_through: float
    """Share of the other side's ink that shows through, 0 … 1."""
    ageing: float
    """How far the edges have yellowed, 0 … 1."""


STOCKS: dict[str, Stock] = {
    stock.name: stock
    for stock in (
        Stock("bond", (240, 235, 228), 2.0, 0.05, 0.05),
        Stock("copy", (236, 235, 233), 1.6, 0.06, 0.0),
        Stock("rag", (239, 233, 222), 2.6, 0.05, 0.1),
        Stock("cream", (241, 234, 216), 2.4, 0.06, 0.15),
        Stock("yellowed", (234, 219, 186), 3.2, 0.09, 0.5),
        Stock("mimeograph", (226, 219, 200), 5.0, 0.13, 0.3),
        Stock("newsprint", (221, 205, 171), 5.5, 0.18, 0.55),
        Stock("onionskin", (190, 189, 184), 7.0, 0.2, 0.1),
        Stock("coated", (243, 242, 238), 0.9, 0.04, 0.0),
        Stock("card", (236, 228, 205), 2.0, 0.0, 0.2),
        Stock("kraft", (196, 166, 116), 5.0, 0.0, 0.2),
        Stock("buff", (232, 210, 166), 3.0, 0.07, 0.2),
        Stock("goldenrod", (240, 202, 74), 3.0, 0.07, 0.1),
        Stock("canary", (243, 232, 122), 3.0, 0.07, 0.15),
        Stock("pink", (236, 178, 192), 3.0, 0.07, 0.1),
        Stock("salmon", (226, 152, 112), 3.4, 0.06, 0.1),
        Stock("green", (186, 214, 168), 3.2, 0.07, 0.15),
        Stock("blue", (172, 198, 220), 3.0, 0.07, 0.1),
    )
}
WHITE = ("bond", "bond", "copy", "rag", "cream")
OLD = ("yellowed", "mimeograph", "newsprint", "cream", "buff")
COLORED = ("goldenrod", "canary", "pink", "salmon", "green", "blue", "buff")


def pick_stock(rng: Random, names: tuple[str, ...]) -> Stock:
    """Return one of the named stocks, slightly varied like every ream."""
    base = STOCKS[rng.choice(names)]
    shift = rng.randint(-5, 4)
    tone = tuple(max(0, min(250, value + shift + rng.randint(-2, 2))) for value in base.tone)
    return Stock(
        base.name, (tone[0], tone[1], tone[2]), base.grain, base.show_through * rng.uniform(0.6, 1.3), base.ageing
    )


@lru_cache(maxsize=1)
def grain_tile() -> Image.Image:
    """Return an L tile of paper fibers around gray 128, one standard deviation near 25; the same in every process."""
    source = np.random.default_rng(1957)
    fine = source.normal(0.0, 1.0, (TILE, TILE)).astype(np.float32)
    coarse = source.normal(0.0, 1.0, (TILE // 6 + 1, TILE // 6 + 1)).astype(np.float32)
    cloud = Image.fromarray(coarse).resize((TILE, TILE), Image.Resampling.BICUBIC)
    mixed = fine * 27.0 + np.asarray(cloud) * 9.0 + 128.0
    return Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.5))


def grain(size: tuple[int, int], rng: Random) -> Image.Image:
    """Return a piece of grain of this size, from a random place of the tile."""
    tile = grain_tile()
    wide, high = min(size[0], TILE), min(size[1], TILE)
    left, top = rng.randint(0, TILE - wide), rng.randint(0, TILE - high)
    piece = tile.crop((left, top, left + wide, top + high))
    return piece if piece.size == size else piece.resize(size, Image.Resampling.NEAREST)
