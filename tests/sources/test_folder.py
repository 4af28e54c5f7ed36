"""Which files of a folder become pages, in which order, and what their names say."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.sources.contract import NoSource
from clustering.sources.folder import HIDDEN, list_folder, names_of, natural_key, printable
from tests.sources.packed import scan


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_two_comes_before_ten(tmp_path: Path) -> None:
    _touch(tmp_path, "page10.jpg", "page2.jpg", "page1.jpg", "Page3.JPG")
    assert [file.name for file in list_folder(tmp_path).files] == ["page1.jpg", "page2.jpg", "Page3.JPG", "page10.jpg"]


def test_sub_folders_come_in_order_after_a_folders_own_files(tmp_path: Path) -> None:
    _touch(tmp_path, "box 10/1.jpg", "box 2/2.jpg", "box 2/1.jpg", "z.jpg")
    names = [file.name for file in list_folder(tmp_path).files]
    assert names == ["z.jpg", "box 2/1.jpg", "box 2/2.jpg", "box 10/1.jpg"]


def test_a_shorter_name_comes_first(tmp_path: Path) -> None:
    _touch(tmp_path, "flyer2.jpg", "flyer.jpg", "flyer_back.jpg")
    assert next(file.name for file in list_folder(tmp_path).files) == "flyer.jpg"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("HH018977_0001__bdr_gbzad5mb.jpg", ("HH018977_0001", "bdr:gbzad5mb")),
        ("a/b/HH018977_0002__bdr_66dmwhg7.tiff", ("HH018977_0002", "bdr:66dmwhg7")),
        ("letter.from.1959.jpg", ("letter.from.1959", "")),
        ("two__parts_only_", ("two__parts_only_", "")),
        ("no suffix", ("no suffix", "")),
    ],
)
def test_identifier_and_pid_come_from_the_name(name: str, expected: tuple[str, str]) -> None:
    assert names_of(name) == expected


def test_hidden_files_and_files_that_are_no_images_are_left_out_with_a_reason(tmp_path: Path) -> None:
    bins = [f"{name}/deleted.jpg" for name in ("$RECYCLE.BIN", "#recycle", "@Recycle", "@eaDir", "lost+found")]
    _touch(tmp_path, "1.jpg", ".DS_Store", "Thumbs.db", "truth.csv", ".cache/2.jpg", "__MACOSX/3.jpg", *bins)
    listing = list_folder(tmp_path)
    assert [file.name for file in listing.files] == ["1.jpg"]
    left_out = {".DS_Store", "Thumbs.db", "truth.csv", ".cache", "__MACOSX", *(name.split("/")[0] for name in bins)}
    assert {skip.name for skip in listing.skipped} == left_out
    assert all(skip.reason.endswith(".") for skip in listing.skipped)


def test_a_name_that_is_not_utf8_is_shown_escaped_and_still_opens(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"scan")
    (file,) = list_folder(tmp_path).files
    assert file.name == "caf\\xe9.jpg"
    assert file.identifier == "caf\\xe9"
    assert file.is_escaped
    assert file.path.read_bytes() == b"scan"


def test_a_name_with_a_line_break_is_shown_on_one_line() -> None:
    assert printable("a\nb\x00.jpg") == "a\\nb\\x00.jpg"


def test_an_ordinary_name_is_not_escaped(tmp_path: Path) -> None:
    _touch(tmp_path, "Überblick 1.jpg")
    (file,) = list_folder(tmp_path).files
    assert file.name == "Überblick 1.jpg"
    assert not file.is_escaped


def test_it_says_that_a_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NoSource, match=r"There is no folder .*gone\. Check"):
        list_folder(tmp_path / "gone")


def test_it_says_that_a_folder_is_empty(tmp_path: Path) -> None:
    with pytest.raises(NoSource, match="is empty"):
        list_folder(tmp_path)


def test_it_says_that_a_folder_holds_no_images(tmp_path: Path) -> None:
    _touch(tmp_path, "notes.txt", "truth.csv")
    with pytest.raises(NoSource, match=r"no images .*2\)"):
        list_folder(tmp_path)


def test_tables_beside_scans_are_left_out_without_advice_on_scanning(tmp_path: Path) -> None:
    _touch(tmp_path, "1.jpg", "2.psd", "truth.csv", "notes.TXT")
    reasons = {skip.name: skip.reason for skip in list_folder(tmp_path).skipped}
    assert "JPEG" in reasons["2.psd"]
    assert not any("JPEG" in reasons[name] for name in ("truth.csv", "notes.TXT"))


def test_it_says_that_a_file_is_no_folder(tmp_path: Path) -> None:
    _touch(tmp_path, "1.jpg")
    with pytest.raises(NoSource, match="folder that contains"):
        list_folder(tmp_path / "1.jpg")


def test_no_folder_is_nested_too_deep(tmp_path: Path) -> None:
    """Deeper than Python recurses; where the path is longer than the system opens, that folder is named."""
    here = os.open(tmp_path, os.O_DIRECTORY)
    for depth in range(2500):
        os.mkdir("d", dir_fd=here)
        above, here = here, os.open("d", os.O_DIRECTORY, dir_fd=here)
        os.close(above)
        if depth == 1199:
            os.close(os.open("a.jpg", os.O_CREAT, dir_fd=here))
    os.close(here)
    try:
        listing = list_folder(tmp_path)
    finally:
        subprocess.run(["rm", "-r", tmp_path / "d"], check=True)  # Python can't
    assert [file.name.count("/") for file in listing.files] == [1200]
    assert ["The subfolder can’t be read" in skip.reason for skip in listing.skipped] == [True]


def test_pipes_and_links_to_devices_are_left_out_unopened(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero.jpg").symlink_to("/dev/zero")
    (tmp_path / "circle.jpg").symlink_to(tmp_path / "circle.jpg")
    listing = list_folder(tmp_path)
    assert [file.name for file in listing.files] == ["a.jpg"]
    assert {skip.reason for skip in listing.skipped} == {"It is neither a file nor a link to one."}
    assert len(listing.skipped) == 4


def test_a_link_that_leads_nowhere_is_left_out(tmp_path: Path) -> None:
    _touch(tmp_path, "1.jpg")
    (tmp_path / "2.jpg").symlink_to(tmp_path / "gone.jpg")
    listing = list_folder(tmp_path)
    assert [file.name for file in listing.files] == ["1.jpg"]
    assert [skip.name for skip in listing.skipped] == ["2.jpg"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1), unique=True))
def test_every_set_of_names_has_one_order(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=natural_key) == sorted(names, key=natural_key)
    assert len({natural_key(name) for name in names}) == len(names)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_sort_by_value(left: int, right: int) -> None:
    by_name = natural_key(f"p{left}.jpg") < natural_key(f"p{right}.jpg")
    assert by_name == (left < right)


def test_a_folder_of_pdfs_is_refused_with_what_to_do_about_them(tmp_path: Path) -> None:
    for name in (".hidden.jpg", "1.pdf", "2.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.7")
    with pytest.raises(NoSource, match=r"1\.pdf: It is an archive or a PDF\. Import it separately"):
        list_folder(tmp_path)


@pytest.mark.parametrize(
    ("name", "remedy"), [("scans.7z", "Unpack it"), ("scans.tar.zst", "Unpack it"), ("manifest.json", "“@id”")]
)
def test_a_file_that_is_no_source_says_what_to_do_with_it(tmp_path: Path, name: str, remedy: str) -> None:
    _touch(tmp_path, name)
    with pytest.raises(NoSource, match=remedy):
        list_folder(tmp_path / name)


def test_an_image_without_an_extension_is_a_scan_and_one_with_a_wrong_one_is_named(tmp_path: Path) -> None:
    for name in ("Letter to Zunz", "2.dat", "3.pdf", "4.txt", "5.jpg", ".hidden"):
        (tmp_path / name).write_bytes(scan(1))
    (tmp_path / "Notes").write_bytes(b"BM is short for something")
    listing = list_folder(tmp_path)
    assert [file.identifier for file in listing.files] == ["5", "Letter to Zunz"]
    reasons = {skip.name: skip.reason for skip in listing.skipped}
    assert all("extension .jpg" in reasons[name] for name in ("2.dat", "3.pdf")), reasons
    assert "no file extension" in reasons["Notes"]
    assert {name for name, reason in reasons.items() if reason == HIDDEN} == {".hidden"}
    assert "not a scan" in reasons["4.txt"], "tables and texts lie beside each scan in many folders: they stay closed"


def test_a_raw_file_of_a_camera_is_not_advised_to_be_a_tiff(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg")
    (tmp_path / "b.CR2").write_bytes(b"II*\0\x10\0\0\0CR\2\0" + bytes(99))
    assert [skip.reason for skip in list_folder(tmp_path).skipped] == [
        "hhreview doesn’t import files of this kind. If it is a scan, save it as JPEG, PNG, or TIFF."
    ]
