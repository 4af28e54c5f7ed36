"""Small examples of what people import, each drawn here."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import inflate64
from PIL import Image, ImageDraw, ImageFont

from tests.image_files import PATCH, WIDE, profile, tiff

LETTER = (425, 550)


def case(name: str, room: Path) -> Path:
    """Draw the example of this name in the folder `room`."""
    place = room / name
    place.parent.mkdir(parents=True, exist_ok=True)
    MAKERS[name](place)
    return place


def sheet(words: str, *, size: tuple[int, int] = LETTER, lines: int = 12, scale: int = 1) -> Image.Image:
    """A white page with a heading and some lines of print."""
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    draw.text((40 * scale, 40 * scale), words, fill=0, font=ImageFont.load_default(36 * scale))
    for line in range(lines):
        at = (40 * scale, (110 + 28 * line) * scale)
        draw.text(at, f"Line {line} of {words}: the council met", fill=0, font=ImageFont.load_default(15 * scale))
    return image


def jpeg(image: Image.Image, **more: object) -> bytes:
    """The bytes of an image as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **more)
    return out.getvalue()


def scan(words: str) -> bytes:
    """A small page as JPEG."""
    return jpeg(sheet(words, size=(220, 300), lines=4).convert("RGB"))


# --- Archives ------------------------------------------------------------------------------------------------------
def _zip(entries: Iterable[tuple[str, bytes]]) -> Callable[[Path], None]:
    def make(place: Path) -> None:
        with zipfile.ZipFile(place, "w") as archive:
            for name, content in entries:
                archive.writestr(name, content)

    return make


def raw_zip(entries: Iterable[tuple[bytes, bytes, int, int]]) -> bytes:
    """A ZIP of entries (name, content, flags, compression), which zipfile can't write."""
    body, listed, count = b"", b"", 0
    for name, content, flags, kind in entries:
        packed = content
        if kind == 9:
            deflater = inflate64.Deflater()
            packed = deflater.deflate(content) + deflater.flush()
        facts = struct.pack(
            "<HHHHHIIIHH", 20, flags, kind, 0, 33, zlib.crc32(content), len(packed), len(content), len(name), 0
        )
        listed += b"PK\1\2" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\3\4" + facts + name + packed
        count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(listed), len(body), 0)
    return body + listed + b"PK\5\6" + end


def _flipped(place: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number in range(4):
            content = scan(f"Page {number}")
            entry = tarfile.TarInfo(f"{number:03}.jpg")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    damaged = bytearray(gzip.compress(packed.getvalue(), 0))
    damaged[len(damaged) // 2] ^= 1
    place.write_bytes(damaged)


# --- PDF -----------------------------------------------------------------------------------------------------------
IMAGE = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(*objects: bytes) -> bytes:
    """A PDF with these objects, numbered from 1; the first is the catalog."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer


def stream(facts: bytes, content: bytes) -> bytes:
    """A stream with its dictionary."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (facts, len(content), content)


def scanned(
    image: Image.Image,
    *,
    page: bytes = b"",
    picture: bytes = b"",
    drawn: bytes = b"q 612 0 0 792 0 0 cm /Im Do Q",
    box: bytes = b"0 0 612 792",
    catalog: bytes = b"",
    more: tuple[bytes, ...] = (),
) -> bytes:
    """A PDF with one scanned page; `more` are further objects, from number 6."""
    colors = b"/DeviceGray" if image.mode == "L" else b"/DeviceRGB"
    facts = IMAGE + b" /ColorSpace %s /Filter /DCTDecode %s"
    resources = b"/Resources << /XObject << /Im 5 0 R >> /Font << /F1 %s >> >>" % FONT
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R %s %s >>" % (box, resources, page),
        stream(b"", drawn),
        stream(facts % (*image.size, colors, picture), jpeg(image)),
        *more,
    )


def _form(width: int, height: int, drawn: bytes) -> bytes:
    return stream(b"/Type /XObject /Subtype /Form /BBox [0 0 %d %d]" % (width, height), drawn)


def _annotated(kind: bytes, rect: tuple[int, int, int, int], drawn: bytes, *, words: str = "scan") -> bytes:
    note = b"<< /Type /Annot /Subtype /%s /Rect [%d %d %d %d] /F 4 /AP << /N 7 0 R >> /Contents (RECEIVED) >>"
    look = _form(rect[2] - rect[0], rect[3] - rect[1], drawn)
    return scanned(sheet(words).convert("RGB"), page=b"/Annots [6 0 R]", more=(note % (kind, *rect), look))


def _redacted() -> bytes:
    return _annotated(b"Square", (40, 640, 440, 740), b"0 g 0 0 400 100 re f", words="SECRET NAME")


def _stamped() -> bytes:
    drawn = b"q 612 0 0 792 0 0 cm /Im Do Q BT /F1 30 Tf 1 0 0 rg 60 60 Td (HH000123 RECEIVED) Tj ET"
    return scanned(sheet("scan").convert("RGB"), drawn=drawn)


def _filled_form() -> bytes:
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Filled in by hand) /Rect [150 680 350 700] /F 4 "
        b"/AP << /N 7 0 R >> >>"
    )
    look = stream(
        b"/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 %s >> >>" % FONT,
        b"/Tx BMC BT /F1 12 Tf 0 g 2 5 Td (Filled in by hand) Tj ET EMC",
    )
    return scanned(
        Image.new("RGB", LETTER, "white"),
        page=b"/Annots [6 0 R]",
        catalog=b"/AcroForm << /Fields [6 0 R] >>",
        more=(field, look),
    )


