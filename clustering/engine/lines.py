"""Join words into lines in reading order, keeping the two pages of a spread apart.

Tesseract finds columns by white space, and sometimes joins a line across the fold of two open pages: even the two page
numbers at the bottom become one line "12 13". Such lines are cut at the fold, and the left page comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from clustering.engine.records import Line

SPREAD = 1.15
"""Width by height from which an image may show two pages side by side."""
FOLD = (0.45, 0.55)
"""Shares of the width between which the fold of a spread lies; white space after a short line reaches further left."""
FOLD_GAP = 1.5
"""Line heights of white space that separate two pages; the space between words is seldom as wide."""

SURE = 70.0
"""Confidence from which a word of at least three letters counts as correctly read."""
LEAST_CONFIDENCE = 25.0
"""Lines below this are specks, halftone, and ornaments, and their text is noise."""


class Word(NamedTuple):
    """One word from OCR, in pixels of the upright page."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    """0 … 100."""


Words = tuple[Word, ...]
"""The words of one line, from left to right."""


@dataclass(frozen=True, slots=True)
class Print:
    """The text of a page, without noise."""

    lines: tuple[Line, ...] = ()
    """In reading order."""
    breaks: frozenset[int] = frozenset()
    """Indices of `lines` before which a new block begins."""
    words: Words = ()

    @property
    def text(self) -> str:
        """The lines, with an empty one between blocks."""
        return "\n".join(
            f"\n{line.text}" if index and index in self.breaks else line.text for index, line in enumerate(self.lines)
        )

    @property
    def confidence(self) -> float:
        """Mean confidence of the words, 0 … 100."""
        return round(_mean(self.words), 1) if self.words else 0.0

    @property
    def sure_words(self) -> int:
        """Number of words that are correctly read and upright: Tesseract also reads sideways columns."""
        return sum(
            word.confidence >= SURE
            and word.right - word.left > word.bottom - word.top
            and re.fullmatch(r"[^\W\d_]{3,}\W?", word.text) is not None
            for word in self.words
        )


def in_reading_order(blocks: Iterable[Sequence[Words]], *, width: int, height: int) -> Print:
    """Return the lines of all blocks, for a page of that many pixels."""
    lines: list[Words] = []
    breaks: set[int] = set()
    for block in blocks:
        for part in _sides(block, width) if width > SPREAD * height else (block,):
            kept = [words for words in part if words and not _is_noise(words)]
            if kept:
                breaks.add(len(lines))
                lines.extend(kept)
    return Print(
        lines=tuple(_line(words) for words in lines),
        breaks=frozenset(breaks),
        words=tuple(word for words in lines for word in words),
    )


def _sides(block: Sequence[Words], width: int) -> list[Sequence[Words]]:
    """Return the left and right pages of a block, or the whole block if no line crosses the fold.

    A line that crosses the middle without a gap, such as a headline over both pages, stays whole on the left.
    """
    cut = [_cut_at_fold(words, width) for words in block]
    if all(not right for _, right in cut):
        return [block]
    middle = width / 2
    left_page: list[Words] = []
    right_page: list[Words] = []
    for left, right in cut:
        if not right and left and left[0].left > middle:
            right_page.append(left)
        else:
            left_page.append(left)
            right_page.append(right)
    return [left_page, right_page]


def _cut_at_fold(words: Words, width: int) -> tuple[Words, Words]:
    """Return the words before and after the fold; all of them before if there is no gap at the fold."""
    if not words:
        return words, ()
    tall = max(word.bottom - word.top for word in words)
    for index in range(1, len(words)):
        before, after = words[index - 1].right, words[index].left
        over_fold = before <= FOLD[1] * width and after >= FOLD[0] * width
        if over_fold and after - before >= FOLD_GAP * tall:
            return words[:index], words[index:]
    return words, ()


def _mean(words: Words) -> float:
    return sum(word.confidence for word in words) / len(words)


def _is_noise(words: Words) -> bool:
    """Whether a line is read too poorly, or has no letters, no digits, and no "# # #", which ends a release."""
    return _mean(words) < LEAST_CONFIDENCE or not any(re.search(r"[\w#*]", word.text) for word in words)


def _line(words: Words) -> Line:
    return Line(
        text=" ".join(word.text for word in words),
        left=min(word.left for word in words),
        top=min(word.top for word in words),
        right=max(word.right for word in words),
        bottom=max(word.bottom for word in words),
        confidence=round(_mean(words), 1),
    )


def joined(first_print: Print, more: Print, *, across: int, down: int) -> Print:
    """Return both readings, with `more` moved by a number of pixels and added as a block."""
    if not more.lines:
        return first_print
    first = len(first_print.lines)
    return Print(
        lines=(*first_print.lines, *(_shifted(line, across, down) for line in more.lines)),
        breaks=frozenset({*first_print.breaks, first, *(first + at for at in more.breaks)}),
        words=(*first_print.words, *(_shifted(word, across, down) for word in more.words)),
    )


def without(print_: Print, box: tuple[int, int, int, int]) -> Print:
    """Return the words whose middle is not in a box: left, top, right, bottom."""
    kept = [index for index, line in enumerate(print_.lines) if not _is_in(line, box)]
    return Print(
        lines=tuple(print_.lines[index] for index in kept),
        breaks=frozenset(new for new, old in enumerate(kept) if old in print_.breaks or new == 0),
        words=tuple(word for word in print_.words if not _is_in(word, box)),
    )


Box = TypeVar("Box", Line, Word)


def _shifted(item: Box, across: int, down: int) -> Box:
    return item._replace(
        left=item.left + across, top=item.top + down, right=item.right + across, bottom=item.bottom + down
    )


def _is_in(item: Line | Word, box: tuple[int, int, int, int]) -> bool:
    x, y = (item.left + item.right) / 2, (item.top + item.bottom) / 2
    return box[0] <= x < box[2] and box[1] <= y < box[3]
