"""Scans that come packed: what is in them comes out as it was, and nothing else happens."""

from __future__ import annotations

import io
import os
import random
import tarfile
import time
import zipfile
import zlib
from pathlib import Path
from typing import Literal

import pytest

from clustering.sources.contract import NoSource
from clustering.sources.registry import recognize
from clustering.sources.tools import Tools
from clustering.sources.unpacking import Limits, is_packed, unpack
from clustering.sources.zips import _ZipBytes
from tests.intake_cases import raw_zip, scanned, sheet
from tests.sources.packed import ROOMY, STAMPED, contents, names, scan


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


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
    listing = unpack(path, tmp_path / "room", ROOMY)
    assert names(listing) == ["box/page 1.jpg", "box/page 2.jpg", "box/page 10.jpg"]
    assert contents(listing) == files


def test_nothing_leads_out_of_the_folder(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "bad.zip", {"../out.jpg": b"x", "/abs.jpg": b"x", "a\\..\\..\\b.jpg": b"x", "ok.jpg": scan(1)}
    )
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    listing = unpack(path, tmp_path / "deep" / "room", ROOMY)
    assert names(listing) == ["ok.jpg"]
    assert {skip.name for skip in listing.skipped} == {"../out.jpg", "/abs.jpg", "a/../../b.jpg", "link.jpg"}
    outside = [p.name for p in tmp_path.rglob("*") if p.is_file() and tmp_path / "deep" / "room" not in p.parents]
    assert outside == ["bad.zip"]


@pytest.mark.parametrize(
    ("content", "limits", "message"),
    [
        ({"a.jpg": b"\0" * 2000}, Limits(1000), "HHREVIEW_MAX_UNPACKED_BYTES"),
        ({"a.jpg": b"\0" * 150_000_000}, ROOMY, "which scans never do"),
    ],
)
def test_a_bomb_is_refused_before_it_is_opened(
    tmp_path: Path, content: dict[str, bytes], limits: Limits, message: str
) -> None:
    path = zipped(tmp_path / "bomb.zip", content)
    with pytest.raises(NoSource, match=message):
        unpack(path, tmp_path / "room", limits)
    assert [p.name for p in tmp_path.iterdir()] == ["bomb.zip"], "nothing is left behind"


def test_what_is_cut_short_is_refused_by_name_and_leaves_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "cut.zip", {"a.jpg": scan(1)})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(NoSource, match=r"cut\.zip is damaged"):
        unpack(path, tmp_path / "room", ROOMY)
    pdf = tmp_path / "cut.pdf"
    pdf.write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(NoSource, match=r"cut\.pdf can’t be opened"):
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