def _masked() -> bytes:
    mask = Image.new("L", LETTER, 255)
    mask.paste(0, (0, 275, 425, 550))
    more = stream(IMAGE % mask.size + b" /ColorSpace /DeviceGray", mask.tobytes())
    return scanned(sheet("smask").convert("RGB"), picture=b"/SMask 6 0 R", more=(more,))


def _spread() -> bytes:
    both = Image.new("L", (700, 430), 255)
    both.paste(sheet("LEFT", size=(350, 430)), (0, 0))
    both.paste(Image.new("L", (350, 430), 90), (350, 0))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 700 430] /CropBox [%d 0 %d 430] /Contents 5 0 R "
        b"/Resources << /XObject << /Im 6 0 R >> >> >>"
    )
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        page % (0, 350),
        page % (350, 700),
        stream(b"", b"q 700 0 0 430 0 0 cm /Im Do Q"),
        stream(IMAGE % both.size + b" /ColorSpace /DeviceGray /Filter /DCTDecode", jpeg(both)),
    )


def _sizes() -> bytes:
    sizes = [(595, 842), (7200, 7200), (200, 4000), (40, 30)]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 3 0 R >>"
    kids = b" ".join(b"%d 0 R" % number for number in range(4, 4 + len(sizes)))
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(sizes)),
        stream(b"", b"0 g 5 5 20 15 re f"),
        *(page % size for size in sizes),
    )


# --- Images --------------------------------------------------------------------------------------------------------
def patch(*, wide: bool) -> Image.Image:
    """A page with a blue patch; if `wide`, with the values of a wide color space for the same blue."""
    from PIL import ImageCms

    image = Image.new("RGB", LETTER, "white")
    image.paste(PATCH, (60, 60, 260, 260))
    if not wide:
        return image
    target = ImageCms.ImageCmsProfile(io.BytesIO(profile(*WIDE, 2.2)))
    made = ImageCms.profileToProfile(
        image, ImageCms.createProfile("sRGB"), target, ImageCms.Intent.RELATIVE_COLORIMETRIC
    )
    assert made is not None
    return made


def _grey(most: int, *, inverted: bool) -> bytes:
    values = [round(value / 255 * most) for value in sheet("gray").tobytes()]
    return tiff(LETTER, (most - value for value in values) if inverted else values, photometric=0 if inverted else 1)


def _folder(names: dict[str, bytes]) -> Callable[[Path], None]:
    def make(place: Path) -> None:
        place.mkdir()
        for name, content in names.items():
            (place / name).write_bytes(content)

    return make


def _plans(place: Path) -> None:
    _folder({"001.jpg": scan("First"), "003.jpg": scan("Third")})(place)
    plan = Image.new("1", (14043, 19866), 1)
    plan.paste(0, (2000, 2000, 9000, 2300))
    plan.save(place / "002_map.tif", compression="group4", dpi=(600, 600))
    plan.save(place / "004_png.png")


def _written(content: Callable[[], bytes]) -> Callable[[Path], None]:
    def make(place: Path) -> None:
        place.write_bytes(content())

    return make


def _zooms(place: Path) -> None:
    place.mkdir()
    fine = sheet("letter", size=(2550, 3300), scale=6)
    fine.convert("1").save(place / "letter_300dpi.tif", compression="group4", dpi=(300, 300))
    fine.resize((1700, 2200)).save(place / "letter_200dpi.jp2")


MINUTES = (
    "The council met on Monday the 5th of May 1959",
    "and resolved to support the strike of the",
    "textile workers in the southern states.",
    "Mr Harrison moved that the minutes be taken",
    "as read. The motion was carried unanimously.",
)


