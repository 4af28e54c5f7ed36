"""Scans to pack, and what came out of a packed file."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from clustering.sources.contract import Listing
from clustering.sources.unpacking import Limits

ROOMY = Limits(10**9)
STAMPED = b"q 612 0 0 792 0 0 cm /Im Do Q BT /F1 30 Tf 1 0 0 rg 60 60 Td (HH000123 RECEIVED) Tj ET"


def scan(number: int) -> bytes:
    image = Image.new("RGB", (300, 400), "#f3ead6")
    ImageDraw.Draw(image).text((40, 40), f"Page {number}", fill="#222")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def names(listing: Listing) -> list[str]:
    return [file.name for file in listing.files]


def contents(listing: Listing) -> dict[str, bytes]:
    return {file.name: file.path.read_bytes() for file in listing.files}
