"""Invented photographs, seals, signatures, and simple cartoons."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from clustering.samples.face import BLACK, Face, Ink, Style

SCENES: tuple[str, ...] = ("portrait", "crowd", "house", "meeting", "river")


def _person(pen: ImageDraw.ImageDraw, x: float, y: float, size: float, rng: Random) -> None:
    """Draw head, hair, collar, and shoulders; light comes from the left, features are shadows rather than lines."""
    skin, coat, hair = rng.randint(120, 205), rng.randint(18, 120), rng.randint(12, 90)
    dark = int(skin * 0.72)
    turn = rng.uniform(-0.12, 0.12) * size
    wide = rng.uniform(1.15, 1.45) * size
    pen.rounded_rectangle((x - wide, y + size * 0.95, x + wide, y + size * 5), radius=size * 0.75, fill=coat)
    pen.rectangle((x - size * 0.24, y + size * 0.5, x + size * 0.24, y + size * 1.1), fill=dark)
    pen.polygon(
        [(x - size * 0.42, y + size * 0.9), (x + size * 0.42, y + size * 0.9), (x, y + size * 1.9)],
        fill=rng.choice((232, 225, 60)),
    )
    if rng.random() < 0.5:
        pen.polygon(
            [
                (x - size * 0.1, y + size),
                (x + size * 0.1, y + size),
                (x + size * 0.05, y + size * 2),
                (x - size * 0.05, y + size * 2),
            ],
            fill=coat // 2,
        )
    long = rng.random() < 0.4
    pen.ellipse((x - size * 0.66, y - size * 0.98, x + size * 0.66, y + size * (1.15 if long else 0.35)), fill=hair)
    pen.ellipse((x - size * 0.5 + turn, y - size * 0.66, x + size * 0.5 + turn, y + size * 0.86), fill=skin)
    pen.pieslice(
        (x - size * 0.5 + turn, y - size * 0.66, x + size * 0.5 + turn, y + size * 0.86), -80, 85, fill=int(skin * 0.86)
    )
    for side in (-0.24, 0.2):
        at = x + size * side + turn
        pen.ellipse((at - size * 0.13, y - size * 0.1, at + size * 0.13, y + size * 0.06), fill=dark)
        pen.ellipse((at - size * 0.06, y - size * 0.06, at + size * 0.06, y + size * 0.06), fill=dark // 2)
    pen.polygon(
        [(x + turn, y), (x + size * 0.12 + turn, y + size * 0.3), (x - size * 0.02 + turn, y + size * 0.3)], fill=dark
    )
    pen.ellipse((x - size * 0.17 + turn, y + size * 0.46, x + size * 0.17 + turn, y + size * 0.54), fill=dark // 2 + 20)


def _house(pen: ImageDraw.ImageDraw, wide: int, high: int, rng: Random) -> None:
    """Draw a row of houses with windows, doors and a street."""
    x = -20
    while x < wide:
        front, top = rng.randint(60, 110), rng.randint(int(high * 0.15), int(high * 0.45))
        tone = rng.randint(60, 150)
        pen.rectangle((x, top, x + front, high * 0.86), fill=tone)
        pen.polygon([(x - 4, top), (x + front / 2, top - rng.randint(8, 30)), (x + front + 4, top)], fill=tone // 2)
        pen.rectangle((x + front * 0.42, high * 0.7, x + front * 0.6, high * 0.86), fill=30)
        for row in range(3):
            for column in range(3):
                wx, wy = x + 8 + column * front / 3.2, top + 12 + row * 36
                if wy + 20 < high * 0.68:
                    pen.rectangle((wx, wy, wx + 12, wy + 20), fill=rng.choice((30, 45, 210)), outline=200)
        x += front + rng.randint(0, 10)
    pen.rectangle((0, high * 0.86, wide, high), fill=110)
    for _ in range(rng.randint(1, 6)):
        _person(pen, rng.uniform(10, wide - 10), high * 0.72, high * 0.035, rng)


def _river(pen: ImageDraw.ImageDraw, wide: int, high: int, rng: Random) -> None:
    """Draw hills, a stream, and trees along the bank."""
    for i in range(7):
        level = high * (0.28 + i * 0.1)
        slope, phase = rng.uniform(30, 80), rng.uniform(0, 6)
        ridge = [(x, level + 12 * math.sin(x / slope + phase) + rng.uniform(-2, 2)) for x in range(0, wide + 12, 6)]
        pen.polygon([(0, high), *ridge, (wide, high)], fill=max(30, 170 - 20 * i))
    bend, sway = rng.uniform(0.35, 0.65), rng.uniform(-0.3, 0.3)
    left, right = [], []
    for step in range(24):
        near = step / 23
        middle = wide * (bend + sway * math.sin(near * 5) * (0.25 + near))
        half = wide * (0.01 + 0.2 * near**1.8)
        y = high * (0.5 + 0.52 * near)
        left.append((middle - half, y))
        right.append((middle + half, y))
    pen.polygon([*left, *reversed(right)], fill=rng.choice((205, 150, 225)))
    for _ in range(rng.randint(4, 12)):
        x, foot, size = rng.uniform(0, wide), rng.uniform(high * 0.55, high), rng.uniform(8, 30)
        pen.line((x, foot, x, foot - size), fill=25, width=2)
        pen.ellipse((x - size * 0.5, foot - size * 2, x + size * 0.5, foot - size * 0.6), fill=rng.randint(25, 70))


def _draw_scene(pen: ImageDraw.ImageDraw, scene: str, wide: int, high: int, rng: Random) -> None:
    if scene == "portrait":
        _person(pen, wide * rng.uniform(0.45, 0.55), high * 0.4, high * rng.uniform(0.22, 0.28), rng)
    elif scene == "crowd":
        _house(pen, wide, high, rng)
        for row in range(6):
            size = high * (0.022 + 0.018 * row)
            for _ in range(int(wide / size / 2.4)):
                _person(pen, rng.uniform(0, wide), high * (0.42 + row * 0.11) + rng.uniform(-4, 4), size, rng)
            for _ in range(rng.randint(0, 2)):
                x, y = rng.uniform(0, wide * 0.85), high * (0.12 + row * 0.07)
                pen.line((x + 22, y, x + 22, y + high * 0.4), fill=60, width=3)
                pen.rectangle((x, y, x + 44, y + 28), fill=232, outline=60)
                for text in (7, 14, 20):
                    pen.line((x + 6, y + text, x + rng.randint(26, 38), y + text), fill=40, width=3)
    elif scene == "house":
        _house(pen, wide, high, rng)
    elif scene == "meeting":
        for i in range(4):
            pen.rectangle(
                (wide * (0.04 + i * 0.26), high * 0.05, wide * (0.2 + i * 0.26), high * 0.45),
                fill=rng.choice((205, 60)),
            )
        for i in range(rng.randint(3, 6)):
            _person(
                pen, wide * (0.12 + i * 0.17), high * 0.4 + rng.uniform(-12, 12), high * rng.uniform(0.1, 0.14), rng
            )
        pen.rectangle((0, high * 0.78, wide, high), fill=50)
        pen.rectangle((0, high * 0.78, wide, high * 0.82), fill=185)
        for _ in range(5):
            x = rng.uniform(0, wide)
            pen.polygon(
                [(x, high * 0.85), (x + 40, high * 0.83), (x + 48, high * 0.92), (x + 6, high * 0.95)], fill=225
            )
    else:
        _river(pen, wide, high, rng)


def _bend(image: Image.Image, rng: Random) -> Image.Image:
    """Move the corners of a coarse mesh a little, so that nothing stays straight or round."""
    columns, rows, reach = 9, 7, 7.0
    xs = [round(i * image.width / columns) for i in range(columns + 1)]
    ys = [round(i * image.height / rows) for i in range(rows + 1)]
    moved = {(x, y): (x + rng.uniform(-reach, reach), y + rng.uniform(-reach, reach)) for x in xs for y in ys}
    mesh = []
    for left, right in pairwise(xs):
        for top, bottom in pairwise(ys):
            corners = ((left, top), (left, bottom), (right, bottom), (right, top))
            mesh.append(((left, top, right, bottom), tuple(value for corner in corners for value in moved[corner])))
    bent = image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    inner = (8, 8, image.width - 8, image.height - 8)
    return bent.crop(inner).resize(image.size, Image.Resampling.BILINEAR)


def _texture(size: tuple[int, int], seed: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return noise of three grain sizes around 0, shape (height, width): cloth, leaves, and dirt."""
    total = np.zeros((size[1], size[0]), dtype=np.float32)
    for step, strength in ((3, 11.0), (9, 13.0), (31, 11.0)):
        small = seed.normal(0, strength, (size[1] // step + 2, size[0] // step + 2)).astype(np.float32)
        total += np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))
    return total


