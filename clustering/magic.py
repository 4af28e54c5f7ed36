"""The type of a file, by its first bytes."""

from __future__ import annotations

_BEGINNINGS: dict[bytes, str] = {
    b"\xff\xd8\xff": ".jpg",
    b"\x89PNG\r\n\x1a\n": ".png",
    b"II*\x00": ".tif",
    b"MM\x00*": ".tif",
    b"II+\x00": ".tif",
    b"MM\x00+": ".tif",
    b"GIF8": ".gif",
    b"BM": ".bmp",
    b"\x00\x00\x00\x0cjP  ": ".jp2",
    b"\xff\x4f\xff\x51": ".j2k",
}
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})


def suffix_of(head: bytes) -> str:
    """Return the suffix for an image by its first sixteen bytes; empty for unknown ones."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return ".heic"
    if head[4:8] == b"ftyp" and head[8:12] in _AVIF_BRANDS:
        return ".avif"
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return ".pnm"
    return next((suffix for beginning, suffix in _BEGINNINGS.items() if head.startswith(beginning)), "")


def looks_like_image(head: bytes) -> bool:
    """Whether a file that begins so is worth being opened as an image."""
    return bool(suffix_of(head))
