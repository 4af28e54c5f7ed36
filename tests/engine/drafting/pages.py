"""Made-up page layouts for the drafting tests: lines of a page given as words, size and place."""

from __future__ import annotations

from clustering.engine.drafting import draft_group
from clustering.engine.drafting.layout import CAP_HEIGHT, SeenPage, see_pages
from clustering.engine.records import Line, PageReading, PageRecord

WIDTH, HEIGHT = 930, 1200
BODY = 20.0
"""Type size of running text in pixels of a letter page at some 110 dpi."""

PROSE = (
    "The members of this council have asked for a hearing on the budget, and",
    "so far nothing has been heard from the office of the clerk. It is now two",
    "years since the charter was adopted, and each time the decision was put",
    "off the voters have paid the price. We believe that the answer must come",
    "from those who have studied the question and know what it would mean for",
    "the families of this town, for the schools and for all who live here.",
)


def line(
    text: str,
    top: float,
    *,
    size: float = 1.0,
    left: float | None = None,
    confidence: float = 95.0,
    width: float | None = None,
) -> Line:
    """One line: `top` and `left` as shares of the page, `size` in ems of running text; centered without a `left`."""
    height = BODY * size * CAP_HEIGHT
    long = width * WIDTH if width is not None else len(text) * BODY * size * 0.5
    start = left * WIDTH if left is not None else (WIDTH - long) / 2
    return Line(text, int(start), int(top * HEIGHT), int(start + long), int(top * HEIGHT + height), confidence)


def prose(top: float, count: int = 12, *, left: float = 0.12) -> list[Line]:
    """So many lines of running text from `top` on, in one column of a letter page."""
    return [line(PROSE[place % len(PROSE)], top + 0.02 * place, left=left, width=0.76) for place in range(count)]


def columns(top: float, count: int = 12) -> list[Line]:
    """Two columns of running text."""
    halves = [text[:42] for text in PROSE]
    return [
        line(halves[place % len(halves)], top + 0.018 * place, left=left, width=0.38)
        for left in (0.09, 0.52)
        for place in range(count)
    ]


def page(
    *lines: Line, width: int = WIDTH, height: int = HEIGHT, name: str = "page", is_second: bool = False
) -> PageRecord:
    """One page with a reading."""
    text = "\n".join(one.text for one in lines)
    reading = PageReading(text, tuple(lines), width, height, confidence=95.0, is_second=is_second)
    return PageRecord(name, width, height, reading=reading)


def seen(*pages: PageRecord) -> tuple[SeenPage, ...]:
    """The pages as the drafting modules take them."""
    return see_pages(pages)


def title_of(*pages: PageRecord) -> str:
    """The drafted title of a document with these pages; empty if none is drafted."""
    drafted = draft_group(pages).title
    return drafted.value if drafted else ""
