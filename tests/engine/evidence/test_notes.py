"""Notes about single pages, which one process writes and another reads."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from clustering.engine.evidence import Known, NoteTerms, Sheets, gather
from clustering.engine.evidence.notes import bundled, unbundled, unpacked
from clustering.engine.records import PageRecord
from tests.engine.test_proposing import stream


def named() -> list[PageRecord]:
    """Pages that have names of their own, some of them measured."""
    facts: dict[str, Any] = {
        "ink": 0.04,
        "bed": 0.0,
        "sheet": [0.0, 0.0, 1.0, 1.0],
        "grid": [[0.1] * 8] * 8,
        "round": 0.8,
    }
    pages = stream() * 4
    return [replace(page, identifier=str(at), paper=facts if at % 3 else None) for at, page in enumerate(pages)]


def noted(pages: list[PageRecord]) -> Known:
    """What is known of these pages after it was stored."""
    terms = NoteTerms.of(pages)
    notes = unbundled(bundled(terms.notes(pages)))
    by_name: dict[str, Callable[[], bytes]] = {
        page.identifier: partial(bytes, note) for page, note in zip(pages, notes, strict=True)
    }
    return Known(NoteTerms.from_json(terms.to_json()), by_name)


def test_evidence_from_notes_is_the_same_to_the_last_bit_and_reads_no_page_again() -> None:
    pages = named()
    known = noted(pages)
    bare = [
        PageRecord(page.identifier, page.width, page.height, None, None, page.vector, page.text_vector)
        for page in pages
    ]
    plain, given = gather(pages), gather(bare, Sheets.of(bare, known))
    assert given.matrix.tobytes() == plain.matrix.tobytes()
    assert given.traits.tobytes() == plain.traits.tobytes()
    assert (given.warnings, given.absent) == (plain.warnings, plain.absent)


def test_pages_without_a_note_are_looked_at() -> None:
    pages = named()
    known = noted(pages)
    for page in pages[::3]:
        del known.notes[page.identifier]
    assert gather(pages, Sheets.of(pages, known)).matrix.tobytes() == gather(pages).matrix.tobytes()


@pytest.mark.parametrize("value", [datetime.now(UTC), sys.exit, partial(print, "run")])
def test_a_note_that_someone_changed_runs_nothing(value: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="unexpected"):
        unpacked(pickle.dumps((1, 2, value)))
    with pytest.raises(pickle.UnpicklingError, match="unexpected"):
        unbundled(bundled([value]))  # type: ignore[list-item]  # as an attacker would


def test_workers_and_the_slice_that_proposes_mean_the_same_by_each_place_of_a_note() -> None:
    """Whatever else a process imports, the functions whose answers are in notes are the same."""
    line = "from clustering.engine.evidence.notes import code; print(code())"
    numbers = {
        subprocess.run([sys.executable, "-c", f"{before}{line}"], capture_output=True, check=True, text=True).stdout
        for before in ("", "import clustering.engine.seaming; ", "import clustering.engine.evidence.strays; ")
    }
    assert len(numbers) == 1