def _minutes(count: int) -> Image.Image:
    page = Image.new("L", (1000, 1300), 255)
    draw = ImageDraw.Draw(page)
    for line in range(count):
        at = (120, 180 + 44 * line)
        draw.text(at, MINUTES[line % len(MINUTES)], fill=0, font=ImageFont.load_default(26))
    return page


def _clipping(place: Path) -> None:
    page = _minutes(15)
    pasted = _minutes(8).crop((60, 150, 820, 560)).rotate(8, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    page.paste(pasted, (140, 860))
    page.save(place)


_SCANS = {f"A0{number}.jpg": f"Version 1 of {number}" for number in range(1, 7)}
_LATER = {
    **{name: words for name, words in _SCANS.items() if name in ("A01.jpg", "A02.jpg", "A04.jpg")},
    "A02b.jpg": "Forgotten",
    "A03.jpg": "Scanned again",
    "A06 renamed.jpg": _SCANS["A06.jpg"],
}
_ROWS = [f"HH1_{number:04}" for number in range(1, 9)]
_STARTS = ["1.0", "0.0", "0.0", "1.0", "0.0", "1.0", "0.0", "0.0"]
_GROUPS = "aaabbccc"

MAKERS: dict[str, Callable[[Path], None]] = {
    "zips/colon.zip": _zip(
        (name, scan(name))
        for name in ("Letter 1909-04-14.jpg", "Box 3: letters/001.jpg", "Box 3: letters/002.jpg", "scan 12:30.jpg")
    ),
    "zips/dup_entry.zip": _written(
        lambda: raw_zip([(b"001.jpg", scan("A"), 0, 0), (b"001.jpg", scan("B"), 0, 0), (b"002.jpg", scan("C"), 0, 0)])
    ),
    "zips/deflate64.zip": _written(lambda: raw_zip([(b"001.jpg", scan("A"), 0, 9)])),
    "zips/file_and_folder.zip": _zip([("box", b"a file"), ("box/001.jpg", scan("A")), ("002.jpg", scan("B"))]),
    "zips/badutf8.zip": _written(
        lambda: raw_zip([(b"a\xff\xfe.jpg", scan("A"), 1 << 11, 0), ("Müller.jpg".encode(), scan("B"), 1 << 11, 0)])
    ),
    "zips/utf8_noflag.zip": _written(lambda: raw_zip([("Brief an Müller ß.jpg".encode(), scan("A"), 0, 0)])),
    "zips/flip.tar.gz": _flipped,
    "large/folder": _plans,
    "pdfs/redaction_annot.pdf": _written(_redacted),
    "pdfs/annot_freetext.pdf": _written(
        lambda: _annotated(b"FreeText", (300, 60, 500, 120), b"1 0 0 rg 0 0 200 60 re f")
    ),
    "pdfs/stamped_text.pdf": _written(_stamped),
    "pdfs/acroform.pdf": _written(_filled_form),
    "pdfs/smask.pdf": _written(_masked),
    "pdfs/spread_cropbox.pdf": _written(_spread),
    "pdfs/decode_inverted.pdf": _written(
        lambda: scanned(sheet("inverted").point(lambda value: 255 - value), picture=b"/Decode [1 0]")
    ),
    "pdfs/mixed_sizes.pdf": _written(_sizes),
    "images/02_gray16_miniswhite.tif": _written(lambda: _grey(65535, inverted=True)),
    "images/03_gray12_in_16.tif": _written(lambda: _grey(4095, inverted=False)),
    "images/21_fax204x98.tif": lambda place: (
        sheet("fax").resize((425, 275)).convert("1").save(place, compression="group4", dpi=(204, 98))
    ),
    "icc/1_srgb.jpg": _written(lambda: jpeg(patch(wide=False), subsampling=0)),
    "icc/2_wide_with_profile.jpg": _written(
        lambda: jpeg(patch(wide=True), subsampling=0, icc_profile=profile(*WIDE, 2.2))
    ),
    "icc/3_wide_with_profile.tif": lambda place: patch(wide=True).save(place, icc_profile=profile(*WIDE, 2.2)),
    "tiffzoom": _zooms,
    "skew/clipping.jpg": _clipping,
    "reimport/v1": _folder({name: scan(words) for name, words in _SCANS.items()}),
    "reimport/v2": _folder({name: scan(words) for name, words in _LATER.items()}),
    "arrangements/scans": _folder({f"{name}.jpg": scan(name) for name in _ROWS}),
    "arrangements/start_float.csv": _written(
        lambda: "\n".join(["identifier,start", *map(",".join, zip(_ROWS, _STARTS, strict=True)), ""]).encode()
    ),
    "arrangements/semicolon.csv": _written(
        lambda: "\n".join(["identifier;group", *map(";".join, zip(_ROWS, _GROUPS, strict=True)), ""]).encode()
    ),
}
