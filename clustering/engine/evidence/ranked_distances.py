"""How similar neighbors are in this collection: each measure ranked among pages that lie far apart.

A bare distance means something different in every archive: all pages of a newsletter look alike, no two letters do. The
rank among distant pages of the same collection means the same everywhere: far below the median, two pages belong
together more than almost any two pages of this collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.evidence.colors import Papers
from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.hand import Type, Wording
from clustering.engine.evidence.image_similarity import Cosines
from clustering.engine.evidence.outlines import sheet_size, size_is_hidden
from clustering.engine.evidence.prose import Prose
from clustering.engine.evidence.single_page import word_count
from clustering.engine.evidence.text_overlap import FEWEST as FEWEST_GRAMS
from clustering.engine.evidence.text_overlap import PageIndices, Sets
from clustering.engine.paper import GRID
from clustering.engine.records import PageRecord
from clustering.engine.strokes import rotated_strokes

FAR = (5, 7, 9, 11, 14, 17, 22, 26, 31)
"""Distances in pages between pages taken as unrelated."""
FEWEST = 20
"""Pairs of distant pages below which ranks mean nothing."""
LIMIT = 0.01
"""Ranks are kept this far from 0 and 1: two hundred distant pairs give no finer rank."""
TEXT_LINES = 4
"""Lines of running text from which type, pitch, and margins are compared."""

Distance = Callable[[PageIndices, PageIndices], Floats]
"""Returns the distance between pages i and j, arrays of equal shape: 0 for equal pages, nan if unknown."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """One way in which two pages may differ."""

    name: str
    family: str
    alike: str
    """Sentence for neighbors that are more alike than distant pages."""
    unlike: str
    distance: Distance


def distance_columns(
    pages: Sequence[PageRecord],
    proses: Sequence[Prose | None],
    papers: Papers,
    wording: Wording,
    looks: Cosines,
    meanings: Cosines,
) -> list[Column]:
    """Return a signed column for each measure: 1 as different as the most different distant pages, -1 as alike as the
    most alike ones."""
    measures = chain(_of_looks(pages, looks, meanings), _measures(pages, proses, papers, wording))
    return [_column(measure, len(pages)) for measure in measures]


def _column(measure: Likeness, n: int) -> Column:
    values = ranked(measure.distance, n)
    alike, unlike = measure.alike, measure.unlike  # not the measure itself, which would keep all pages in memory
    return column(
        measure.family,
        f"unlike_{measure.name}",
        1,
        values,
        lambda i: unlike if values[i] > 0 else alike,
        both_ways=True,
    )


def ranked(distance: Distance, n: int) -> Floats:
    """Return (n - 1,) the rank of neighbors among distant pages, as a normal score scaled to -1 … 1; 0 if unknown."""
    pages = np.arange(n)
    near = distance(pages[:-1], pages[1:])
    far = np.concatenate([distance(pages[: max(n - step, 0)], pages[step:]) for step in FAR])
    far = np.sort(far[~np.isnan(far)])
    if len(far) < FEWEST:
        return np.zeros(max(n - 1, 0))
    below = np.searchsorted(far, near - 1e-9) + np.searchsorted(far, near + 1e-9)
    rank = (below / 2 + 0.5) / (len(far) + 1)
    score = scipy.special.ndtri(np.clip(rank, LIMIT, 1 - LIMIT)) / scipy.special.ndtri(1 - LIMIT)
    return np.asarray(np.where(np.isnan(near), 0.0, score))


def _measures(
    pages: Sequence[PageRecord], proses: Sequence[Prose | None], papers: Papers, wording: Wording
) -> Iterator[Likeness]:
    """Yield them one at a time, so that the data of each is freed before the next is prepared."""
    yield from _of_paper(pages, papers)
    yield from _of_strokes(pages)
    yield from _of_text(pages, proses, wording)


def _of_cosines(cosines: Cosines) -> Distance:
    """Return the distance between pages that are all equally far apart, as `ranked` passes them."""
    return lambda i, j: 1 - cosines.apart(int(j[0] - i[0])) if len(i) else np.zeros(0)


def _gap(values: npt.ArrayLike) -> Distance:
    """Return the largest difference of one or several numbers per page."""
    rows = np.asarray(values, dtype=np.float64)
    rows = rows[:, None] if rows.ndim == 1 else rows
    return lambda i, j: np.abs(rows[i] - rows[j]).max(axis=1)


def _of_looks(pages: Sequence[PageRecord], looks: Cosines, meanings: Cosines) -> list[Likeness]:
    grids = _rows(map(_grid, pages), len(pages), GRID * GRID)
    look, meaning = _of_cosines(looks), _of_cosines(meanings)

    def layout(i: PageIndices, j: PageIndices) -> Floats:
        return np.asarray(np.linalg.norm(grids[i] - grids[j], axis=1))

    return [
        Likeness("look", "look", "The pages look alike for this collection.", "The pages look different.", look),
        Likeness("layout", "paper", "The layouts are alike.", "The layouts differ.", layout),
        Likeness(
            "meaning",
            "hand",
            "The pages seem to be about the same subject.",
            "The pages seem to be about different subjects.",
            meaning,
        ),
    ]


def _of_paper(pages: Sequence[PageRecord], papers: Papers) -> list[Likeness]:
    sizes = np.log(np.array([sheet_size(page) for page in pages], dtype=np.float64).reshape(-1, 2))
    sizes[np.array([size_is_hidden(page) for page in pages], dtype=bool)] = np.nan
    ink, bed = np.array([_ink_and_bed(page) for page in pages], dtype=np.float64).reshape(-1, 2).T
    return [
        Likeness("paper", "paper", "The paper is similar in color.", "The color of the paper differs.",
                papers.difference),
        Likeness("size", "paper", "The sheets are close in size.", "The sheets differ in size.", _gap(sizes)),
        Likeness("ink", "paper", "The amount of ink is similar.", "One page has far more ink.", _gap(ink)),
        Likeness("bed", "paper", "Equally wide dark edges show around the pages.",
                "Wider dark edges show around one of the pages.", _gap(bed)),
    ]  # fmt: skip


def _of_strokes(pages: Sequence[PageRecord]) -> list[Likeness]:
    strokes = [_strokes(page) for page in pages]
    sizes = {"directions": 16, "runs_down": 9, "runs_across": 9, "gaps_down": 10, "gaps_across": 10,
             "heights": 10, "widths": 10, "ink": 3}  # fmt: skip
    rows = {name: _rows((s and s.get(name) for s in strokes), len(pages), size) for name, size in sizes.items()}

    def compared(*names: str) -> Distance:
        return lambda i, j: np.sum([_chi_square(rows[name][i], rows[name][j]) for name in names], axis=0)

    def ink_color(i: PageIndices, j: PageIndices) -> Floats:
        return np.asarray(np.linalg.norm(rows["ink"][i] - rows["ink"][j], axis=1))

    runs, gaps, parts = ("runs_down", "runs_across"), ("gaps_down", "gaps_across"), ("heights", "widths")
    whole = compared("directions", *runs, *gaps, *parts)
    return [
        Likeness("slant", "strokes", "The strokes slant alike.", "The strokes slant differently.",
                compared("directions")),
        Likeness("strokes", "strokes", "The strokes are similar in width.", "The strokes differ in width.",
                compared(*runs)),
        Likeness("gaps", "strokes", "The strokes are spaced alike.", "The strokes are spaced differently.",
                compared(*gaps)),
        Likeness("letters", "strokes", "The letters are similar in size.", "The letter size differs.",
                compared(*parts)),
        Likeness("hand", "strokes", "The handwriting or type is similar.",
                "The handwriting or type differs.", whole),
        Likeness("ink_color", "strokes", "The ink is similar in color.", "The color of the ink differs.", ink_color),
    ]  # fmt: skip


def _of_text(pages: Sequence[PageRecord], proses: Sequence[Prose | None], wording: Wording) -> list[Likeness]:
    printed = (_printed(*each) for each in zip(pages, proses, wording.types, strict=True))
    rows = np.array(list(printed)).reshape(-1, 5)
    sizes, pitches, margins, legible, counts = rows.T
    words = wording.words

    def shared_words(i: PageIndices, j: PageIndices) -> Floats:
        return 1 - words.cosines(i, j)

    return [
        Likeness("words", "hand", "The pages share distinctive words.", "They share almost no distinctive words.",
                shared_words),
        Likeness("head", "hand", "The top lines are alike.", "The top lines differ.", _shared(wording.heads)),
        Likeness("foot", "hand", "The bottom lines are alike.", "The bottom lines differ.", _shared(wording.feet)),
        Likeness("type", "hand", "The type is similar in size.", "The type size differs.", _gap(sizes)),
        Likeness("pitch", "hand", "The line spacing is similar.", "The line spacing differs.", _gap(pitches)),
        Likeness("margin", "hand", "The left margins are similar.", "The left margins differ.", _gap(margins)),
        Likeness("legibility", "hand", "OCR read both pages about equally well.",
                "OCR read one of the pages much less well.", _gap(legible)),
        Likeness("length", "page", "The pages have about the same amount of text.", "One page has far more text.",
                _gap(counts)),
    ]  # fmt: skip


def _printed(page: PageRecord, prose: Prose | None, kind: Type | None) -> tuple[float, ...]:
    """Return size, pitch, and margin of the type, OCR confidence, and amount of text; nan if unknown."""
    typed = kind if kind and kind.lines >= TEXT_LINES else None
    return (
        *((np.log(typed.size), np.log(typed.pitch), typed.margin) if typed else [np.nan] * 3),
        _legibility(page),
        np.log(word_count(prose) + 10),
    )


@PageGlance.told_once
def _legibility(page: PageRecord) -> float:
    return page.reading.confidence if page.reading and page.reading.lines else np.nan


def _shared(sets: Sets) -> Distance:
    """Return the distance 1 - Jaccard similarity of two sets; nan if one is too small."""

    def distance(i: PageIndices, j: PageIndices) -> Floats:
        comparable = np.minimum(sets.sizes[i], sets.sizes[j]) >= FEWEST_GRAMS
        return np.asarray(np.where(comparable, 1 - sets.shares(i, j), np.nan))

    return distance


def _paper(page: PageRecord, name: str) -> Any:
    return (page.paper or {}).get(name)


@PageGlance.told_once
def _ink_and_bed(page: PageRecord) -> tuple[float, float]:
    """Return the logarithm of the share of ink, and the share of bed; nan if not measured."""
    ink, bed = _paper(page, "ink"), _paper(page, "bed")
    return (np.nan, np.nan) if ink is None or bed is None else (float(np.log(float(ink) + 0.003)), float(bed))


@PageGlance.filed
def _grid(page: PageRecord) -> Any:
    return _paper(page, "grid")


@PageGlance.filed
def _strokes(page: PageRecord) -> dict[str, Any] | None:
    """Return the histograms of the upright page; None if not measured or if there is too little ink."""
    stored = _paper(page, "strokes")
    if not isinstance(stored, dict):
        return None
    return rotated_strokes(stored, page.reading.rotation if page.reading else 0)


def _rows(values: Iterable[Any], count: int, size: int) -> Floats:
    """Return (count, size) of lists, or lists of lists, of numbers; nan if one is missing."""
    out = np.full((count, size), np.nan)
    for index, value in enumerate(values):
        if value is not None and np.size(value) == size:
            out[index] = np.ravel(value)
    return out


def _chi_square(one: Floats, other: Floats) -> Floats:
    return np.asarray(0.5 * np.sum((one - other) ** 2 / (one + other + 1e-6), axis=1))
