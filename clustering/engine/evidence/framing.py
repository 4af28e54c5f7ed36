"""Cut pages out of the frame in which a whole collection was photographed.

Microfilm and many flatbeds deliver every page in one size, whatever the sheet. The size of the image then means
nothing, and its top and bottom are not those of the sheet. Paper is never cut to the exact pixel, so images of exactly
one size reveal a frame. If most of them also show the straight edge of a sheet on a uniform background, the sheet
replaces the image in everything that is measured. The same applies if images vary in size but most show a dark
background around a sheet: film with its edges, prints on a black table. A single such page may be a dark cover.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from clustering.engine.bed import SIDES, clear_sides
from clustering.engine.correcting import rotated_box
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.frames import LEAST
from clustering.engine.records import Line, PageReading, PageRecord
from clustering.engine.streaming import Lazy, LazyPage, LazyReading

FEWEST = 8
"""Pages below which one size may be chance."""
FORMATS = 2
"""Frames that one camera delivers: upright and on its side."""
CONSTANT = 0.8
"""Share of the pages with the most common sizes, to the pixel, from which these are the camera's."""
SEEN = 0.5
"""Share of those pages that must show the edge of a sheet."""

Box = tuple[float, float, float, float]


def frame_sizes(pages: Sequence[PageRecord]) -> frozenset[tuple[int, int]]:
    """Return the (width, height) in pixels that are the camera's, not a sheet's; empty if images vary as paper does."""
    if len(pages) < FEWEST:
        return frozenset()
    common = Counter((page.width, page.height) for page in pages).most_common(FORMATS)
    common = [(size, count) for size, count in common if count > 1]
    return frozenset(size for size, _ in common) if sum(n for _, n in common) >= CONSTANT * len(pages) else frozenset()


@dataclass(frozen=True, slots=True)
class Framing:
    """How a collection was photographed: all that cutting one of its pages out of its frame takes from the others."""

    sizes: frozenset[tuple[int, int]] = frozenset()
    """Width and height in pixels that are the camera's (`frame_sizes`)."""
    shows_edges: bool = False
    """Whether enough of the pages that may be in a frame show the edges of a sheet."""

    @classmethod
    def of(cls, pages: Sequence[PageRecord]) -> Framing:
        """Look at all pages of a collection."""
        sizes = frame_sizes(pages)
        if sizes:
            boxes = [_box_of(page) for page in pages if (page.width, page.height) in sizes]
        else:
            boxes = [_box_of(page) if lies_on_bed(page) else None for page in pages]
        return cls(sizes, len(pages) >= FEWEST and sum(box is not None for box in boxes) >= SEEN * len(boxes))

    def sheet(self, page: PageRecord) -> PageRecord:
        """Return a page of the collection cut down to its sheet, or unchanged if it is in no frame.

        In the paper facts of a page of the camera's size, "in_frame" says whether its sheet is known: True or False.
        """
        is_framed = (page.width, page.height) in self.sizes
        may_be_cut = self.shows_edges and (is_framed or (not self.sizes and lies_on_bed(page)))
        box = _box_of(page) if may_be_cut else None
        return _cut(page, box) if box else _unknown(page) if is_framed else page

    def without_frames(self, pages: Sequence[PageRecord]) -> Sequence[PageRecord]:
        """Return the `sheet` of each page, or the pages themselves if there are no frames."""
        if self == Framing():
            return pages
        return Lazy(len(pages), lambda at: self.sheet(pages[at]))


def without_frames(pages: Sequence[PageRecord]) -> Sequence[PageRecord]:
    """Return the pages of a collection with those in a frame cut down to their sheets."""
    return Framing.of(pages).without_frames(pages)


def lies_on_bed(page: PageRecord) -> bool:
    """Whether dark background shows around the sheet, along at least two edges of the image."""
    facts: Mapping[str, Any] = page.paper or {}
    box = facts.get("sheet")
    if not isinstance(box, list) or len(box) != 4:
        return False
    return float(facts.get("bed", 0.0)) >= LEAST and clear_sides(box) >= SIDES


@PageGlance.told_once
def is_of_camera(page: PageRecord) -> bool:
    """Whether a page has the camera's size, or was cut out of it."""
    return "in_frame" in (page.paper or {})


@PageGlance.told_once
def is_unknown(page: PageRecord) -> bool:
    """Whether a page has the camera's size and its own is unknown."""
    return (page.paper or {}).get("in_frame") is False


def _box_of(page: PageRecord) -> Box | None:
    facts: Mapping[str, Any] = page.paper or {}
    box = facts.get("frame")
    if not isinstance(box, list) or len(box) != 4 or not isinstance(facts.get("framed"), Mapping):
        return None
    left, top, right, bottom = (float(x) for x in box)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _unknown(page: PageRecord) -> PageRecord:
    return _with_parts(page, page.width, page.height, paper=lambda: {**(page.paper or {}), "in_frame": False})


def _cut(page: PageRecord, box: Box) -> PageRecord:
    left, top, right, bottom = box
    return _with_parts(
        page,
        max(round((right - left) * page.width), 1),
        max(round((bottom - top) * page.height), 1),
        paper=lambda: {**dict((page.paper or {})["framed"]), "in_frame": True},
        reading=lambda: _cut_reading(page.reading, box) if page.reading else None,
    )


def _with_parts(page: PageRecord, width: int, height: int, **made: Callable[[], Any]) -> PageRecord:
    """Return the page in another size, with these parts replaced."""
    return LazyPage.of(
        lambda name: made[name]() if name in made else getattr(page, name),
        identifier=page.identifier,
        width=width,
        height=height,
    )


def _cut_reading(reading: PageReading, box: Box) -> PageReading:
    """Return the reading in pixels of the sheet, without lines outside it, such as the camera's target."""
    left, top, right, bottom = rotated_box(box, 1, 1, reading.rotation)
    x, y = round(left * reading.width), round(top * reading.height)
    width = max(round((right - left) * reading.width), 1)
    height = max(round((bottom - top) * reading.height), 1)

    def part(name: str) -> Any:
        return reading.text if name == "text" else tuple(_cut_lines(reading.lines, x, y, width, height))

    known = [field.name for field in fields(reading) if field.name not in LazyReading.PARTS]
    same = {name: getattr(reading, name) for name in known}
    return LazyReading.of(part, **{**same, "width": width, "height": height})


def _cut_lines(lines: Sequence[Line], x: int, y: int, width: int, height: int) -> Iterator[Line]:
    for text, left, top, right, bottom, confidence in lines:
        line = Line(text, left - x, top - y, right - x, bottom - y, confidence)
        if 0 < line.left + line.right < 2 * width and 0 < line.top + line.bottom < 2 * height:
            yield line
