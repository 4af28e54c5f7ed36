"""Image files that Pillow can't write: TIFF with 16 bits per sample, and color profiles."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np


def tiff(size: tuple[int, int], values: Iterable[int], *, photometric: int, samples: int = 1) -> bytes:
    """A TIFF with 16 bits per sample, inverted or in color."""
    body = struct.pack(f"<{size[0] * size[1] * samples}H", *values)
    body += b"\0" * (len(body) % 2)
    bits = struct.pack("<HH", 16, 0) if samples == 1 else struct.pack("<I", 8 + len(body) + 2 + 12 * 9 + 4)
    short = [(259, 1), (262, photometric), (277, samples)]
    long = [(256, size[0]), (257, size[1]), (273, 8), (278, size[1]), (279, size[0] * size[1] * samples * 2)]
    tags = [(number, struct.pack("<HHIHH", number, 3, 1, value, 0)) for number, value in short]
    tags += [(number, struct.pack("<HHII", number, 4, 1, value)) for number, value in long]
    tags.append((258, struct.pack("<HHI", 258, 3, samples) + bits))
    listed = struct.pack("<H", len(tags)) + b"".join(tag for _, tag in sorted(tags)) + struct.pack("<I", 0)
    return struct.pack("<2sHI", b"II", 42, 8 + len(body)) + body + listed + struct.pack("<HHH", 16, 16, 16)


def profile(red: tuple[float, float], green: tuple[float, float], blue: tuple[float, float], gamma: float) -> bytes:
    """A color profile of a screen with these primaries as (x, y) and a white point of D50."""
    white = np.array([0.9642, 1.0, 0.8249])
    primaries = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in (red, green, blue)]).T
    columns = (primaries * np.linalg.solve(primaries, white)).T

    def xyz(values: Iterable[float]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"Wide\0" + b"\0" * 78
    name += b"\0" * (-len(name) % 4)
    tags = [
        (b"desc", name), (b"cprt", b"text\0\0\0\0free\0\0\0\0"), (b"wtpt", xyz(white)), (b"rXYZ", xyz(columns[0])),
        (b"gXYZ", xyz(columns[1])), (b"bXYZ", xyz(columns[2])), (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    ]  # fmt: skip
    at = 128 + 4 + 12 * len(tags)
    listed, body = struct.pack(">I", len(tags)), b""
    for key, content in tags:
        listed += key + struct.pack(">II", at + len(body), len(content))
        body += content
    head = bytearray(128)
    head[8:12], head[12:16], head[16:20], head[20:24] = b"\2\x20\0\0", b"mntr", b"RGB ", b"XYZ "
    head[36:40], head[68:80] = b"acsp", struct.pack(">3i", *(round(value * 65536) for value in white))
    head[0:4] = struct.pack(">I", at + len(body))
    return bytes(head) + listed + body


WIDE = ((0.648, 0.331), (0.23, 0.702), (0.156, 0.066))
PATCH = (59, 120, 200)
