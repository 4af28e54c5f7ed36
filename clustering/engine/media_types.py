"""Which scans a browser shows as they are. Of all others, and of those that lie the wrong way, a JPEG is made."""

from __future__ import annotations

SHOWN_BY_BROWSERS = frozenset({"image/jpeg", "image/mpo", "image/png", "image/webp", "image/gif", "image/bmp"})


def web_type(media_type: str) -> str:
    """Return the media type to send a scan as; several JPEGs in one file are one to whoever shows the first."""
    return "image/jpeg" if media_type == "image/mpo" else media_type
