"""Small made-up pages for the evidence tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clustering.engine.evidence.numbering import PageNumber, believed_numbers, page_language
from clustering.engine.languages import usual_language
from clustering.engine.records import Line, PageReading, PageRecord

LETTER = (930, 1200)
SPREAD = (1860, 1200)


def line(text: str, top: float, *, left: float = 0.1, right: float | None = None, tall: int = 20) -> Line:
    """One believed line at shares of a 930 x 1200 page."""
    end = right if right is not None else min(left + 0.012 * len(text), 0.95)
    y = round(top * LETTER[1])
    return Line(text, round(left * LETTER[0]), y, round(end * LETTER[0]), y + tall, 92.0)


def reading(*lines: Line) -> PageReading:
    """A reading of such lines."""
    return PageReading("\n".join(x.text for x in lines), tuple(lines), *LETTER, confidence=92.0, language="en")


def body(words: str = "the workers of the valley held their vote", count: int = 20, top: float = 0.12) -> list[Line]:
    """Running text in full lines."""
    return [line(f"{words} and said so {i}", top + i * 0.035, right=0.88) for i in range(count)]


def page(
    size: tuple[int, int] = LETTER,
    *lines: Line,
    paper: dict[str, Any] | None = None,
    vector: Sequence[float] | None = None,
) -> PageRecord:
    """A page of a size with some lines; without lines it is not read."""
    unit = None if vector is None else np.asarray(vector, np.float32) / np.float32(np.linalg.norm(vector))
    return PageRecord("p", *size, paper=paper, reading=reading(*lines) if lines else None, vector=unit)


def all_numbers(pages: Sequence[PageRecord]) -> list[tuple[PageNumber, ...]]:
    """The page numbers of a stream."""
    usual = usual_language(page_language(page) for page in pages)
    return [believed_numbers(page, usual=usual) for page in pages]
