"""The same pages as other archives would deliver them: what a transformation does to the image and to its reading.

Every delivery is a function of one scan; chance in it is drawn from the page's identifier, so that it is the same
every time. Reading hundreds of pages anew for each delivery would take hours, so the reading that the
original gave is carried along: its boxes moved with the image, and spoilt where the image is (`spoilt`, at rates that
were measured on pages really read again). `python bench/travel.py --read NAME` reads a delivery for real.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance, ImageOps

from clustering.engine.records import Line, PageReading

MISREAD = "abceilmnorstu.,'~1 "
"""What is read in place of what stands there."""
FRAME = 1.04
"""Edge of a frame, in edges of the largest sheet."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a delivery may know beside the scan."""

    identifier: str
    frame: tuple[int, int]
    """Pixels that hold the largest sheet of the collection."""
    ink: tuple[float, float, float, float]
    """Box of the ink, shares of the image; the whole image where there is none."""

    def chance(self, purpose: str) -> Random:
        """The page's own chance."""
        return Random(f"{purpose}:{self.identifier}")


@dataclass(frozen=True, slots=True)
class Placed:
    """A transformed scan, and where a point of the original lies in it: x * scale + across, y * scale + down."""

    image: Image.Image
    scale: float = 1.0
    across: float = 0.0
    down: float = 0.0
    turned: int = 0
    """Degrees clockwise by which it was turned, after all else."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way to deliver a collection."""

    name: str
    sentence: str
    draw: Callable[[Image.Image, Setting], Placed]
    looked_at: bool
    """Whether evidence and model were mended by looking at it. What was never looked at is the honest figure."""
    noise: float = 0.0
    """Share of the characters that are misread, and of the lines that are lost, beyond those of the original."""
    without: frozenset[str] = field(default_factory=frozenset)
    """reading, vector, paper: what is not there."""
    suffix: str = ".jpg"
    quality: int = 88


def _same(image: Image.Image, _setting: Setting) -> Placed:
    return Placed(image)


def _grey(image: Image.Image, _setting: Setting) -> Placed:
    return Placed(image.convert("L"))


def _bitonal(image: Image.Image, _setting: Setting) -> Placed:
    grey = image.convert("L")
    limit = otsu(np.asarray(grey))
    return Placed(grey.point(lambda level: 255 if level > limit else 0).convert("1"))


def otsu(grey: npt.NDArray[np.uint8]) -> int:
    """The grey level that parts ink from paper best (Otsu 1979)."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    mass = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (mass / below - (mass[-1] - mass) / above) ** 2
    return int(np.nanargmax(between))


@cache
def _grain(wide: int, high: int) -> npt.NDArray[np.float32]:
    """Noise of one scanner, shifted about from page to page."""
    return np.random.default_rng(7).standard_normal((high, wide), dtype=np.float32)


def _framed(image: Image.Image, setting: Setting, ground: int, noise: float) -> Placed:
    """On a ground of one grey, about its middle, as under a camera or on a flatbed."""
    chance = setting.chance("frame")
    wide, high = (round(edge * FRAME) for edge in setting.frame)
    grain = np.roll(_grain(wide, high), (chance.randrange(high), chance.randrange(wide)), (0, 1))
    ground_levels = np.clip(ground + noise * grain, 0, 255).astype(np.uint8)
    frame = Image.fromarray(ground_levels).convert(image.mode)
    free = (wide - image.width, high - image.height)
    x, y = (round(f / 2 + chance.uniform(-0.1, 0.1) * min(f, 200)) for f in free)
    frame.paste(image, (x, y))
    return Placed(frame, across=x, down=y)


def _black_frame(image: Image.Image, setting: Setting) -> Placed:
    return _framed(image, setting, 8, 4.0)


def _white_frame(image: Image.Image, setting: Setting) -> Placed:
    return _framed(image.convert("L"), setting, 250, 2.0)


def _microfilm(image: Image.Image, setting: Setting) -> Placed:
    """Greyscale on black with hard contrast and little resolution."""
    hard = ImageEnhance.Contrast(image.convert("L")).enhance(1.6)
    placed = _framed(hard, setting, 10, 5.0)
    small = placed.image.resize((placed.image.width * 7 // 10, placed.image.height * 7 // 10), Image.Resampling.BOX)
    return Placed(small, 0.7, placed.across * 0.7, placed.down * 0.7)


def _cropped(image: Image.Image, setting: Setting) -> Placed:
    """Close to the ink, with a margin that is never quite the same."""
    chance = setting.chance("crop")
    left, top, right, bottom = setting.ink
    slack = [chance.uniform(0.004, 0.02) * image.width for _ in range(4)]
    x, y = max(round(left * image.width - slack[0]), 0), max(round(top * image.height - slack[1]), 0)
    end = (
        min(round(right * image.width + slack[2]), image.width),
        min(round(bottom * image.height + slack[3]), image.height),
    )
    return Placed(image.crop((x, y, max(end[0], x + 16), max(end[1], y + 16))), across=-x, down=-y)


def _resized(image: Image.Image, factor: float) -> Placed:
    size = (max(round(image.width * factor), 1), max(round(image.height * factor), 1))
    return Placed(image.resize(size, Image.Resampling.BICUBIC), factor)


def _faded(image: Image.Image, setting: Setting) -> Placed:
    """Another scanner's tone curve, page by page a little different, and falling light."""
    chance = setting.chance("fade")
    power, low = chance.uniform(0.6, 0.75), chance.uniform(25, 45)
    table = [round(low + (235 - low) * (level / 255) ** power) for level in range(256)]
    return Placed(image.point(table * len(image.getbands())))


