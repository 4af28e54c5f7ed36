"""Groupings come back as they went out, and from tables made elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering.exports.packing import to_folder
from clustering.exports.registry import FORMATS
from clustering.sources.arrangements import NoArrangement, read_arrangement
from tests.exports.conftest import AWKWARD, MakeMaterial, make_material

__all__ = ["make_material"]

WANTED = [[page.identifier for page in group.pages] for group in AWKWARD]


@pytest.mark.parametrize(
    ("name", "part"),
    [("csv", ""), ("pages", ""), ("mets", "mets.xml"), ("iiif", ""), ("tropy", "tropy.json"), ("json", "")],
)
def test_what_goes_out_comes_back_as_the_same_groups(
    name: str, part: str, make_material: MakeMaterial, tmp_path: Path
) -> None:
    known, material = FORMATS[name], make_material()
    if known.write is not None:
        path = tmp_path / f"out{'.json' if name == 'json' else '.csv'}"
        path.write_bytes("".join(known.write(material)).encode())
    else:
        assert known.files is not None
        to_folder(known.files(material), tmp_path / "out")
        path = tmp_path / "out" / part
    arrangement = read_arrangement(path)
    assert [document.identifiers for document in arrangement] == WANTED
    if name not in {"pages"}:
        assert "One page" in arrangement[0].title
    if name in {"csv", "json"}:
        assert arrangement[5].title == "=HYPERLINK(1)", "the guard of a spreadsheet is taken off"


def test_a_table_of_starts_is_an_arrangement(tmp_path: Path) -> None:
    path = tmp_path / "starts.csv"
    path.write_text("identifier,start,title\na,1,First\nb,0,\nc,1,Second\n", encoding="utf-8")
    assert [(d.title, d.identifiers) for d in read_arrangement(path)] == [("First", ["a", "b"]), ("Second", ["c"])]


def test_a_table_may_name_pages_as_their_files_are(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text("identifier,group\nscans\\a.jpg,1\nscans\\c__bdr_x1.tif,2\nscans\\b.JPG,1\n", encoding="utf-8")
    assert [document.identifiers for document in read_arrangement(path, known={"a", "b", "c"})] == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "identifier,x\na,1\n", "needs the column identifier"),
        ("a.csv", "identifier,group\na,1\na,2\n", "names page a twice"),
        ("a.csv", "identifier,group,sequence\na,1,x\n", "Write a number"),
        ("a.csv", "identifier,group\n", "names no pages"),
        ("a.xml", "<mets", "damaged"),
        ("a.json", "{", "can’t be read as a document structure"),
        ("a.json", "{}", "not a IIIF manifest"),
        ("a.txt", "", "is not a document structure"),
    ],
)
def test_what_is_no_arrangement_is_refused_with_the_reason(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NoArrangement, match=message):
        read_arrangement(path)


def test_titles_keep_every_sign_that_the_database_can_keep(tmp_path: Path) -> None:
    path = tmp_path / "groups.json"
    title = "\\u0000\\ud800 Na\\u200dme \\u0081 \\ud7fc  two"
    path.write_text(
        f'{{"format":"hhreview-groups","groups":[{{"title":"{title}","pages":[{{"identifier":"a"}}]}}]}}',
        encoding="utf-8",
    )
    assert [d.title for d in read_arrangement(path)] == ["\ufffd\ufffd Na\u200dme \x81 \ud7fc  two"]
