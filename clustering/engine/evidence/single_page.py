"""What a single page looks like: a title page, a last page, a cover, a picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from clustering.engine.evidence.columns import Column, column
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.prose import BELIEVED, Prose, told_once
from clustering.engine.evidence.sizes import Sizes
from clustering.engine.records import PageRecord

FEW_WORDS = 40
CLEAR = 75.0
"""OCR confidence of a line above which its words count as correct."""
UNREAD_WORDS = 25
"""A page with fewer confidently read words gives no evidence from its text."""
UNREAD_LINE = 16
"""Characters from which a low-confidence line counts as print, not as a speck."""
LARGE = 1.5
"""Height of a title, relative to the text that follows."""
CENTERED = 0.1
"""How far the middle of a centered line may be from the middle of the page, as a share of its width."""
WRITTEN = 0.01
"""Share of ink from which a page has writing on it."""


@told_once
def title_size(prose: Prose | None) -> float:
    """Return the height of the largest confident line in the upper half, in median line heights; 1 if there is none."""
    if prose is None or prose.is_written or len(prose.lines) < 2:
        return 1.0
    typical = prose.size * prose.height
    clear = sorted((line for line in prose.head(0.5) if line.confidence >= 60), key=lambda line: line.top - line.bottom)
    sizes = (line.bottom - line.top for line in clear if sum(map(str.isalpha, line.text)) >= 4)
    return next(sizes, typical) / max(typical, 1.0)


@told_once
def title_page(prose: Prose | None) -> float:
    """Return 1 for a page like a report's cover: a few short lines, a title in the upper half, nothing at the very top.

    Address panels and the last lines of a text don't count.
    """
    if prose is None or not 2 <= len(prose.lines) <= 14 or word_count(prose) > FEW_WORDS:
        return 0.0
    short = all(len(line.text) <= 60 for line in prose.lines)
    titled = any(0.12 * prose.height < line.top < 0.55 * prose.height for line in prose.lines)
    headed = any(line.bottom < 0.1 * prose.height for line in prose.lines)
    terms = prose.phrases
    ended = prose.says(terms.end, prose.lines) or prose.says(terms.mailed, prose.lines)
    return float(short and titled and not headed and not ended)


@PageGlance.told_once
def is_clear(page: PageRecord) -> bool:
    """Whether at least half of the lines were read with confidence. If not, the page may have more text."""
    lines = page.reading.lines if page.reading else ()
    return 2 * sum(line.confidence >= CLEAR for line in lines) >= len(lines)


def is_titled(prose: Prose | None, text: Prose | None) -> float:
    """Return 1 if a page has larger type than another, or most of its lines are centered, as titles are."""
    largest, is_centered = _title_marks(prose)
    return float(text is not None and (largest >= LARGE * text.size or is_centered)) if largest else 0.0


@told_once
def _title_marks(prose: Prose | None) -> tuple[float, bool]:
    """Return the height of the tallest line as a share of the page's, and whether most lines are centered."""
    if prose is None or not prose.lines:
        return 0.0, False
    largest = max(line.bottom - line.top for line in prose.lines) / prose.height
    centered = [abs((line.left + line.right) / 2 / prose.width - 0.5) < CENTERED for line in prose.lines]
    return largest, sum(centered) > len(centered) / 2


@told_once
def line_count(prose: Prose | None) -> int:
    """Return the number of lines read."""
    return len(prose.lines) if prose is not None else 0


@told_once
def first_line(prose: Prose | None) -> float:
    """Return the top of the first line of running text, 0 (top) … 1 (bottom); nan without text."""
    if prose is None or not prose.lines:
        return float("nan")
    body = [line.top for line in prose.lines if len(line.text) >= 22]
    return min(body) / prose.height if body else float("nan")


def is_hidden_above(page: PageRecord, prose: Prose | None) -> bool:
    """Whether unreadable print is above the first line of running text, as on a sheet printed both ways up: the address
    of a mailed newsletter, for example."""
    first = first_line(prose)
    return prose is not None and not np.isnan(first) and _highest_unread(page) < first * prose.height


@PageGlance.told_once
def _highest_unread(page: PageRecord) -> float:
    """Return the top of the highest line of unreadable print, in pixels; infinity without any."""
    lines = page.reading.lines if page.reading else ()
    unread = (line.top for line in lines if line.confidence < BELIEVED and len(line.text) >= UNREAD_LINE)
    return min(unread, default=float("inf"))


