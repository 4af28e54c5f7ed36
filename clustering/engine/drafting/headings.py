"""Find the headings of a page: lines in larger or set-off type, joined into blocks and ranked as titles."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from clustering.engine.drafting.cues import has_blank
from clustering.engine.drafting.date_forms import find_dates, repair
from clustering.engine.drafting.layout import SeenLine, SeenPage
from clustering.engine.drafting.terms import Terms
from clustering.engine.drafting.title_case import is_small, join_lines, tidy

SAME_TYPE = 1.32
"""Greatest ratio of the type sizes of two lines in one heading; estimates of the same size differ by up to a fifth."""

LEAST_TRUST = 0.55
"""Least `trust` of a heading that is drafted."""

DRAWN = 40.0
"""Least OCR confidence of display type whose every word is word-like. OCR is unsure of drawn letters, but noise of that
size hardly ever looks like words."""

MOST_WORDS = 18
"""Most words in a heading; a longer block is a paragraph in large type."""

DOUBLE_SPACED = 2.6
"""Gap between two double-spaced typed lines in heights of capitals: three lines per inch, capitals 1/10 inch high."""

_LIST_ITEM = re.compile(r"^\W{0,2}(?:\d{1,2}|[a-z]|[IVX]{1,4})[.)]\s|^[•●®*@>-]\s")


class Heading:
    """Lines of one heading, top to bottom, and its score as the title."""

    def __init__(self, lines: Sequence[SeenLine]) -> None:
        """Take the lines; `score` is for whoever compares headings."""
        self.lines = tuple(lines)
        self.score = 0.0
        self.text = tidy(join_lines(line.text for line in lines))
        """The lines joined and cleaned, in the case in which they are printed."""
        self.size = _size_of(lines)
        characters = sum(len(line.text) for line in lines)
        sure = sum(line.confidence / 100 * line.plausible * len(line.text) for line in lines)
        self.trust = sure / max(characters, 1)
        """How reliable the OCR of the heading is, 0 … 1."""

    @property
    def terms(self) -> Terms:
        """Patterns of the document's language."""
        return self.lines[0].terms

    @property
    def top(self) -> float:
        """Top of the first line, as a share of the page's height."""
        return self.lines[0].top


