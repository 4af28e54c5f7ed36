"""A CSV of files and addresses: a page a line, and a sentence for each line that gives none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clustering.sources.contract import Listing, NoSource
from clustering.sources.registry import reader_of
from clustering.sources.tools import Tools
from tests.jobs.conftest import draw_page
from tests.sources.serving import Server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "scans"
    (made / "box 1").mkdir(parents=True)
    for name in ("b.jpg", "a.jpg", "box 1/HH018977_0001__bdr_aa01.jpg"):
        draw_page(name).save(made / name)
    return made


def listing(folder: Path, text: str, tools: Tools, *, encoding: str = "utf-8") -> Listing:
    (folder / "list.csv").write_bytes(text.encode(encoding))
    return reader_of("list", str(folder / "list.csv"), tools).listing()


def test_pages_stand_in_the_order_of_the_lines_with_what_the_lines_say(folder: Path, tools: Tools) -> None:
    head = "identifier,file,pid,label,remark\n"
    text = f"{head}X_2,b.jpg,bdr:x2,front,red\n,box 1/HH018977_0001__bdr_aa01.jpg,,,\n,a.jpg,,,\n"
    scans = listing(folder, text, tools)
    assert [(file.identifier, file.pid, file.label, file.name) for file in scans.files] == [
        ("X_2", "bdr:x2", "front", "b.jpg"),
        ("HH018977_0001", "bdr:aa01", "", "box 1/HH018977_0001__bdr_aa01.jpg"),
        ("a", "", "", "a.jpg"),
    ]
    assert not scans.is_natural
    assert scans.skipped == ()


@pytest.mark.parametrize(("mark", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-8")])
def test_what_spreadsheets_write_is_read(folder: Path, tools: Tools, mark: str, encoding: str) -> None:
    text = f"Identifier{mark}Filename\r\nX_1{mark}a.jpg\r\n"
    (file,) = listing(folder, text, tools, encoding=encoding).files
    assert (file.identifier, file.name) == ("X_1", "a.jpg")


def test_addresses_are_fetched(folder: Path, tools: Tools, server: Server) -> None:
    text = f"identifier,url\nX_1,{server.address}/iiif/image/p1/full/full/0/default.jpg\n"
    (folder / "list.csv").write_text(text)
    source = reader_of("list", str(folder / "list.csv"), tools)
    (file,) = source.listing().files
    assert (file.identifier, file.name) == ("X_1", "X_1.jpg")
    assert source.fetch(file).stat().st_size > 1000


def test_each_line_that_gives_no_page_is_named(folder: Path, tools: Tools) -> None:
    (folder / "note.txt").write_text("x")
    text = (
        "identifier,file,url\n,a.jpg,\n,gone.jpg,\nX,,\n,a.jpg,https://example.org/a.jpg\n,note.txt,\n"
        ",,ftp://example.org/a.jpg\n,../outside.jpg,\n,/etc/passwd,\n,a.jpg,\n" + "x" * 201 + ",b.jpg,\n\n"
    )
    scans = listing(folder, text, tools)
    assert [file.name for file in scans.files] == ["a.jpg"]
    reasons = {skip.name: skip.reason for skip in scans.skipped}
    assert reasons["Line 3"] == "There is no file gone.jpg. Check the spelling and that the file exists."
    assert reasons["Line 4"] == "It has no file and no address. Add one of them."
    assert reasons["Line 5"] == "It has both a file and an address. Use one of them."
    assert "is not an image" in reasons["Line 6"]
    assert "is not a web address" in reasons["Line 7"]
    assert "../outside.jpg is outside the list's folder" in reasons["Line 8"]
    assert "/etc/passwd is outside the list's folder" in reasons["Line 9"]
    assert "201 letters" in reasons["Line 11"]
    assert reasons["a.jpg"] == "An earlier page has the same name. Give each page its own identifier."


def test_files_of_folders_that_the_operator_opened_may_be_listed(folder: Path, tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    text = f"file\n{folder}/a.jpg\n"
    with pytest.raises(NoSource, match=r"lists no pages that can be imported\. Line 2:"):
        listing(tmp_path / "lists", text, tools)
    assert len(listing(tmp_path / "lists", text, replace(tools, roots=(folder,))).files) == 1


def test_a_link_that_leads_out_is_refused(folder: Path, tools: Tools, tmp_path: Path) -> None:
    draw_page("OUTSIDE").save(tmp_path / "outside.jpg")
    (folder / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    with pytest.raises(NoSource, match="is outside the list's folder"):
        listing(folder, "file\nlink.jpg\n", tools)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"identifier,start\na,1\n", "has neither a column file nor a column url; its columns are identifier, start"),
        (b"", "list.csv is empty"),
        (b"file\n", "lists no pages that can be imported"),
        (b"file\ncaf\xe9.jpg\n", "is not in UTF-8"),
        (b'file\n"a.jpg' + b"x" * 140_000, "list.csv, line 2: "),
    ],
)
def test_a_list_that_is_none_is_refused(folder: Path, tools: Tools, content: bytes, sentence: str) -> None:
    (folder / "list.csv").write_bytes(content)
    with pytest.raises(NoSource, match=sentence):
        reader_of("list", str(folder / "list.csv"), tools).listing()


def test_a_list_that_is_not_there_is_refused(folder: Path, tools: Tools) -> None:
    with pytest.raises(NoSource, match=r"There is no file .*gone\.csv"):
        reader_of("list", str(folder / "gone.csv"), tools).listing()
