"""PDF: any script in the text layer, words where they are, and scans of any kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from clustering.exports.contract import TextLine
from clustering.exports.pdf.writer import pdf_pieces
from tests.exports.conftest import MakeMaterial, group_record

GROUP = group_record(1, [1], title="Ünïcode \U0001f347")
SCRIPTS = [
    "Grüße, žluťoučký kůň", "Πρόγραμμα εργατών", "Да здравствует труд", "שלום עולם", "مرحبا بالعالم", "労働者の権利",
    "노동자", "मज़दूर", "boycott 🍇 grapes",
]  # fmt: skip


def pdf(make: MakeMaterial, lines: list[TextLine], scan: Path | None = None) -> bytes:
    material = replace(make([GROUP]), lines=lambda page: lines)
    if scan is not None:
        material = replace(material, image=lambda page: scan)
    return b"".join(pdf_pieces(material, next(iter(material.groups))))


@pytest.mark.parametrize("text", SCRIPTS)
def test_letters_of_any_script_are_found_as_what_they_are(text: str, make_material: MakeMaterial) -> None:
    content = pdf(make_material, [TextLine(text, 40, 40, 260, 60)])
    with pypdfium2.PdfDocument(content) as document:
        extracted = document[0].get_textpage().get_text_range()
        assert extracted.replace("\r\n", " ").strip() == text
        assert "?" not in extracted
        assert document.get_metadata_dict()["Title"] == GROUP.title


def test_each_word_lies_over_the_box_that_was_read(make_material: MakeMaterial) -> None:
    boxes = {"BOYCOTT": (40, 40, 150, 62), "GRAPES": (170, 40, 262, 62), "now": (40, 300, 80, 312)}
    content = pdf(make_material, [TextLine(word, *box) for word, box in boxes.items()])
    scale = 72 / 150
    with pypdfium2.PdfDocument(content) as document:
        page = document[0]
        text = page.get_textpage()
        whole, height = text.get_text_range(), page.get_height()
        for word, (left, top, right, bottom) in boxes.items():
            at = whole.index(word)
            letters = [text.get_charbox(at + i) for i in range(len(word))]
            drawn = (
                min(b[0] for b in letters), height - max(b[3] for b in letters),
                max(b[2] for b in letters), height - min(b[1] for b in letters),
            )  # fmt: skip
            assert overlap(drawn, (left * scale, top * scale, right * scale, bottom * scale)) > 0.9, word


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Share of the union that both cover."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(width, 0) * max(height, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return both / (areas - both)


def test_a_word_in_a_line_lies_over_its_print(make_material: MakeMaterial) -> None:
    """Only lines are kept of what was read; within one, words are placed by the widths of ordinary type."""
    from importlib.util import find_spec

    from PIL import ImageFont

    spec = find_spec("fontpkg_arimo")
    assert spec is not None and spec.submodule_search_locations
    font = ImageFont.truetype(str(Path(next(iter(spec.submodule_search_locations))) / "files/Arimo[wght].ttf"), 20)
    line = "Do not buy illegal grapes at WAM markets"
    content = pdf(make_material, [TextLine(line, 20, 40, 20 + round(font.getlength(line)), 60)])
    with pypdfium2.PdfDocument(content) as document:
        text = document[0].get_textpage()
        for word in line.split():
            at = line.index(word)
            left = (20 + font.getlength(line[:at])) * 72 / 150
            assert text.get_charbox(at)[0] == pytest.approx(left, abs=3), word


@pytest.mark.parametrize(
    ("mode", "kind", "unchanged"),
    [
        ("RGB", "JPEG", True), ("L", "JPEG", True), ("CMYK", "JPEG", True), ("RGB", "JPEG2000", True),
        ("RGB", "PNG", False), ("1", "TIFF", False), ("L", "TIFF", False), ("P", "GIF", False),
    ],
)  # fmt: skip
def test_a_scan_of_any_kind_is_seen_as_it_was(
    mode: str, kind: str, unchanged: bool, make_material: MakeMaterial, tmp_path: Path
) -> None:
    scan = tmp_path / "scan"
    drawn = Image.new("RGB", (200, 120), "white")
    ImageDraw.Draw(drawn).rectangle((10, 10, 100, 60), fill="black")
    drawn.convert(mode).save(scan, kind)
    content = pdf(make_material, [], scan)
    assert (scan.read_bytes() in content) is unchanged
    with pypdfium2.PdfDocument(content) as document:
        seen = document[0].render(scale=150 / 72).to_pil().convert("L")
        assert seen.size == (200, 120)
        assert seen.getpixel((50, 30)) < 80 and seen.getpixel((150, 100)) > 200


@pytest.mark.parametrize("orientation", [1, 3, 6, 8, 2, 5])
def test_a_scan_stands_upright_as_its_exif_says(orientation: int, make_material: MakeMaterial, tmp_path: Path) -> None:
    scan = tmp_path / "scan.jpg"
    drawn = Image.new("L", (200, 120), 255)
    ImageDraw.Draw(drawn).rectangle((0, 0, 60, 40), fill=0)
    exif = Image.Exif()
    exif[0x0112] = orientation
    drawn.save(scan, exif=exif, dpi=(150, 150))
    from PIL import ImageOps

    wanted = ImageOps.exif_transpose(Image.open(scan))
    with pypdfium2.PdfDocument(pdf(make_material, [], scan)) as document:
        seen = document[0].render(scale=150 / 72).to_pil().convert("L")
    assert seen.size == wanted.size
    for corner in ((5, 5), (wanted.width - 5, 5), (5, wanted.height - 5), (wanted.width - 5, wanted.height - 5)):
        assert seen.getpixel(corner) == pytest.approx(wanted.getpixel(corner), abs=20)


@pytest.mark.parametrize(
    ("language", "kept"), [("de", True), ("zh-Hant", True), ("pt-BR", True), ("", False), ("e)", False)]
)
def test_readers_are_told_the_language(language: str, kept: bool, make_material: MakeMaterial) -> None:
    material = make_material([replace(GROUP, language=language)])
    content = b"".join(pdf_pieces(material, next(iter(material.groups))))
    assert (f"/Lang ({language})".encode() in content) is kept
    with pypdfium2.PdfDocument(content) as document:
        assert len(document) == 1


def test_a_page_without_words_and_a_group_without_confirmation_are_written_too(make_material: MakeMaterial) -> None:
    proposed = replace(GROUP, state="proposed")
    material = replace(make_material([proposed]), lines=lambda page: [])
    with pypdfium2.PdfDocument(b"".join(pdf_pieces(material, next(iter(material.groups))))) as document:
        assert document[0].get_textpage().get_text_range() == ""
        assert "machine-proposed" in document.get_metadata_dict()["Keywords"]
