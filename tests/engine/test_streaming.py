"""Streams of which only some pages are in memory."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from clustering.engine import streaming
from clustering.engine.evidence import gather, notes
from clustering.engine.evidence.prose import Prose, prose_of
from clustering.engine.proposing import propose
from clustering.engine.records import PageRecord
from clustering.engine.streaming import Lazy, LazyPage, LazyReading, Spool, Spooled
from tests.engine.test_proposing import stream

FACTS = {"sheet": [0.0, 0.0, 1.0, 1.0], "ink": 0.04, "bed": 0.0}
FRAME = {**FACTS, "frame": [0.1, 0.1, 0.9, 0.9], "framed": FACTS}


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "WINDOW", 4)


def lazy(page: PageRecord, part: Callable[[str], object]) -> PageRecord:
    return LazyPage.of(part, identifier=page.identifier, width=page.width, height=page.height)


def spooled(pages: Sequence[PageRecord]) -> Lazy[PageRecord]:
    """The same pages, their larger parts in a file."""
    spool = Spool()
    numbers = [{name: spool.put(getattr(page, name)) for name in LazyPage.PARTS} for page in pages]

    def made(at: int) -> PageRecord:
        page = pages[at]
        return lazy(page, lambda name: spool.get(numbers[at][name]))

    return Lazy(len(pages), made)


def in_frames(pages: Sequence[PageRecord]) -> list[PageRecord]:
    return [replace(page, paper=FRAME) for page in pages]


@pytest.mark.parametrize("changed", [list, in_frames])
def test_a_proposal_is_the_same_to_the_last_bit(
    changed: Callable[[Sequence[PageRecord]], list[PageRecord]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = changed(stream() * 5)
    few = propose("seams", spooled(pages))
    monkeypatch.setattr(streaming, "WINDOW", 1000)
    assert few.features is not None
    every = propose("seams", pages)
    assert every.features is not None
    assert (few.seams, few.groups, few.strays) == (every.seams, every.groups, every.strays)
    assert few.features.facts.tobytes() == every.features.facts.tobytes()
    assert few.features.traits.tobytes() == every.features.traits.tobytes()


def test_the_lines_of_a_page_are_read_once_whatever_they_are_searched_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: Counter[str] = Counter()

    def counted(page: PageRecord, *, usual: str) -> Prose | None:
        made[page.identifier] += 1
        return prose_of(page, usual=usual)

    monkeypatch.setattr(notes, "prose_of", counted)
    pages = [replace(page, identifier=str(at)) for at, page in enumerate(stream() * 5)]
    gather(pages)
    assert set(made.values()) == {1}


def test_evidence_holds_few_pages_at_a_time() -> None:
    pages = stream() * 10
    alive, most = set(), 0

    def made(at: int) -> PageRecord:
        nonlocal most
        page = lazy(pages[at], lambda name: getattr(pages[at], name))
        alive.add(id(page))
        weakref.finalize(page, alive.discard, id(page))
        most = max(most, len(alive))
        return page

    gather(Lazy(len(pages), made))
    assert most <= 2 * streaming.WINDOW + 2


def test_a_slice_is_a_view_and_what_was_made_last_is_kept() -> None:
    made: list[int] = []

    def square(at: int) -> int:
        made.append(at)
        return at * at

    numbers = Lazy(10, square)
    part = numbers[3:8]
    assert (len(part), list(part), part[-1], list(part[1:3])) == (5, [9, 16, 25, 36, 49], 49, [16, 25])
    assert made == [3, 4, 5, 6, 7]
    assert (numbers[3], made[-1]) == (9, 3)
    with pytest.raises(IndexError):
        part[5]


def test_a_page_reads_each_part_once_and_can_be_changed() -> None:
    parts: dict[str, object] = dict.fromkeys(LazyPage.PARTS)
    page = LazyPage.of(parts.pop, identifier="a", width=3, height=4)
    assert (page.identifier, page.width, page.height, page.reading, page.reading) == ("a", 3, 4, None, None)
    assert set(parts) == set(LazyPage.PARTS) - {"reading"}
    turned = replace(page, paper=FACTS)
    assert (turned.paper, turned.reading, page.paper) == (FACTS, None, None)


def test_a_reading_looks_up_its_words_only_when_they_are_asked_for() -> None:
    parts: dict[str, object] = {"text": "", "lines": ()}
    reading = LazyReading.of(parts.pop, width=3, height=4, rotation=90, confidence=1.0, language="de")
    assert (reading.rotation, reading.language, set(parts)) == (90, "de", {"text", "lines"})
    assert (reading.lines, reading.lines, set(parts)) == ((), (), {"text"})


def test_a_page_is_asked_once_what_evidence_asks_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: Counter[str] = Counter()
    pages = [replace(page, identifier=str(at), paper=FACTS) for at, page in enumerate(stream() * 5)]

    def part(page: PageRecord, name: str) -> object:
        made[f"{page.identifier} {name}"] += 1
        return getattr(page, name)

    gather(Lazy(len(pages), lambda at: lazy(pages[at], partial(part, pages[at]))))
    assert max(made.values()) <= 3


def test_a_mapping_in_a_spool_is_read_when_it_is_looked_into() -> None:
    spool = Spool()
    leaf = Spooled(spool, spool.put({"width": 186, "faint": "eNo="}))
    assert (leaf["width"], leaf.get("faint"), leaf.get("ink"), dict(leaf), len(leaf)) == (
        186, "eNo=", None, {"width": 186, "faint": "eNo="}, 2
    )  # fmt: skip


def test_a_spool_gives_back_what_was_put() -> None:
    spool = Spool()
    values = [{"ink": 0.1}, np.arange(3, dtype=np.float32), None, ["text", [["a", 1, 2, 3, 4, 95.5]]]]
    numbers = [spool.put(value) for value in values]
    assert [repr(spool.get(number)) for number in reversed(numbers)] == [repr(value) for value in reversed(values)]
    assert spool.get(None) is None