def tarred(path: Path, files: dict[str, bytes], mode: Literal["w", "w:gz", "w:bz2", "w:xz"] = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize(("suffix", "mode"), [("gz", "w:gz"), ("bz2", "w:bz2"), ("xz", "w:xz")])
def test_a_packed_tar_that_is_damaged_anywhere_is_refused_as_a_whole(
    tmp_path: Path, suffix: str, mode: Literal["w:gz", "w:bz2", "w:xz"]
) -> None:
    path = tarred(tmp_path / f"scans.tar.{suffix}", {f"{n}.jpg": scan(n) for n in range(4)}, mode)
    whole = path.read_bytes()
    for place in range(40, len(whole), len(whole) // 12):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with pytest.raises(NoSource, match=f"scans.tar.{suffix} is damaged"):
            unpack(path, tmp_path / f"room {place}", ROOMY)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NoSource, match=f"scans.tar.{suffix} is damaged"):
        unpack(path, tmp_path / "room", ROOMY)
    assert [p.name for p in tmp_path.iterdir()] == [path.name], "nothing is left behind"


@pytest.mark.parametrize("cut", [512, 1024, -1024, -600])
def test_a_tar_that_breaks_off_or_has_a_damaged_head_is_refused(tmp_path: Path, cut: int) -> None:
    """`tarfile` takes such an end for the end of the archive, and says nothing."""
    path = tarred(tmp_path / "scans.tar", {f"{n}.jpg": scan(n) for n in range(3)})
    with tarfile.open(path) as archive:
        second = archive.getmembers()[1].offset
        end = archive.getmembers()[2].offset_data + 512 * -(-archive.getmembers()[2].size // 512)
    whole = path.read_bytes()
    path.write_bytes(whole[: second + 512 + cut] if cut > 0 else whole[: end + cut + 600])
    with pytest.raises(NoSource, match=r"scans\.tar is damaged"):
        unpack(path, tmp_path / "cut", ROOMY)
    path.write_bytes(whole[: second + 100] + b"?" * 60 + whole[second + 160 :])
    with pytest.raises(NoSource, match=r"scans\.tar is damaged .*in the middle"):
        unpack(path, tmp_path / "damaged", ROOMY)


def test_an_entry_that_cannot_be_read_is_named_and_the_others_go_in(tmp_path: Path) -> None:
    path = tmp_path / "scans.zip"
    kinds = [(0, 0), (0, 97), (0, 8), (1, 0)]
    path.write_bytes(raw_zip((b"%d.jpg" % n, scan(n), flags, kind) for n, (flags, kind) in enumerate(kinds, 1)))
    listing = unpack(path, tmp_path / "room", ROOMY)
    assert contents(listing) == {"1.jpg": scan(1)}
    reasons = {skip.name: skip.reason for skip in listing.skipped}
    assert "its compression, number 97, is not supported" in reasons["2.jpg"]
    assert reasons["3.jpg"].startswith("It can’t be unpacked (Error -3 while decompressing")
    assert reasons["4.jpg"] == "It is protected by a password. Pack the scans again without one."


def test_a_wrong_checksum_is_told_whatever_the_compression(tmp_path: Path) -> None:
    for kind in (0, 9):
        good = raw_zip([(b"1.jpg", scan(1), 0, kind), (b"2.jpg", scan(2), 0, 0)])
        place = good.index(b"1.jpg") + 700
        path = tmp_path / f"{kind}.zip"
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        listing = unpack(path, tmp_path / f"room {kind}", ROOMY)
        assert (names(listing), [skip.name for skip in listing.skipped]) == (["2.jpg"], ["1.jpg"])


def test_an_archive_of_locked_entries_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked.zip"
    path.write_bytes(raw_zip([(b"1.jpg", scan(1), 1, 0)]))
    with pytest.raises(NoSource, match=r"locked\.zip is protected by a password"):
        unpack(path, tmp_path / "room", ROOMY)


def test_the_same_entry_twice_goes_in_once_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(raw_zip([(b"1.jpg", scan(1), 0, 0), (b"./1.jpg", scan(1), 0, 0)]))
    listing = unpack(path, tmp_path / "room", ROOMY)
    assert names(listing) == ["1.jpg"]
    (skip,) = listing.skipped
    assert skip.reason == "twice.zip contains it twice with the same content. It was imported once."


def test_links_in_a_tar_are_followed_where_they_lead_to_a_file_in_it(tmp_path: Path) -> None:
    path = tarred(tmp_path / "linked.tar", {"1.jpg": scan(1)})
    with tarfile.open(path, "a") as archive:
        for name, kind, target in [
            ("2.jpg", tarfile.LNKTYPE, "1.jpg"),
            ("3.jpg", tarfile.SYMTYPE, "1.jpg"),
            ("4.jpg", tarfile.LNKTYPE, "no.jpg"),
            ("5.jpg", tarfile.CHRTYPE, ""),
        ]:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, target
            archive.addfile(link)
    listing = unpack(path, tmp_path / "room", ROOMY)
    assert contents(listing) == {"1.jpg": scan(1), "2.jpg": scan(1)}
    assert [skip.name for skip in listing.skipped] == ["3.jpg", "4.jpg", "5.jpg"]


@pytest.mark.parametrize("name", ["é" * 150 + ".jpg", "x" * 300 + ".jpg", "/".join(["deep" * 20] * 8) + "/1.jpg"])
def test_names_that_no_disk_holds_go_in(tmp_path: Path, name: str) -> None:
    listing = unpack(zipped(tmp_path / "long.zip", {name: scan(1)}), tmp_path / "room", ROOMY)
    (file,) = listing.files
    assert file.name == name
    assert len(file.identifier) <= 200


def test_two_long_names_with_one_beginning_have_two_identifiers(tmp_path: Path) -> None:
    files = {f"{'x' * 250}{end}.jpg": scan(number) for number, end in enumerate("ab")}
    listing = unpack(zipped(tmp_path / "long.zip", files), tmp_path / "room", ROOMY)
    assert len({file.identifier for file in listing.files}) == 2
    assert all(file.is_shortened for file in listing.files)


def test_the_name_in_utf8_beside_another_one_is_the_name(tmp_path: Path) -> None:
    path = tmp_path / "info.zip"
    entry = zipfile.ZipInfo("m\x81ller.jpg".encode("latin-1").decode("cp437"))
    raw = entry.filename.encode("cp437")
    body = b"\1" + zlib.crc32(raw).to_bytes(4, "little") + "müller.jpg".encode()
    entry.extra = (0x7075).to_bytes(2, "little") + len(body).to_bytes(2, "little") + body
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, scan(1))
    assert names(unpack(path, tmp_path / "room", ROOMY)) == ["müller.jpg"]


def test_whatever_is_damaged_ends_in_a_sentence(tmp_path: Path) -> None:
    """Bytes turned over anywhere: pages, names and sentences, and never an error of a library."""
    chance = random.Random(7)
    zip_file = raw_zip([(b"a.jpg", scan(1), 0, 0), (b"b/c.jpg", scan(2), 0, 9), (b"d.jpg", scan(3), 1 << 11, 0)])
    tar_file = tarred(tmp_path / "t.tar", {"a.jpg": scan(1), "b.jpg": scan(2)}).read_bytes()
    pdf_file = scanned(sheet("LETTER", size=(85, 110)).convert("RGB"), drawn=STAMPED)
    for suffix, whole in ((".zip", zip_file), (".tar", tar_file), (".pdf", pdf_file)):
        for number in range(60):
            damaged = bytearray(whole)
            for _ in range(chance.choice([1, 3, 30])):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            path = tmp_path / f"{number}{suffix}"
            path.write_bytes(damaged[: chance.choice([len(damaged), chance.randrange(1, len(damaged))])])
            try:
                listing = unpack(path, tmp_path / f"{suffix} {number}", Limits(10**7))
            except NoSource as refused:
                assert str(refused).endswith("."), str(refused)
                assert path.name in str(refused)
            else:
                assert all(skip.reason.endswith(".") for skip in listing.skipped)


def test_a_packed_file_is_taken_for_what_it_is_whatever_its_name_says(tmp_path: Path) -> None:
    made = {".zip": zipped(tmp_path / "a.zip", {"BM1.jpg": scan(1)}).read_bytes(), ".pdf": scanned(sheet("One"))}
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "a.zip", "BM0.zip")
        (tmp_path / "BM1.jpg").write_bytes(scan(1))
        archive.add(tmp_path / "BM1.jpg", "BM1.jpg")
    made[".tar.gz"] = (tmp_path / "a.tar.gz").read_bytes()
    for number, (kind, content) in enumerate(made.items()):
        for named in (".zip", ".tar", ".pdf", ".tgz"):
            path = tmp_path / f"scans{number}{named}"
            path.write_bytes(content)
            assert len(unpack(path, tmp_path / f"out-{path.name}", ROOMY).files) == 1, (kind, named)


