"""Apply people's corrections to the lines of a reading. Pure functions.

A correction finds its line by position and original text, so that it still applies when the page is read again: at
another size, rotated, or by another program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from clustering.engine.records import Line

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

State = Literal["read", "corrected", "added", "deleted", "earlier"]
"""States of a line: as read; corrected, added, or deleted by a person; or corrected earlier and missing in this
reading."""

SAME_PLACE = 0.3
"""Smallest overlap, of both areas together, of a line with the corrected one."""
SAME_TEXT = 0.5
"""Smallest similarity of its text to the original or the correction."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's correction of one line."""

    key: str
    box: Box
    """On the stored image, not rotated, in shares of its width and height."""
    original: str
    """What was read; empty for a line that a person added."""
    text: str
    """The corrected text; empty if a person deleted the line."""


@dataclass(frozen=True, slots=True)
class LaidLine:
    """A line with its correction, in pixels of the upright page."""

    id: str
    """Its id in acts: the index of a read line, from 1, or the key of a correction without such a line."""
    text: str
    original: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    state: State
    key: str = ""
    """Id of the correction."""
    breaks: bool = False
    """Whether an empty line comes before it."""

    @property
    def counts(self) -> bool:
        """Whether it is part of the page's text."""
        return self.state not in ("deleted", "earlier")


def rotated_box(box: Box, width: float, height: float, by: int) -> Box:
    """Rotate a box on an image of this size, 1 by 1 if it is in shares, clockwise by 0, 90, 180, or 270 degrees."""
    left, top, right, bottom = box
    if by == 90:
        return height - bottom, left, height - top, right
    if by == 180:
        return width - right, height - bottom, width - left, height - top
    if by == 270:
        return top, width - right, bottom, width - left
    return box


def shares_of(box: Box, width: int, height: int, rotation: int) -> Box:
    """Return a box of the upright page of this size as `Correction.box` stores it."""
    left, top, right, bottom = rotated_box(box, width, height, -rotation % 360)
    across, down = (height, width) if rotation % 180 else (width, height)
    return round(left / across, 6), round(top / down, 6), round(right / across, 6), round(bottom / down, 6)


def pixels_of(shares: Box, width: int, height: int, rotation: int) -> tuple[int, int, int, int]:
    """Return the inverse of `shares_of`."""
    across, down = (height, width) if rotation % 180 else (width, height)
    left, top, right, bottom = shares
    stored = (left * across, top * down, right * across, bottom * down)
    left, top, right, bottom = rotated_box(stored, across, down, rotation)
    return round(left), round(top), round(right), round(bottom)


def lay_over(
    lines: Sequence[Line], text: str, corrections: Iterable[Correction], *, width: int, height: int, rotation: int
) -> list[LaidLine]:
    """Return the lines with corrections, in reading order; corrections of missing lines are at the end."""
    breaks = _breaks(lines, text)
    laid = [
        LaidLine(
            str(number), line.text, line.text, line.left, line.top, line.right, line.bottom, line.confidence, "read",
            breaks=number - 1 in breaks,
        )
        for number, line in enumerate(lines, start=1)
    ]  # fmt: skip
    known = list(corrections)
    boxes = {one.key: pixels_of(one.box, width, height, rotation) for one in known}
    matches = _found(laid, [one for one in known if one.original], boxes)
    for one in known:
        if (number := matches.get(one.key)) is not None:
            state: State = "corrected" if one.text else "deleted"
            laid[number] = replace(laid[number], text=one.text, state=state, key=one.key, confidence=100.0)
    for one in known:
        if not one.original:
            added = LaidLine(one.key, one.text, "", *boxes[one.key], 100.0, "added", key=one.key)
            laid.insert(_place_for(added, laid), added)
    lost = (one for one in known if one.original and one.key not in matches and one.text)
    laid.extend(
        LaidLine(one.key, one.text, one.original, *boxes[one.key], 100.0, "earlier", key=one.key) for one in lost
    )
    return laid


def text_of(laid: Iterable[LaidLine]) -> str:
    """Return the text of the page, with an empty line between blocks."""
    texts: list[str] = []
    pending = False
    for line in laid:
        pending = pending or line.breaks
        if not line.counts:
            continue
        if pending and texts:
            texts.append("")
        pending = False
        texts.append(line.text)
    return "\n".join(texts)


def box_after(laid: Sequence[LaidLine], line: LaidLine | None, *, width: int, height: int) -> Box:
    """Return the box of a line added below this one, or above the first if that is None."""
    if line is None:
        first = next((one for one in laid if one.counts), None)
        tall = (first.bottom - first.top) if first else max(1, height // 50)
        left, right = (first.left, first.right) if first else (width // 10, width - width // 10)
        bottom = max(tall, first.top) if first else height // 10 + tall
        return left, bottom - tall, right, bottom
    tall = max(1, line.bottom - line.top)
    top = min(line.bottom, height - tall)
    return line.left, max(0, top), line.right, max(0, top) + tall


def _breaks(lines: Sequence[Line], text: str) -> set[int]:
    """Return the indices of lines that have an empty line before them in the text."""
    places: set[int] = set()
    start = 0
    for written in text.split("\n"):
        if written == "":
            places.add(start)
        else:
            start += 1
    return places if start == len(lines) else set()


def _found(
    laid: Sequence[LaidLine], known: Sequence[Correction], boxes: dict[str, tuple[int, int, int, int]]
) -> dict[str, int]:
    """Return the line that each correction belongs to; the best pairs first, each line once."""
    pairs = []
    for number, one in enumerate(known):
        for index, line in enumerate(laid):
            overlap = _overlap(boxes[one.key], (line.left, line.top, line.right, line.bottom))
            if overlap < SAME_PLACE:
                continue
            likeness = max(_likeness(line.original, one.original), _likeness(line.original, one.text))
            if likeness >= SAME_TEXT:
                pairs.append((-(overlap + likeness), number, index))
    matches: dict[str, int] = {}
    taken: set[int] = set()
    for _, number, index in sorted(pairs):
        if known[number].key not in matches and index not in taken:
            matches[known[number].key] = index
            taken.add(index)
    return matches


def _overlap(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    both = across * down
    return both / (_area(one) + _area(other) - both)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def _place_for(added: LaidLine, laid: Sequence[LaidLine]) -> int:
    """Return where an added line comes in reading order: after the nearest line above it."""
    best, spot = None, None
    for number, line in enumerate(laid):
        beside = min(line.right, added.right) - max(line.left, added.left)
        away = (added.top + added.bottom) - (line.top + line.bottom)
        if beside > 0 and away >= 0 and (best is None or away <= best):
            best, spot = away, number + 1
    return 0 if spot is None else spot
