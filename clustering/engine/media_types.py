"""Scans that browsers can show unchanged. All others, and those that need rotation, are converted to JPEG."""

from __future__ import annotations

SHOWN_BY_BROWSERS = frozenset(
    {"image/jpeg", "image/mpo", "image/png", "image/webp", "image/gif", "image/bmp", "image/avif"}
)


MOST_PIXELS = 100_000_000
"""Pixels of a JPEG for browsers; above this, they need more than 400 MB to show it."""
MOST_EDGE = 65_000
"""Longest edge, in pixels, that JPEG can store."""


def web_size(width: int, height: int) -> tuple[int, int]:
    """Return the size of the JPEG of a scan: its own, or a half, a third, … for a large plan."""
    factor = 1
    while (width // factor) * (height // factor) > MOST_PIXELS or max(width, height) // factor > MOST_EDGE:
        factor += 1
    return -(-width // factor), -(-height // factor)


def web_type(media_type: str) -> str:
    """Return the media type to send a scan as; a file of several JPEGs is sent as JPEG, since browsers show the
    first."""
    return "image/jpeg" if media_type == "image/mpo" else media_type