def photograph(rng: Random, aspect: float, *, scene: str = "") -> Image.Image:
    """Return a photograph in gray tones (L), 420 wide, without screen; aspect is width over height."""
    wide, high = 420, max(round(420 / aspect), 48)
    sky = rng.choice((140, 185, 225))
    base = Image.linear_gradient("L").resize((wide, high)).point([sky - v // 4 for v in range(256)])
    _draw_scene(ImageDraw.Draw(base), scene or rng.choice(SCENES), wide, high, rng)
    seed = np.random.default_rng(rng.randrange(2**32))
    soft = _bend(base, rng).filter(ImageFilter.GaussianBlur(rng.uniform(1.3, 2.2)))
    lamp = Image.radial_gradient("L").resize((wide * 2, high * 2), Image.Resampling.BILINEAR)
    at = (rng.randint(0, wide), rng.randint(0, high))
    light = lamp.crop((at[0], at[1], at[0] + wide, at[1] + high)).point([255 - v * 5 // 9 for v in range(256)])
    values = np.asarray(ImageChops.multiply(soft, light), dtype=np.float32)
    textured = values * (1 + _texture((wide, high), seed) / 210) + seed.normal(0, 7, (high, wide)).astype(np.float32)
    middle = float(np.median(textured))
    contrast = 255 / (1 + np.exp(-(textured - middle) / rng.uniform(28, 42)))
    return Image.fromarray(np.clip(contrast, 0, 255).astype(np.uint8))


def emblem(face: Face, number: int, x: float, y: float, size: float, *, ink: Ink = BLACK, initials: str = "") -> None:
    """Draw one of six seals, centered at (x, y), `size` points wide."""
    half = size / 2
    face.ellipse(x - half, y - half, x + half, y + half, ink=ink, weight=size / 36)
    if number % 3 == 0:
        face.ellipse(x - half * 0.82, y - half * 0.82, x + half * 0.82, y + half * 0.82, ink=ink, weight=size / 70)
    if number in (0, 4):
        points = []
        for i in range(10):
            radius = half * (0.74 if i % 2 == 0 else 0.3)
            points.append((x + radius * math.sin(i * math.pi / 5), y - radius * math.cos(i * math.pi / 5)))
        face.polygon(points, ink=ink)
    elif number in (1, 5):
        for i in range(12):
            turn = i * math.pi / 6
            tip = (x + half * 0.8 * math.sin(turn), y - half * 0.8 * math.cos(turn))
            face.rule(x, y, *tip, weight=size / 18, ink=ink)
        face.ellipse(x - half * 0.45, y - half * 0.45, x + half * 0.45, y + half * 0.45, ink=ink)
    elif number == 2:
        face.polygon([(x - half * 0.6, y + half * 0.5), (x, y - half * 0.7), (x + half * 0.6, y + half * 0.5)], ink=ink)
        face.rule(x - half * 0.7, y + half * 0.6, x + half * 0.7, y + half * 0.6, weight=size / 20, ink=ink)
    if number in (3, 1, 5) and initials:
        style = Style("grotesque-bold", size * (0.3 if number == 3 else 0.16), ink=ink)
        room = size * (0.7 if number == 3 else 0.4)
        style = face.fit(initials, style, room) if face.measure(initials, style) > room else style
        if number == 3:
            face.text(x, y + size * 0.1, initials, style, anchor="center")
        else:
            face.knock_out(x, y + size * 0.06, initials, style, anchor="center")


def signature(face: Face, name: str, x: float, y: float, rng: Random) -> None:
    """Draw a name in handwriting, with a flourish."""
    ink = rng.choice(((30, 42, 120), (26, 26, 40), (24, 60, 130)))
    face.text(x, y, name, Style(rng.choice(("pen", "scrawl")), rng.uniform(22, 30), ink=ink))
    wide = rng.uniform(60, 120)
    steps = [(x + t * wide, y + 5 + 3 * math.sin(t * rng.uniform(5, 9))) for t in (0, 0.25, 0.5, 0.75, 1.0)]
    for (x0, y0), (x1, y1) in pairwise(steps):
        face.rule(x0, y0, x1, y1, weight=0.8, ink=ink)


def union_bug(face: Face, x: float, y: float, *, ink: Ink = BLACK) -> None:
    """Draw the printer's small label at the bottom of a sheet."""
    face.ellipse(x - 9, y - 3.5, x + 9, y + 3.5, ink=ink, weight=0.6)
    face.text(x, y + 1.4, "ALLIED PTG", Style("grotesque-bold", 3.0, ink=ink), anchor="center")
    face.text(x + 11, y + 2.5, "27", Style("grotesque", 4.0, ink=ink))
