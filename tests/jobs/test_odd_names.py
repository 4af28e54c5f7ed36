"""Names that no disk and no server has are refused in a sentence, at whichever door they come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering.jobs.server_folders import open_folder
from clustering.jobs.sourcing import check_source
from clustering.sources.arrangements import NoArrangement, read_arrangement
from clustering.sources.contract import NoSource
from clustering.sources.folder import list_folder

PATHS = {
    "a long name": ("{root}/" + "a" * 300, "can(not|’t) be (read|opened)"),
    "a long name of a list": ("{root}/" + "a" * 300 + ".csv", "can(not|’t) be (read|opened)"),
    "a long name of an archive": ("{root}/" + "a" * 300 + ".zip", "can(not|’t) be (read|opened)"),
    "a long path": ("{root}/" + "a/" * 3000, "can(not|’t) be (read|opened)"),
    "a circle of links": ("{root}/circle", "can(not|’t) be (read|opened)"),
    "below a circle of links": ("{root}/circle/list.csv", "can(not|’t) be (read|opened)"),
    "a NUL": ("{root}/a\0b", "a character that file names"),
    "half a character": ("{root}/\ud800", "a character that file names"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    return tmp_path


def is_short_and_whole(sentence: str) -> bool:
    return len(sentence) < 500 and sentence.endswith(".") and sentence.isprintable()


@pytest.mark.parametrize("case", PATHS, ids=str)
@pytest.mark.parametrize("door", ["command", "desk", "folders"])
def test_a_path_that_nothing_has_is_refused(door: str, case: str, root: Path) -> None:
    text, message = PATHS[case]
    with pytest.raises(NoSource, match=message) as refused:
        if door == "folders":
            open_folder(text.format(root=root), [root])
        else:
            check_source(text.format(root=root), roots=[root] if door == "desk" else None)
    assert is_short_and_whole(str(refused.value))


@pytest.mark.parametrize("case", PATHS, ids=str)
def test_an_arrangement_by_such_a_name_is_refused(case: str, root: Path) -> None:
    text, message = PATHS[case]
    with pytest.raises(NoArrangement, match=message):
        read_arrangement(Path(text.format(root=root)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("http://[bad", "is not a valid address"),
        ("https://example.org/\0", "a character that file names"),
        ("~nobody_of_this_name/scans", "home folder that is not known here"),
    ],
)
def test_what_is_neither_a_path_nor_an_address_is_refused(text: str, message: str) -> None:
    with pytest.raises(NoSource, match=message):
        check_source(text)


def test_one_odd_name_in_a_list_leaves_the_others_alone(root: Path) -> None:
    (root / "scan.jpg").write_bytes(b"x")
    (root / "list.csv").write_text(f"file\ncircle/a.jpg\n{'a' * 300}.jpg\nscan.jpg\n", encoding="utf-8")
    listing = check_source(str(root / "list.csv")).listing
    assert listing is not None
    assert [file.name for file in listing.files] == ["scan.jpg"]
    assert [skip.name for skip in listing.skipped] == ["Line 2", "Line 3"]
    assert all("can’t be read" in skip.reason for skip in listing.skipped)


def test_a_circle_of_links_does_not_hide_its_neighbors(root: Path) -> None:
    (root / "box").mkdir()
    (root / "box" / "scan.jpg").write_bytes(b"x")
    assert [place.name for place in open_folder(str(root), [root]).folders] == ["box"]
    assert [file.name for file in list_folder(root).files] == ["box/scan.jpg"]