@pytest.mark.parametrize("named", ["scans", "scans.zip.download", "Box 1. Letters", "scans.csv", "1.jpg"])
def test_what_is_packed_is_a_source_whatever_its_name_says(tmp_path: Path, named: str) -> None:
    path = zipped(tmp_path / named, {"b/1": scan(1), "b/2.jpg": scan(2), "b/notes": b"text", "b/.cache": scan(3)})
    kind, text = recognize(str(path))
    assert kind.name == "packed"
    listing = kind.reader(text, Tools(tmp_path / "cache", ROOMY)).listing()
    assert names(listing) == ["b/1", "b/2.jpg"]
    assert {skip.name: skip.reason.split(",")[0] for skip in listing.skipped} == {
        "b/notes": "It has no file extension",
        "b/.cache": "Hidden and system files are left out.",
    }


@pytest.mark.parametrize("named", ["table.xlsx", "letter.docx", "listed.csv", "nothing"])
def test_what_only_looks_packed_is_none(tmp_path: Path, named: str) -> None:
    path = tmp_path / named
    path.write_bytes(b"file\n1.jpg\n")
    if path.suffix in {".xlsx", ".docx"}:
        zipped(path, {"word/media/1.jpg": scan(1)})
    assert recognize(str(path))[0].name == ("list" if path.suffix == ".csv" else "folder")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert recognize(str(tmp_path / "pipe"))[0].name == "folder"


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (b"", "is empty (0 bytes)"),
        (scan(1), "Give its name the ending .jpg"),
        (b"Rar!\x1a\x07\x00" + bytes(100), "Unpack it"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(100), "Unpack it"),
    ],
)
@pytest.mark.parametrize("named", [".zip", ".tar.gz", ".pdf"])
def test_what_is_not_packed_is_named_with_its_own_remedy(
    tmp_path: Path, content: bytes, remedy: str, named: str
) -> None:
    path = tmp_path / f"scans{named}"
    path.write_bytes(content)
    with pytest.raises(NoSource) as refusal:
        unpack(path, tmp_path / "out", ROOMY)
    assert remedy in str(refusal.value)
    assert path.name in str(refusal.value)


def test_a_damaged_tar_gives_one_short_reason(tmp_path: Path) -> None:
    path = tmp_path / "scans.tar.gz"
    path.write_bytes(b"no archive at all" * 40)
    with pytest.raises(NoSource) as refusal:
        unpack(path, tmp_path / "out", ROOMY)
    assert "method" not in str(refusal.value)
    assert len(str(refusal.value)) < 120


def test_the_list_of_a_zip_of_many_files_is_read_as_fast_as_zipfile_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(30_000):
            archive.writestr(f"box {number // 1000}/note {number}.txt", "")
    began = time.process_time()
    with zipfile.ZipFile(path) as archive:
        assert len(archive.infolist()) == 30_000
    usual = time.process_time() - began
    began = time.process_time()
    with _ZipBytes(path) as handle, zipfile.ZipFile(handle) as archive:
        assert len(archive.infolist()) == 30_000
    assert time.process_time() - began < 8 * usual  # copying the list for each file took 60 times as long


@pytest.mark.parametrize("others", [{}, {"Thumbs.db": b"", "__MACOSX/._a.jpg": b"", "a readme.txt": b""}])
def test_a_damaged_scan_is_why_an_archive_has_none(tmp_path: Path, others: dict[str, bytes]) -> None:
    """Whatever lies beside it, that is what people have to know."""
    path = zipped(tmp_path / "scans.zip", {**others, "z.jpg": bytes(5000)})
    content = bytearray(path.read_bytes())
    content[content.index(b"z.jpg") + 8] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(NoSource) as failure:
        unpack(path, tmp_path / "out", ROOMY)
    assert "z.jpg: " in str(failure.value)
