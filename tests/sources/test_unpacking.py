"""Scans that come packed: what is in them comes out as it was, and nothing else happens."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from clustering.sources.contract import NoSource
from clustering.sources.folder import list_folder
from clustering.sources.unpacking import Limits, is_packed, unpack

ROOMY = Limits(10**9)


def scan(number: int) -> bytes:
    image = Image.new("RGB", (300, 400), "#f3ead6")
    ImageDraw.Draw(image).text((40, 40), f"Page {number}", fill="#222")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def names(folder: Path) -> list[str]:
    return [file.name for file in list_folder(folder).files]


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz"])
def test_an_archive_gives_its_scans_byte_for_byte_in_natural_order(tmp_path: Path, suffix: str) -> None:
    files = {f"box/page {number}.jpg": scan(number) for number in (10, 2, 1)}
    path = tmp_path / f"scans{suffix}"
    if suffix == ".zip":
        zipped(path, files)
    else:
        with tarfile.open(path, "w:gz" if suffix.endswith("gz") else "w") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    assert is_packed(path)
    folder = unpack(path, tmp_path / "room", ROOMY)
    assert names(folder) == ["box/page 1.jpg", "box/page 2.jpg", "box/page 10.jpg"]
    assert (folder / "box/page 10.jpg").read_bytes() == files["box/page 10.jpg"]


def test_nothing_leads_out_of_the_folder(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "bad.zip", {"../out.jpg": b"x", "/abs.jpg": b"x", "a\\..\\..\\b.jpg": b"x", "ok.jpg": scan(1)}
    )
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    folder = unpack(path, tmp_path / "deep" / "room", ROOMY)
    assert names(folder) == ["ok.jpg"]
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["bad.zip", "ok.jpg"]


@pytest.mark.parametrize(
    ("content", "limits", "said"),
    [
        ({"a.jpg": b"\0" * 2000}, Limits(1000), "HHREVIEW_MAX_UNPACKED_BYTES"),
        ({"a.jpg": b"\0" * 150_000_000}, ROOMY, "which no scans do"),
    ],
)
def test_a_bomb_is_refused_before_it_is_opened(
    tmp_path: Path, content: dict[str, bytes], limits: Limits, said: str
) -> None:
    path = zipped(tmp_path / "bomb.zip", content)
    with pytest.raises(NoSource, match=said):
        unpack(path, tmp_path / "room", limits)
    assert [p.name for p in tmp_path.iterdir()] == ["bomb.zip"], "nothing is left behind"


def test_what_is_cut_short_is_refused_by_name_and_leaves_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "cut.zip", {"a.jpg": scan(1)})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(NoSource, match=r"cut\.zip is damaged"):
        unpack(path, tmp_path / "room", ROOMY)
    pdf = tmp_path / "cut.pdf"
    pdf.write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(NoSource, match=r"cut\.pdf is no PDF"):
        unpack(pdf, tmp_path / "room", ROOMY)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.pdf", "cut.zip"]


def test_an_unpacking_that_was_stopped_begins_again(tmp_path: Path) -> None:
    path = zipped(tmp_path / "scans.zip", {"1.jpg": scan(1), "2.jpg": scan(2)})
    ticks = 0

    def stop() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(path, tmp_path / "room", ROOMY, tick=stop)
    assert not (tmp_path / "room").exists()
    assert names(unpack(path, tmp_path / "room", ROOMY)) == ["1.jpg", "2.jpg"]


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
    folder = unpack(tmp_path / "report.pdf", tmp_path / "room", ROOMY)
    assert names(folder) == ["report_0001.jpg", "report_0002.jpg"]
    assert (folder / "report_0001.jpg").read_bytes() == first.read_bytes()
    with Image.open(folder / "report_0002.jpg") as drawn:
        assert drawn.width == pytest.approx(300 * 200 / 72, abs=2)
        assert sum(drawn.convert("L").histogram()[:100]) > 0, "the print is there"
