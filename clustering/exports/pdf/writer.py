"""A searchable PDF a group: each scan as it is, rotated upright, with what was read as invisible text over it.

Written object by object (ISO 32000-1), so that memory holds a page and no more, and the bytes of a scan go through as
they are.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clustering.engine.description import labels
from clustering.exports.contract import ExportedPage, File, GroupRecord, Material, TextLine
from clustering.exports.delimited import joined, write_arrangement
from clustering.exports.drafts import tags_of
from clustering.exports.naming import clean, file_stem, label_of, local_id, one_line, origin, title_of
from clustering.exports.packing import file_pieces
from clustering.exports.pdf.font import ASCENT, DESCENT, LayerFont, as_drawn

if TYPE_CHECKING:
    from PIL import Image

DPI = 150
"""Pixels an inch where the scan does not say: only the size on paper depends on it."""
_PLAUSIBLE_DPI = (50, 1200)
_ROTATION_BY_EXIF = {1: 0, 3: 180, 6: 90, 8: 270}
"""Degrees clockwise for each EXIF orientation that is a rotation; the others are mirrored."""
CATALOG, PAGES, FONT, CID_FONT, DESCRIPTOR, FONT_FILE, UNICODE_MAP, INFO = range(1, 9)
_TAG = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
"""A language as BCP 47 has it."""
_BAND = 256
"""Rows compressed at a time if an image isn't a JPEG."""


def write_pdf(material: Material) -> Iterator[File]:
    """pdf/<id>.pdf a group, and pages.csv."""
    for group in material.groups:
        yield f"pdf/{file_stem(local_id(material.collection, group))}.pdf", pdf_pieces(material, group)
    yield "pages.csv", (piece.encode() for piece in write_arrangement(material))