def _sideways(image: Image.Image, setting: Setting) -> Placed:
    """One page in five lies on its side."""
    chance = setting.chance("turn")
    if chance.random() > 0.2:
        return Placed(image)
    turned = chance.choice((90, 270))
    return Placed(image.rotate(-turned, expand=True), turned=turned)


DELIVERIES: tuple[Delivery, ...] = (
    Delivery("as it is", "The pages as they are.", _same, looked_at=True),
    Delivery("greyscale", "Greyscale.", _grey, looked_at=True),
    Delivery("bitonal", "Black and white, by Otsu's threshold.", _bitonal, looked_at=True, noise=0.04, suffix=".png"),
    Delivery("black frame", "Every page in one black frame, off its middle.", _black_frame, looked_at=True),
    Delivery("cropped", "Cut close to the ink.", _cropped, looked_at=True),
    Delivery("small JPEG", "Half size, quality 25.", lambda i, _: _resized(i, 0.5), looked_at=True, noise=0.12,
             quality=25),
    Delivery("poor OCR", "One character in eight misread, lines missing.", _same, looked_at=True, noise=0.12),
    Delivery("no OCR", "Not read.", _same, looked_at=True, without=frozenset({"reading"})),
    Delivery("no image vectors", "Not embedded.", _same, looked_at=True, without=frozenset({"vector"})),
    Delivery("white frame, grey", "Greyscale, every page on one white lid.", _white_frame, looked_at=False),
    Delivery("microfilm", "Grey, hard, 70 % of the size, in one black frame, poorly read.", _microfilm, looked_at=False,
             noise=0.08, quality=60),
    Delivery("another scanner", "Other tone curves and less contrast.", _faded, looked_at=False),
    Delivery("twice the size", "Enlarged twice.", lambda i, _: _resized(i, 2.0), looked_at=False),
    Delivery("sideways", "One page in five on its side.", _sideways, looked_at=False),
    Delivery("cropped, grey, poor OCR", "Cut close to the ink, greyscale, one character in twelve misread.",
             lambda i, s: _cropped(i.convert("L"), s), looked_at=False, noise=0.08),
    Delivery("framed, no OCR", "In one black frame, not read.", _black_frame, looked_at=False,
             without=frozenset({"reading"})),
    Delivery("no measured paper", "Paper not measured.", _same, looked_at=False, without=frozenset({"paper"})),
)  # fmt: skip
"""Every delivery, those that were looked at first."""


def carried(reading: PageReading, placed: Placed, delivery: Delivery, setting: Setting) -> PageReading:
    """The original's reading as the transformed scan would give it."""
    lines = tuple(
        replace(
            line,
            left=round(line.left * placed.scale + placed.across),
            right=round(line.right * placed.scale + placed.across),
            top=round(line.top * placed.scale + placed.down),
            bottom=round(line.bottom * placed.scale + placed.down),
        )
        for line in reading.lines
    ) if reading.rotation == 0 else reading.lines  # fmt: skip
    upright = placed.image.rotate(placed.turned, expand=True) if placed.turned else placed.image
    size = upright.size if reading.rotation % 180 == 0 else upright.size[::-1]
    if reading.rotation:
        lines = _turned_lines(reading, placed, size)
    rotation = (reading.rotation - placed.turned) % 360
    moved = replace(reading, lines=lines, width=size[0], height=size[1], rotation=rotation)
    if placed.turned and sum(len(line.text.split()) for line in reading.lines) < 12:
        return replace(moved, lines=(), text="", rotation=0, width=placed.image.width, height=placed.image.height)
    return spoilt(moved, delivery.noise, setting.chance("noise")) if delivery.noise else moved


def _turned_lines(reading: PageReading, placed: Placed, size: tuple[int, int]) -> tuple[Line, ...]:
    """Lines of a page that stood on its head or side, scaled about its middle: frames are nearly even around it."""
    x = (size[0] - reading.width * placed.scale) / 2
    y = (size[1] - reading.height * placed.scale) / 2
    return tuple(
        replace(
            line,
            left=round(line.left * placed.scale + x),
            right=round(line.right * placed.scale + x),
            top=round(line.top * placed.scale + y),
            bottom=round(line.bottom * placed.scale + y),
        )
        for line in reading.lines
    )


def spoilt(reading: PageReading, rate: float, chance: Random) -> PageReading:
    """The reading with so many characters misread, some lines lost, numbers among them, and confidences to match."""
    lines = []
    for line in reading.lines:
        if chance.random() < rate:
            continue
        text = "".join(c if c == " " or chance.random() >= rate else chance.choice(MISREAD) for c in line.text)
        if re.sub(r"\W", "", text):
            lines.append(replace(line, text=text, confidence=max(line.confidence - 250 * rate * chance.random(), 20.0)))
    text = "\n".join(line.text for line in lines)
    return replace(reading, lines=tuple(lines), text=text, confidence=max(reading.confidence - 125 * rate, 0.0))


def drawn_target(size: tuple[int, int]) -> Image.Image:
    """A scanner operator's target: a grey wedge, a ruler and the word START on white."""
    from PIL import ImageDraw

    target = Image.new("RGB", size, (236, 236, 234))
    pen = ImageDraw.Draw(target)
    step = size[0] // 14
    for place in range(12):
        level = 255 - place * 21
        pen.rectangle(
            (step * (place + 1), size[1] // 2, step * (place + 2), size[1] // 2 + 2 * step), fill=(level,) * 3
        )
        pen.line((step * (place + 1), size[1] // 3, step * (place + 1), size[1] // 3 + step), fill=(0, 0, 0), width=3)
    return ImageOps.expand(target.crop((8, 8, size[0] - 8, size[1] - 8)), 8, (20, 20, 20))
