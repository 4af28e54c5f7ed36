"""One reader for all tables that people bring: however a spreadsheet wrote them, they mean the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering.jobs.truths import WrongTruth, read_truth
from clustering.sources.arrangements import NoArrangement, read_arrangement
from clustering.sources.tables import NoTable, read_marks, read_table

STARTS = [["a", "b"], ["c"], ["d"]]


def arranged(tmp_path: Path, content: bytes, name: str = "starts.csv") -> list[list[str]]:
    path = tmp_path / name
    path.write_bytes(content)
    return [document.identifiers for document in read_arrangement(path)]


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("1", "0"), ("1.0", "0.0"), ("1,0", "0,0"), ("True", "False"), ("TRUE", "FALSE"), ("x", ""), ("X", ""),
        ("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("yes", "no"), ("Y", "N"), ("✓", "-"), ("1", ""), (" 1 ", " 0"),
    ],
)  # fmt: skip
def test_marks_mean_yes_and_no_however_they_are_written(tmp_path: Path, yes: str, no: str) -> None:
    rows = [f"a;{yes}", f"b;{no}", f"c;{yes}", f"d;{yes}"]
    content = "\n".join(["identifier;start", *rows]).encode()
    assert arranged(tmp_path, content) == STARTS
    path = tmp_path / "truth.csv"
    path.write_bytes(content)
    assert read_truth(path).marks == {"a": "1", "b": "0", "c": "1", "d": "1"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,1\nb,maybe\n", r"starts\.csv, line 3: start is 'maybe'\. Write 1 or 0\."),
        ("a,1\nb,2\n", "line 3: start is '2'"),
        ("a,1\n\nb,0\nc,\n", "line 5: start is ''"),
        ("a,1\nb,?\n", r"line 3: start is '\?'"),
        ("a,1\nb,nan\n", "line 3: start is 'nan'"),
        ("a,0\nb,0\n", "marks no page in the column start"),
        ("a,1\n,0\n", "line 3: the identifier is missing"),
    ],
)
def test_what_is_no_mark_is_refused_with_its_line(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(NoArrangement, match=message):
        arranged(tmp_path, f"identifier,start\n{rows}".encode())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_delimiters_and_encodings_make_no_difference(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [["Group ID", "Identifier", "Title, in full"], ["x", "é1", "One; two"], ["x", "2", ""], ["y", "3", ""]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert arranged(tmp_path, text.encode(encoding)) == [["é1", "2"], ["3"]]


@pytest.mark.parametrize("blank", ["\n\n", " \r\n\t\r\n", "\r\r", "\nsep=,\n"])
def test_blank_lines_above_the_columns_are_passed_over_and_counted(tmp_path: Path, blank: str) -> None:
    assert arranged(tmp_path, f"{blank}identifier,start\na,1\nb,0\nc,1\nd,1\n".encode()) == STARTS
    with pytest.raises(NoArrangement, match="line 5"):
        arranged(tmp_path, f"{blank}identifier,start\na,1\nb,often\n".encode())


@pytest.mark.parametrize("mark", ["\u200b", "\u200f", "\u2060", "\ufeff"])
def test_marks_that_nobody_sees_are_no_part_of_a_column(tmp_path: Path, mark: str) -> None:
    assert arranged(tmp_path, f"{mark}identifier,st{mark}art\na,1\nb,0\nc,1\nd,1\n".encode()) == STARTS


def test_a_guess_at_the_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("identifier,group,title\na,1,Café\n".encode("cp1252"))
    notes: list[str] = []
    (document,) = read_arrangement(path, notes=notes)
    assert document.title == "Café"
    assert len(notes) == 1
    assert "old.csv is not in UTF-8 and was read as Windows-1252" in notes[0]


def test_the_hint_for_excel_is_no_head(tmp_path: Path) -> None:
    assert arranged(tmp_path, b"sep=;\nidentifier;start\na;1\nb;0\nc;1\nd;1\n") == STARTS
    with pytest.raises(NoArrangement, match="line 4"):
        arranged(tmp_path, b"sep=;\nidentifier;start\na;1\nb;often\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.csv is empty"),
        (b"PK\x03\x04" + bytes(range(256)), "x.csv is an Excel or OpenDocument file"),
        (b"\xd0\xcf\x11\xe0" + bytes(range(256)), "x.csv is an old Excel file"),
        (b"\x1f\x8b" + bytes(range(1, 256)), "x.csv is a compressed file"),
        (b"\r\n<!DOCTYPE html><table><tr><td>identifier,start", "x.csv is a web page"),
        (b"\xef\xbb\xbf\n\n", "x.csv is empty"),
        (b"start,identifier,start\n1,a,0\n", "has the column start twice"),
        (b"identifier,start\na,1\x00\n", "data that is not text"),
        (b"\xff\xfei", "has an unknown encoding"),
        (b"identifier,start\na,1" + b"x" * 140_000, "x.csv, line 2: a cell has more than 131,072 characters"),
        (b'identifier,start,title\na,1,t\nb,1,"Strike!\nc,1,u\nd,0,v\n', "x.csv, line 3: "),
        (b'identifier\tstart\ttitle\na\t1\t"Strike!\nc\t1\tu\n' + b"d\t0\tv\n" * 30_000, "x.csv, line 2: "),
        (b'sep=;\nidentifier;start;title\na;1;"two\nlines"\nb;1;"u\nc;1;v', "x.csv, line 5: "),
        (b'"identifier,start\na,1\nb,1\n', "x.csv, line 1: "),
    ],
)
def test_what_is_no_table_is_refused_with_the_remedy(content: bytes, message: str) -> None:
    with pytest.raises(NoTable, match=message):
        read_table(content, "x.csv", wanted=("identifier", "start"))


def test_a_truth_may_leave_a_seam_open(tmp_path: Path) -> None:
    table = read_table(b"identifier,start\na,1\nb,?\nc,0\n", "x.csv", wanted=("identifier", "start"))
    assert read_marks(table, "start", "x.csv", either=True) == ["1", "?", "0"]
    path = tmp_path / "truth.csv"
    path.write_text("identifier,start\na,1\nb,perhaps\n")
    with pytest.raises(WrongTruth, match=r"line 3: start is 'perhaps'\. Write 1, 0 or \?"):
        read_truth(path)


def test_orders_may_be_written_with_a_comma(tmp_path: Path) -> None:
    content = b"identifier;group;sequence\na;1;2,0\nb;1;1,5\n"
    assert arranged(tmp_path, content) == [["b", "a"]]
    with pytest.raises(NoArrangement, match=r"line 2: the order is 'inf'"):
        arranged(tmp_path, b"identifier,group,sequence\na,1,inf\n")