def pdf_pieces(material: Material, group: GroupRecord) -> Iterator[bytes]:
    """One document. JPEG and JPEG 2000 go in unchanged, other formats packed without loss. Raises OSError, BadScan."""
    out = _Objects(first_free=INFO + 1)
    font = LayerFont()
    kids: list[int] = []
    yield out.plain(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for page in group.pages:
        scan = _scan(material.image(page))
        image, content, leaf = out.number(), out.number(), out.number()
        yield from out.stream(image, scan.dictionary, scan.pieces, scan.length)
        layer = zlib.compress(_content(scan, page, material.lines(page), font).encode("ascii"))
        yield from out.stream(content, "/Filter /FlateDecode", iter([layer]), len(layer))
        width, height = (scan.height, scan.width) if _rotation(scan, page) % 180 else (scan.width, scan.height)
        box = f"[0 0 {width * scan.scale:.3f} {height * scan.scale:.3f}]"
        used = f"<< /XObject << /Im {image} 0 R >> /Font << /F {FONT} 0 R >> >>"
        entries = f"/Type /Page /Parent {PAGES} 0 R /MediaBox {box} /Resources {used} /Contents {content} 0 R"
        yield out.object(leaf, f"<< {entries} >>")
        kids.append(leaf)
    yield from _font_objects(out, font)
    yield out.object(PAGES, f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>")
    language = f" /Lang ({group.language})" if _TAG.fullmatch(group.language) else ""
    shown = "/ViewerPreferences << /DisplayDocTitle true >>"
    yield out.object(CATALOG, f"<< /Type /Catalog /Pages {PAGES} 0 R{language}{_labels(group)} {shown} >>")
    yield out.object(INFO, _info(material, group))
    yield out.end(hashlib.sha256(repr((material.collection, group)).encode(errors="replace")).hexdigest()[:32])


class _Objects:
    """Numbers objects and keeps where each begins."""

    def __init__(self, *, first_free: int) -> None:
        self._next = first_free
        self._at = 0
        self._offsets: dict[int, int] = {}

    def number(self) -> int:
        """Return a number for a new object."""
        self._next += 1
        return self._next - 1

    def plain(self, piece: bytes) -> bytes:
        """Anything, counted."""
        self._at += len(piece)
        return piece

    def object(self, number: int, body: str) -> bytes:
        """One object."""
        self._offsets[number] = self._at
        return self.plain(f"{number} 0 obj\n{body}\nendobj\n".encode("ascii"))

    def stream(self, number: int, dictionary: str, pieces: Iterator[bytes], length: int) -> Iterator[bytes]:
        """One stream of known length."""
        self._offsets[number] = self._at
        yield self.plain(f"{number} 0 obj\n<< /Length {length} {dictionary} >>\nstream\n".encode("ascii"))
        for piece in pieces:
            yield self.plain(piece)
        yield self.plain(b"\nendstream\nendobj\n")

    def end(self, name: str) -> bytes:
        """Where everything is; `name` is the file's own, in hexadecimal."""
        rows = "".join(f"{self._offsets[number]:010} 00000 n \n" for number in range(1, self._next))
        trailer = f"<< /Size {self._next} /Root {CATALOG} 0 R /Info {INFO} 0 R /ID [<{name}> <{name}>] >>"
        table = f"xref\n0 {self._next}\n0000000000 65535 f \n{rows}trailer\n{trailer}\n"
        return f"{table}startxref\n{self._at}\n%%EOF\n".encode("ascii")


@dataclass(slots=True)
class _Scan:
    """An image as the PDF holds it: pixels as stored, and how they are to be rotated."""

    width: int
    height: int
    rotation: int
    """Degrees clockwise that EXIF asks for."""
    scale: float
    """Points a pixel."""
    dictionary: str
    pieces: Iterator[bytes] = field(repr=False)
    length: int


def _scan(path: Path) -> _Scan:
    from PIL import Image

    from clustering.engine.images import open_scan
    from clustering.engine.tones import true_size

    with Image.open(path) as image:
        dpi = float(image.info.get("dpi", (0, 0))[0] or 0)
        scale = 72 / (dpi if _PLAUSIBLE_DPI[0] <= dpi <= _PLAUSIBLE_DPI[1] else DPI)
        rotation = _ROTATION_BY_EXIF.get(image.getexif().get(0x0112, 1))
        size = image.size
        kept = _kept_as_it_is(image) if true_size(image) == size else ""
    if kept and rotation is not None:
        entries = f"{_dictionary(*size)} {kept}"
        return _Scan(*size, rotation, scale, entries, file_pieces(path), path.stat().st_size)
    upright = open_scan(path)
    packed = _packed(upright)
    colors = "/DeviceGray" if upright.mode == "L" else "/DeviceRGB"
    entries = f"{_dictionary(*upright.size)} /ColorSpace {colors} /BitsPerComponent 8 /Filter /FlateDecode"
    return _Scan(*upright.size, 0, scale, entries, iter(packed), sum(map(len, packed)))


def _dictionary(width: int, height: int) -> str:
    return f"/Type /XObject /Subtype /Image /Width {width} /Height {height}"


def _kept_as_it_is(image: Image.Image) -> str:
    """Return what the PDF has to say of bytes that it can hold as they are; empty for the others."""
    if image.format in {"JPEG", "MPO"}:
        colors = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}.get(image.mode)
        # Adobe's CMYK is stored the other way round.
        inverted = " /Decode [1 0 1 0 1 0 1 0]" if image.mode == "CMYK" and "adobe" in image.info else ""
        return f"/ColorSpace {colors} /BitsPerComponent 8 /Filter /DCTDecode{inverted}" if colors else ""
    if image.format == "JPEG2000" and image.mode in {"L", "RGB"}:
        return "/Filter /JPXDecode"
    return ""


def _packed(image: Image.Image) -> list[bytes]:
    """Pixels row by row, deflated."""
    pack = zlib.compressobj(6)
    rows = (
        image.crop((0, top, image.width, min(top + _BAND, image.height))).tobytes()
        for top in range(0, image.height, _BAND)
    )
    return [*(pack.compress(band) for band in rows), pack.flush()]


def _rotation(scan: _Scan, page: ExportedPage) -> int:
    return (scan.rotation + page.rotation) % 360


def _content(scan: _Scan, page: ExportedPage, lines: Sequence[TextLine], font: LayerFont) -> str:
    """Return the scan, rotated clockwise about its corner, and the lines over it."""
    rotation = _rotation(scan, page)
    wide, high = scan.width * scan.scale, scan.height * scan.scale
    matrix = {
        0: (wide, 0, 0, high, 0, 0),
        90: (0, -wide, high, 0, 0, wide),
        180: (-wide, 0, 0, -high, wide, high),
        270: (0, wide, -high, 0, high, 0),
    }[rotation]
    page_height = wide if rotation % 180 else high
    drawn = f"q {' '.join(f'{value:.3f}' for value in matrix)} cm /Im Do Q\n"
    words = (_words(line, scan.scale, page_height, font) for line in lines)
    return drawn + "".join(words)


def _words(line: TextLine, scale: float, page_height: float, font: LayerFont) -> str:
    """One line at its place, stretched to its width."""
    text = one_line(line.text)
    height = (line.bottom - line.top) * scale
    natural = font.width(text)
    if not text or not natural or height <= 0 or line.right <= line.left:
        return ""
    size = max(height, 1.0)
    stretch = 100 * (line.right - line.left) * scale / (natural * size / 1000)
    left, base = line.left * scale, page_height - line.bottom * scale - DESCENT / 1000 * height
    letters = font.encoded(as_drawn(text))
    return f"BT 3 Tr /F {size:.3f} Tf {stretch:.3f} Tz 1 0 0 1 {left:.3f} {base:.3f} Tm {letters} Tj ET\n"


def _font_objects(out: _Objects, font: LayerFont) -> Iterator[bytes]:
    name = "/HHREVW+TextLayer"
    yield out.object(
        FONT,
        f"<< /Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H /DescendantFonts [{CID_FONT} 0 R] "
        f"/ToUnicode {UNICODE_MAP} 0 R >>",
    )
    system = "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    yield out.object(
        CID_FONT,
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont {name} /CIDSystemInfo {system} /CIDToGIDMap /Identity "
        f"/FontDescriptor {DESCRIPTOR} 0 R /DW 500 /W {font.widths()} >>",
    )
    yield out.object(
        DESCRIPTOR,
        f"<< /Type /FontDescriptor /FontName {name} /Flags 4 /FontBBox [0 {DESCENT} 1000 {ASCENT}] "
        f"/ItalicAngle 0 /Ascent {ASCENT} /Descent {DESCENT} /CapHeight 700 /StemV 80 /FontFile2 {FONT_FILE} 0 R >>",
    )
    for number, content, more in ((FONT_FILE, font.file(), True), (UNICODE_MAP, font.unicode_map(), False)):
        packed = zlib.compress(content)
        entries = f"/Filter /FlateDecode{f' /Length1 {len(content)}' if more else ''}"
        yield from out.stream(number, entries, iter([packed]), len(packed))


def _labels(group: GroupRecord) -> str:
    """Return what readers show in place of 1 to n (ISO 32000-1, 12.4.2); nothing where no page is called anything."""
    if not any(page.label for page in group.pages):
        return ""
    names = (_string(label_of(page, otherwise=page.sequence)) for page in group.pages)
    return f" /PageLabels << /Nums [{' '.join(f'{at} << /P {label} >>' for at, label in enumerate(names))}] >>"


def _info(material: Material, group: GroupRecord) -> str:
    fields = {
        "Title": title_of(group, material.settings),
        "Subject": one_line(material.collection.title),
        **({"Author": one_line(joined(labels(group.details.creators)))} if group.details.creators else {}),
        "Keywords": " ".join(
            [local_id(material.collection, group), *["machine-proposed"] * group.is_machine_proposed, *tags_of(group)]
        ),
        "Creator": "hhreview",
        "Provenance": origin(group),
    }
    return "<< " + " ".join(f"/{name} {_string(clean(text).strip())}" for name, text in fields.items() if text) + " >>"


def _string(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"
