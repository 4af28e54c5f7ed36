"""A font without shapes for a PDF's text layer: text of any script can be found and copied.

The scan shows the print; the layer only needs codes and approximate widths of letters. Each PDF therefore contains a
font made for it, of a few kilobytes: for each character, a glyph without area, a proportional width, and its Unicode.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

UNITS = 1000
"""Units per em in which PDF measures widths."""
ASCENT, DESCENT = 800, -200
_AVERAGE = 556
_LEFTWARD = frozenset({"R", "AL"})
_NUMBERS = frozenset({"EN", "AN"})
_BLOCK = 100
"""Most entries in one block of a PDF's character map."""


class LayerFont:
    """Numbers characters as they first occur; the font itself is made at the end."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def encoded(self, text: str) -> str:
        """Return the text as a PDF's hexadecimal string, two bytes per character."""
        return "<" + "".join(f"{self._number(character):04X}" for character in text) + ">"

    def width(self, text: str) -> int:
        """Return the natural width of a text in thousandths of the size."""
        return sum(_advance(character) for character in text)

    def _number(self, character: str) -> int:
        return self._numbers.setdefault(character, len(self._numbers) + 1)

    def widths(self) -> str:
        """Return the array W of the font, from glyph 1 on."""
        return f"[1 [{' '.join(str(_advance(character)) for character in self._numbers)}]]"

    def unicode_map(self) -> bytes:
        """Return the map from glyphs to characters (ToUnicode CMap)."""
        entries = [
            f"<{number:04X}> <{character.encode('utf-16-be').hex().upper()}>"
            for character, number in self._numbers.items()
        ]
        blocks = [entries[at : at + _BLOCK] for at in range(0, len(entries), _BLOCK)]
        body = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            f"{body}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode("ascii")

    def file(self) -> bytes:
        """Return the font as TrueType. The same characters in the same order give the same bytes."""
        from fontTools.fontBuilder import FontBuilder
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        names = [".notdef", *(f"g{number}" for number in self._numbers.values())]
        widths = [500, *(_advance(character) for character in self._numbers)]

        def extended(width: int) -> Any:
            """Return an invisible stroke that shows PDF readers how wide a letter is."""
            pen = TTGlyphPen(None)
            pen.moveTo((0, DESCENT))
            pen.lineTo((width, ASCENT))
            pen.closePath()
            return pen.glyph()

        builder = FontBuilder(UNITS, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap({ord(character): f"g{number}" for character, number in self._numbers.items()})
        builder.setupGlyf({name: extended(width) for name, width in zip(names, widths, strict=True)})
        builder.setupHorizontalMetrics({name: (width, 0) for name, width in zip(names, widths, strict=True)})
        builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
        builder.setupNameTable({"familyName": "hhreview text layer", "styleName": "Regular"})
        builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT)
        builder.setupPost()
        builder.font.recalcTimestamp = False
        builder.updateHead(created=0, modified=0)
        out = io.BytesIO()
        builder.save(out)
        return out.getvalue()


def as_drawn(text: str) -> str:
    """Return the letters of a line in visual order, from left to right.

    PDF readers reverse right-to-left letters when they extract text. In a line with both directions, they do so word by
    word, so words keep their order there.
    """
    directions = {unicodedata.bidirectional(character) for character in text}
    if not directions & _LEFTWARD:
        return text
    if "L" in directions or directions & _NUMBERS:
        return " ".join(
            word[::-1] if {unicodedata.bidirectional(character) for character in word} & _LEFTWARD else word
            for word in text.split(" ")
        )
    return text[::-1]


def _advance(character: str) -> int:
    known = _metrics().get(ord(character))
    if known is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return UNITS if unicodedata.east_asian_width(character) in "WF" else _AVERAGE


@lru_cache(maxsize=1)
def _metrics() -> Mapping[int, int]:
    """Return widths of an ordinary sans-serif typeface, in thousandths; empty if its package isn't installed."""
    spec = find_spec("fontpkg_arimo")
    if spec is None or not spec.submodule_search_locations:
        return {}
    from fontTools.ttLib import TTFont

    path = Path(next(iter(spec.submodule_search_locations))) / "files" / "Arimo[wght].ttf"
    with TTFont(path, lazy=True) as font:
        em = font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        return {code: round(advances[name][0] * UNITS / em) for code, name in font.getBestCmap().items()}
