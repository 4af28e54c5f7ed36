"""Scans that come as PDF: embedded ones as they were, other pages drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from clustering.sentences import Sentence
from clustering.sources.contract import NoSource
from clustering.sources.unpacking import Limits, unpack
from tests.intake_cases import jpeg, pdf, scanned, sheet, stream
from tests.sources.packed import ROOMY, STAMPED, contents, names, scan


def test_a_pdf_of_scans_gives_the_embedded_bytes_and_draws_the_rest(tmp_path: Path) -> None:
    rl_config.useA85 = 0
    first = tmp_path / "first.jpg"
    first.write_bytes(scan(1))
    canvas = Canvas(str(tmp_path / "report.pdf"), pagesize=(300, 400))
    canvas.drawImage(str(first), 0, 0, 300, 400)
    canvas.showPage()
    canvas.drawString(40, 300, "Set in type, not scanned")
    canvas.showPage()
    canvas.save()
    listing = unpack(tmp_path / "report.pdf", tmp_path / "room", ROOMY)
    assert names(listing) == ["report_0001.jpg", "report_0002.jpg"]
    assert contents(listing)["report_0001.jpg"] == first.read_bytes()
    with Image.open(listing.files[1].path) as drawn:
        assert drawn.width == pytest.approx(300 * 200 / 72, abs=2)
        assert sum(drawn.convert("L").histogram()[:100]) > 0, "the print is there"


def test_one_broken_page_of_a_pdf_is_named_and_the_others_go_in(tmp_path: Path) -> None:
    good = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Contents 4 0 R >>"
    path = tmp_path / "report.pdf"
    path.write_bytes(
        pdf(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 5 0 R 3 0 R] /Count 3 >>",
            good,
            stream(b"", b"0 g 20 20 90 90 re f"),
            b"<< /Type /Nothing >>",
        )
    )
    listing = unpack(path, tmp_path / "room", ROOMY)
    assert names(listing) == ["report_0001.jpg", "report_0003.jpg"]
    (skip,) = listing.skipped
    assert skip.name == "report_0002.jpg"
    assert skip.reason.startswith("This page can’t be rendered (")


def test_a_scan_with_words_laid_over_for_search_stays_as_it_is(tmp_path: Path) -> None:
    page = sheet("LETTER").convert("RGB")
    unseen = b"q 612 0 0 792 0 0 cm /Im Do Q BT 3 Tr /F1 12 Tf 60 700 Td (LETTER) Tj ET"
    path = tmp_path / "searchable.pdf"
    path.write_bytes(scanned(page, drawn=unseen))
    (file,) = unpack(path, tmp_path / "room", ROOMY).files
    assert file.path.read_bytes() == jpeg(page)


@pytest.mark.parametrize(
    "drawn",
    [
        b"q 612 0 0 792 0 0 cm /Im Do Q 1 1 1 rg 60 600 200 40 re f",
        b"q 60 60 300 400 re W n 612 0 0 792 0 0 cm /Im Do Q",
        b"q -612 0 0 792 612 0 cm /Im Do Q",
        b"q 612 0 0 400 0 200 cm /Im Do Q",
        b"q 700 0 0 900 -40 -50 cm /Im Do Q",
    ],
    ids=["painted over", "clipped", "mirrored", "squashed", "cut by the edge"],
)
def test_a_scan_that_is_shown_otherwise_is_drawn(tmp_path: Path, drawn: bytes) -> None:
    page = sheet("LETTER").convert("RGB")
    path = tmp_path / "changed.pdf"
    path.write_bytes(scanned(page, drawn=drawn))
    (file,) = unpack(path, tmp_path / "room", ROOMY).files
    assert file.path.read_bytes() != jpeg(page)
    with Image.open(file.path) as picture:
        assert picture.size == (1700, 2200)


def test_a_page_is_drawn_at_the_resolution_of_its_scan(tmp_path: Path) -> None:
    """A stamp on a scan of 300 dpi must not cost a third of its sharpness."""
    path = tmp_path / "fine.pdf"
    path.write_bytes(scanned(sheet("FINE", size=(2550, 3300), scale=6).convert("RGB"), drawn=STAMPED))
    (file,) = unpack(path, tmp_path / "room", ROOMY).files
    with Image.open(file.path) as picture:
        assert picture.size == (2550, 3300)


def test_a_note_without_a_look_of_its_own_is_told(tmp_path: Path) -> None:
    note = b"<< /Type /Annot /Subtype /Text /Rect [100 100 120 120] /F 4 /Contents (Seen by J.) >>"
    path = tmp_path / "noted.pdf"
    path.write_bytes(scanned(sheet("LETTER").convert("RGB"), page=b"/Annots [6 0 R]", more=(note,)))
    listing = unpack(path, tmp_path / "room", ROOMY)
    assert listing.notes == ("Page 1 of noted.pdf has a note that is not in the image: “Seen by J.”.",)
    assert [isinstance(note, Sentence) for note in listing.notes] == [True], "kept as data, for every language"


def test_a_pdf_whose_pages_take_too_much_room_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "report.pdf"), pagesize=(300, 400))
    for number in range(6):
        canvas.drawString(40, 300, f"Page {number}")
        canvas.showPage()
    canvas.save()
    whole = unpack(tmp_path / "report.pdf", tmp_path / "whole", ROOMY)
    sizes = [file.path.stat().st_size for file in whole.files]
    with pytest.raises(NoSource, match="HHREVIEW_MAX_UNPACKED_BYTES"):
        unpack(tmp_path / "report.pdf", tmp_path / "room", Limits(sum(sizes) - 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.pdf", "whole"]
    assert len(unpack(tmp_path / "report.pdf", tmp_path / "room", Limits(sum(sizes))).files) == 6


def test_files_that_are_attached_to_a_pdf_are_named(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.pdf"
    path.write_bytes(
        scanned(
            sheet("Cover"),
            catalog=b"/Names << /EmbeddedFiles << /Names [(minutes.pdf) 6 0 R] >> >>",
            more=(
                b"<< /Type /Filespec /F (minutes.pdf) /UF (minutes.pdf) /EF << /F 7 0 R >> >>",
                stream(b"/Type /EmbeddedFile", b"%PDF-1.4"),
            ),
        )
    )
    listing = unpack(path, tmp_path / "out", ROOMY)
    assert len(listing.files) == 1
    (note,) = listing.notes
    assert "minutes.pdf" in note


def test_a_page_whose_only_image_is_damaged_is_named_and_never_an_empty_page(tmp_path: Path) -> None:
    """PDFium draws nothing in its place, as other viewers do."""
    path = tmp_path / "scans.pdf"
    whole = scanned(Image.new("RGB", (850, 1100), "white"))
    start = whole.index(b"\xff\xd8\xff")
    path.write_bytes(
        whole[:start] + bytes(whole.index(b"\xff\xd9", start) - start) + whole[whole.index(b"\xff\xd9", start) :]
    )
    with pytest.raises(NoSource) as failure:
        unpack(path, tmp_path / "room", ROOMY)
    assert "scans_0001.jpg: " in str(failure.value)
    path.write_bytes(whole)
    assert names(unpack(path, tmp_path / "white", ROOMY)) == ["scans_0001.jpg"]
