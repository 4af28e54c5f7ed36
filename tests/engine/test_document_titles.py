"""What a document is called."""

from __future__ import annotations

from clustering.engine.titles import title_of


def test_the_title_comes_first_then_the_draft_each_in_one_line() -> None:
    assert title_of(" The farm\nworkers\0 ask ", "Draft", positions=[1]) == "The farm workers ask"
    assert title_of(" \n", "A draft", positions=[1]) == "A draft"


def test_what_nobody_named_is_called_by_its_pages() -> None:
    assert title_of("", positions=[5]) == "Untitled document, page 5"
    assert title_of("", kind="flyer", positions=[14, 12, 13]) == "Untitled flyer, pages 12–14"
    assert title_of("", kind="other", positions=[1, 3]) == "Untitled document, pages 1, 3"
    assert title_of("", kind="letter", positions=[1], untitled="[{kind} {number}]", number=7) == "[letter 7]"