@told_once
def last_line(prose: Prose | None) -> float:
    """Return the bottom of the last line of running text, 0 … 1; nan without text."""
    if prose is None:
        return float("nan")
    body = [line.bottom for line in prose.lines if len(line.text) >= 22]
    return max(body) / prose.height if len(body) >= 2 else float("nan")


@told_once
def word_count(prose: Prose | None) -> float:
    """Return the number of words read; nan without a reading."""
    return float(sum(len(line.text.split()) for line in prose.lines)) if prose is not None else float("nan")


@PageGlance.told_once
def is_unread(page: PageRecord) -> bool:
    """Whether a page has content that OCR could not read: handwriting, pictures, poor copies."""
    if page.reading is None:
        return True
    if page.reading.is_second:
        return True
    words = sum(len(line.text.split()) for line in page.reading.lines if line.confidence >= CLEAR)
    return words < UNREAD_WORDS and float((page.paper or {}).get("ink", 1.0)) > WRITTEN


def _by_itself(page: PageRecord, prose: Prose | None) -> tuple[float, ...]:
    """Return everything that `single_page_columns` needs of one page, so that its lines are read only once."""
    return (
        title_size(prose),
        first_line(prose),
        last_line(prose),
        word_count(prose),
        line_count(prose) >= 12,
        not is_hidden_above(page, prose),
        title_page(prose) * is_clear(page),
        is_unread(page),
        _is_gray(page),
    )


@PageGlance.told_once
def _is_gray(page: PageRecord) -> bool:
    return float((page.paper or {}).get("midtone", 0.0)) > 0.35


def single_page_columns(pages: Sequence[PageRecord], proses: Sequence[Prose | None], sizes: Sizes) -> list[Column]:
    """Return the evidence of the families "page" and "kind"."""
    rows = np.array([_by_itself(page, prose) for page, prose in zip(pages, proses, strict=True)]).reshape(-1, 9)
    title, first, last, words, full, seen, titles, unread, picture = rows.T
    # A small page after a spread of its height is a back cover, although it looks like a front cover.
    front = (sizes.closes < 2).astype(float)
    single = sizes.width < 1.15 * sizes.height
    titled = np.clip((title - 1.6) / 2.0, 0, 1)
    before, after = titled[:-1], titled[1:] * single[1:]
    ends_short = np.clip((0.75 - np.nan_to_num(last[:-1], nan=1.0)) / 0.4, 0, 1) * full[1:]
    low = np.clip((np.nan_to_num(first[1:], nan=0.0) - 0.14) / 0.15, 0, 1)
    starts_low = low * full[1:] * single[1:] * seen[1:]
    to_the_foot = np.clip((np.nan_to_num(last[:-1], nan=0.0) - 0.85) / 0.07, 0, 1)
    from_the_top = 1 - np.clip((np.nan_to_num(first[1:], nan=1.0) - 0.09) / 0.05, 0, 1)
    sparse = (np.nan_to_num(words, nan=999.0) < FEW_WORDS).astype(float)
    set_apart = np.array([is_titled(*pair) for pair in pairwise(proses)])
    covers = titles[:-1] * (1 - titles[1:]) * (sizes.gap < 0.1) * set_apart
    return [
        column(
            "page", "title", 1, np.maximum(after - 0.5 * before, 0) * front, "The next page has a title in large type."
        ),
        column("page", "starts_low", 1, starts_low, "The text of the next page starts low, as on a first page."),
        column("page", "ends_short", 1, ends_short, "This page ends early, as a last page does."),
        column(
            "page",
            "full_to_full",
            -1,
            to_the_foot * from_the_top,
            "The text runs to the bottom of this page and starts at the top of the next.",
        ),
        column(
            "kind",
            "sparse_next",
            1,
            sparse[1:] * (1 - sparse[:-1]) * single[1:] * front,
            "The next page has few words.",
        ),
        column("kind", "sparse_before", 0, sparse[:-1] * (1 - sparse[1:]), "This page has few words."),
        column(
            "kind",
            "title_page",
            -1,
            covers * full[1:],
            "This page is set like a title page, and the next is text on paper of the same size.",
        ),
        column(
            "kind",
            "picture_next",
            1,
            picture[1:] * (1 - picture[:-1]) * front,
            "The next page is mostly a picture or a solid color.",
        ),
        column("kind", "unread", 0, np.maximum(unread[:-1], unread[1:]), "OCR had trouble reading one of the pages."),
    ]
