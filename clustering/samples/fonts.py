"""Typefaces from installed Python packages, never from the system.

Every face is an open font in a PyPI package, or in this one, so a sample looks the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont


class MissingFont(RuntimeError):
    """A typeface's package isn't installed; the message says which one to install."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Location of one face: package, path in it, distribution to install, weight for variable fonts."""

    package: str
    path: str
    distribution: str
    weight: int | None = None


_MPL = "mpl-data/fonts/ttf"

CUTS: dict[str, Cut] = {
    "pica": Cut("clustering", "samples/faces/CourierPrime-Regular.ttf", "hhreview"),
    "pica-bold": Cut("clustering", "samples/faces/CourierPrime-Bold.ttf", "hhreview"),
    "elite": Cut("matplotlib", f"{_MPL}/cmtt10.ttf", "matplotlib"),
    "roman": Cut("matplotlib", f"{_MPL}/STIXGeneral.ttf", "matplotlib"),
    "roman-bold": Cut("matplotlib", f"{_MPL}/STIXGeneralBol.ttf", "matplotlib"),
    "roman-italic": Cut("matplotlib", f"{_MPL}/STIXGeneralItalic.ttf", "matplotlib"),
    "baskerville": Cut(
        "fontpkg_libre_baskerville", "files/LibreBaskerville[wght].ttf", "fontpkg-libre-baskerville", 400
    ),
    "baskerville-bold": Cut(
        "fontpkg_libre_baskerville", "files/LibreBaskerville[wght].ttf", "fontpkg-libre-baskerville", 700
    ),
    "baskerville-italic": Cut(
        "fontpkg_libre_baskerville", "files/LibreBaskerville-Italic[wght].ttf", "fontpkg-libre-baskerville", 400
    ),
    "grotesque": Cut("fontpkg_arimo", "files/Arimo[wght].ttf", "fontpkg-arimo", 400),
    "grotesque-bold": Cut("fontpkg_arimo", "files/Arimo[wght].ttf", "fontpkg-arimo", 700),
    "grotesque-italic": Cut("fontpkg_arimo", "files/Arimo-Italic[wght].ttf", "fontpkg-arimo", 400),
    "slab": Cut("fontpkg_arvo", "files/Arvo-Regular.ttf", "fontpkg-arvo"),
    "slab-bold": Cut("fontpkg_arvo", "files/Arvo-Bold.ttf", "fontpkg-arvo"),
    "slab-italic": Cut("fontpkg_arvo", "files/Arvo-Italic.ttf", "fontpkg-arvo"),
    "gothic": Cut("fontpkg_oswald", "files/Oswald[wght].ttf", "fontpkg-oswald", 600),
    "poster": Cut("fontpkg_archivo_black", "files/ArchivoBlack-Regular.ttf", "fontpkg-archivo-black"),
    "pen": Cut("fontpkg_caveat", "files/Caveat[wght].ttf", "fontpkg-caveat", 500),
    "scrawl": Cut("fontpkg_zeyada", "files/Zeyada.ttf", "fontpkg-zeyada"),
}
"""The face names that styles use."""


@lru_cache(maxsize=64)
def font_path(face: str) -> Path:
    """Return the font file of a face. Raises `MissingFont` if its package isn't installed."""
    cut = CUTS[face]
    spec = find_spec(cut.package)
    root = Path(spec.origin).parent if spec is not None and spec.origin else None
    if root is None or not (root / cut.path).is_file():
        raise MissingFont(
            f"The typeface “{face}” comes with the package {cut.distribution}, which is not installed. "
            "Install hhreview with its extra `samples`."
        )
    return root / cut.path


def require_all() -> None:
    """Raise `MissingFont` if a typeface is missing."""
    for face in CUTS:
        font_path(face)


@lru_cache(maxsize=512)
def font(face: str, pixels: int) -> ImageFont.FreeTypeFont:
    """Return the face at a size in pixels per em, without kerning and ligatures, which metal type and typewriters
    lacked."""
    made = ImageFont.truetype(str(font_path(face)), max(pixels, 4), layout_engine=ImageFont.Layout.BASIC)
    weight = CUTS[face].weight
    if weight is not None:
        made.set_variation_by_axes([weight])
    return made


@lru_cache(maxsize=30_000)
def word_mask(face: str, pixels: int, word: str) -> tuple[Image.Image, int, int]:
    """Return a word as an L mask, with its top left corner relative to the pen on the baseline."""
    left, top, right, bottom = (round(edge) for edge in font(face, pixels).getbbox(word, anchor="ls"))
    mask = Image.new("L", (max(right - left, 1) + 2, max(bottom - top, 1) + 2), 0)
    ImageDraw.Draw(mask).text((1 - left, 1 - top), word, font=font(face, pixels), fill=255, anchor="ls")
    return mask, left - 1, top - 1


@lru_cache(maxsize=400_000)
def width(face: str, pixels: int, text: str) -> float:
    """Return how far the pen moves over `text`, in pixels."""
    return font(face, pixels).getlength(text)
