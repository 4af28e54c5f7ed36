"""Which scans a browser shows as they are. Of all others, and of those that lie the wrong way, a JPEG is made."""

from __future__ import annotations

SHOWN_BY_BROWSERS = frozenset(
    {"image/jpeg", "image/mpo", "image/png", "image/webp", "image/gif", "image/bmp", "image/avif"}
)


MOST_PIXELS = 100_000_000
"""Of a JPEG that is made for browsers: more takes them over 400 MB to show."""
MOST_EDGE = 65_000
"""Pixels of an edge, which JPEG can hold."""


def web_size(width: int, height: int) -> tuple[int, int]:
    """Return the size of the JPEG that is made of a scan: its own, or for a large plan a half, a third, …"""
    factor = 1
    while (width // factor) * (height // factor) > MOST_PIXELS or max(width, height) // factor > MOST_EDGE:
        factor += 1
    return -(-width // factor), -(-height // factor)


def web_type(media_type: str) -> str:
    """Return the media type to send a scan as; several JPEGs in one file are one to whoever shows the first."""
    return "image/jpeg" if media_type == "image/mpo" else media_type