def _size_of(lines: Sequence[SeenLine]) -> float:
    """Return the median type size of lines relative to running text."""
    sizes = sorted(line.size for line in lines)
    return sizes[len(sizes) // 2]


@lru_cache(maxsize=8)
def headings_of(page: SeenPage) -> tuple[Heading, ...]:
    """Return the page's headings, best title first. Cached, because several ways to name a document need them."""
    joined = _display_joined(_blocks(_usable(page)))
    return tuple(sorted((_rank(block, page) for block in joined), key=lambda heading: -heading.score))


def _usable(page: SeenPage) -> list[SeenLine]:
    """Return the lines that can be part of a title: read well, and not an address, blank, date, marking, or list
    item."""
    lines = [line for line in page.lines if _is_legible(line) and not has_blank(line.text)]
    phrases = page.terms
    barring = phrases.address, phrases.boilerplate, phrases.marking, phrases.numbered, phrases.byline_begins
    barred = {id(line) for pattern in barring for line in pattern.among(lines, page.small) if pattern.search(line.text)}
    return [line for line in lines if id(line) not in barred and not _is_label(line) and not is_date_line(line)]


def _is_legible(line: SeenLine) -> bool:
    drawn = line.size >= 1.8 and line.confidence >= DRAWN and len(line.text) >= 6 and line.plausible >= 0.95
    if line.words == 0 or not (line.believed or drawn):
        return False
    return line.confidence >= 70 or line.plausible >= 0.8 or drawn


def _is_label(line: SeenLine) -> bool:
    """Whether the line is the label of a field."""
    is_short = line.words <= 3 and (line.size < 1.3 or line.text.endswith(":"))
    return is_short and line.terms.field.search(line.text) is not None


def is_date_line(line: SeenLine) -> bool:
    """Whether the line is little more than a date."""
    dates = find_dates(repair(line.text))
    if not dates:
        return False
    rest = re.sub(r"[\W_\d]+", "", line.text[: dates[0].start] + line.text[dates[-1].end :])
    return len(rest) <= 8


def _blocks(lines: Sequence[SeenLine]) -> list[list[SeenLine]]:
    """Group lines that follow each other closely in the same type."""
    blocks: list[list[SeenLine]] = []
    for line in lines:
        home = next((block for block in reversed(blocks) if _continues(block, line)), None)
        if home is None:
            blocks.append([line])
        else:
            home.append(line)
    return blocks


def _display_joined(blocks: Sequence[list[SeenLine]]) -> list[list[SeenLine]]:
    """Join blocks of display type that are one title in two sizes, or of which the first ends in a colon.

    "The Coming / Crisis: / Youth Without Work" and "Auto Insurance: / The Need for Reform".
    """
    joined: list[list[SeenLine]] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if before is not None and _one_title(before, block):
            before.extend(block)
        else:
            joined.append(list(block))
    return joined


def _one_title(above: Sequence[SeenLine], below: Sequence[SeenLine]) -> bool:
    last, first = above[-1], below[0]
    one, other = _size_of(above), _size_of(below)
    words = sum(line.words for line in (*above, *below))
    height = max(last.bottom - last.top, first.bottom - first.top)
    apart = first.top - last.bottom > 1.4 * height or first.left > last.right or last.left > first.right
    if words > MOST_WORDS - 4 or apart or first.top < last.top or last.capitals != first.capitals:
        return False
    colon = last.text.endswith(":") and min(one, other) >= 1.1
    return colon or (min(one, other) >= 1.7 and max(one, other) / min(one, other) <= 1.9)


def _continues(block: Sequence[SeenLine], line: SeenLine) -> bool:
    last = block[-1]
    ratio = max(last.size, line.size) / max(min(last.size, line.size), 0.01)
    height = max(last.bottom - last.top, line.bottom - line.top)
    gap = line.top - last.bottom
    beside = abs(line.top - last.top) < 0.5 * height and line.left >= last.right - 0.01
    overlap = min(last.right, line.right) - max(last.left, line.left)
    spaced = last.capitals and line.capitals and abs(_middle(last) - _middle(line)) < 0.02
    runs_on = spaced and _runs_on(last, line)
    reach = DOUBLE_SPACED if runs_on else 1.6 if spaced else 1.1 if line.size >= 1.4 else 0.75
    near = -0.5 * height <= gap <= reach * height
    if ratio > SAME_TYPE or (last.capitals != line.capitals and min(last.size, line.size) < 1.5):
        return False
    if beside:
        return line.left - last.right < 0.08 and line.size >= 1.6
    return near and overlap > 0.25 * min(last.right - last.left, line.right - line.left)


def _runs_on(last: SeenLine, line: SeenLine) -> bool:
    """Whether the phrase continues on the next line: after "REPORT ON", or with "OF NATIONS" below a longer line."""
    is_full = last.right - last.left >= line.right - line.left
    return is_small(last.text.split()[-1]) or (is_full and is_small(line.text.split()[0]))


def _middle(line: SeenLine) -> float:
    return (line.left + line.right) / 2


def _rank(block: Sequence[SeenLine], page: SeenPage) -> Heading:
    heading = Heading(block)
    words = sum(line.words for line in block)
    text = " ".join(line.text for line in block)
    letters = sum(map(str.isalpha, text))
    is_prose = words >= 5 and heading.size < 1.8
    small = len(re.findall(r"\b[a-zà-ÿ]{2,}\b", text)) if is_prose else 0
    middle = (min(line.left for line in block) + max(line.right for line in block)) / 2
    score = 2.0 * math.log2(max(heading.size, 0.5)) + 1.6 * (1.0 - heading.top)
    score += 0.7 if all(line.capitals for line in block) else 0.0
    score += 0.4 if abs(middle - 0.5) < 0.06 else 0.0
    score += 0.5 if 2 <= words <= 12 else -0.6 if words == 1 else -0.4 * (words - 12) / 4
    score -= 1.5 if letters < 5 else 0.0
    score -= 2.5 if words > MOST_WORDS else 0.0
    score -= 1.6 if heading.size < 1.25 and small >= 5 else 1.0 if heading.size < 1.8 and small >= 6 else 0.0
    score -= 2.0 if heading.size < 2 and heading.text[:1].islower() else 0.0
    score -= 2.0 if heading.terms.section.match(heading.text) else 0.0
    score -= 2.0 if _is_row_of_figures(text) else 0.0
    score -= 1.0 if _LIST_ITEM.match(block[0].text) else 0.0
    score -= 1.2 if heading.size < 2 and heading.terms.officers.search(heading.text) else 0.0
    score -= 1.0 if heading.top > 0.75 and heading.size < 1.3 else 0.0
    score -= 1.2 if block[-1].text.endswith(":") and heading.size < 1.3 else 0.0
    score -= 3.0 * (1.0 - heading.trust)
    score -= 0.8 if _between_columns(block, page) else 0.0
    heading.score = score
    return heading


def _is_row_of_figures(text: str) -> bool:
    """Whether half of its words and more have figures, as rows of tables and lines of codes do."""
    words = text.split() if any(map(str.isdigit, text)) else []
    return len(words) >= 4 and sum(any(map(str.isdigit, word)) for word in words) >= len(words) / 2


def _between_columns(block: Sequence[SeenLine], page: SeenPage) -> bool:
    """Whether running text is beside or above the block, which makes it a subheading rather than the page's title."""
    top, bottom = block[0].top, block[-1].bottom
    size = sum(line.size for line in block) / len(block)
    prose = [line for line in page.lines if line.words >= 5 and line.size < 0.8 * size + 0.3 and line.confidence >= 60]
    return any(line.bottom < top and line.words >= 6 for line in prose) or any(
        line.top < bottom and line.bottom > top for line in prose
    )
