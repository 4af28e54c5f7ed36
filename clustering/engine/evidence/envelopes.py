"""Envelopes, and which of its neighbors an envelope belongs to.

An envelope lies between two letters, so a last page before it and a first page after it are to be expected, whichever
it belongs to. On which side of its letter it was scanned is a habit of the archive (`Column.is_habit`). What decides is
what it shares with one side only: names, paper, hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.colors import is_blank, is_printed_over
from clustering.engine.evidence.columns import Column, Floats, column, silenced
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.outlines import lies_sideways, sheet_size
from clustering.engine.evidence.prose import Prose, told_once, vocabulary
from clustering.engine.evidence.single_page import FEW_WORDS, word_count
from clustering.engine.evidence.sizes import Sizes
from clustering.engine.paper import GRID
from clustering.engine.records import PageRecord
from clustering.engine.streaming import Lazy
from clustering.sentences import say

Bools = npt.NDArray[np.bool_]

ENVELOPES = (1.1, 2.8)
"""Width over height of envelopes: almost square ones for cards, long ones for sheets folded in three (2.3)."""
BARE = 0.1
"""Mean darkness, without the edges (stamps, mourning borders), up to which a sheet is bare paper with a few lines."""
MOSTLY = 0.5
"""Share of pages wider than high, opened sheets left out, above which the shape doesn't mark an envelope: cards,
prints."""
FACES = 0.04
"""Difference of the logarithms of the edges up to which two pages are the faces of one envelope."""
REACH = 10
"""Pages on each side that are searched for the names on an envelope; letters are seldom longer."""
ENOUGH = 2
"""Names on one side only from which the envelope surely belongs there."""
LABELS = 2
"""Field labels from which a page is a form."""
FEW_PAGES = 3
COMMON = 0.1
"""Share of all pages, but at least FEW_PAGES, up to which a word can tell one letter from others."""
LONG = 4
"""Letters from which a word may be a name."""

EXPECTED_AROUND_ENVELOPES = frozenset({
    "salutation", "dateline", "announced", "issue_number", "letterhead", "opening", "page_one", "title", "starts_low",
    "heading_returns", "leaf_begins", "signed", "end_mark", "imprint", "ends_short", "full_to_full", "sentence_ends",
    "last_of_all", "leaf_complete", "sparse_next", "sparse_before", "title_page", "picture_next", "valley",
    "address_panel", "round_mark",
})  # fmt: skip
"""Facts to be expected around an envelope: a last page before it, a first page after it, few words, a postmark."""
CONTRASTS = frozenset({
    "size_gap", "paper_colour", "paper_colour_fold", "looks_different", "type_differs", "pitch_differs",
    "margin_differs", "unlike_look", "unlike_layout", "unlike_size", "unlike_paper", "unlike_ink", "unlike_letters",
    "unlike_gaps", "unlike_type", "unlike_pitch", "unlike_margin", "unlike_length", "unlike_legibility",
})  # fmt: skip
"""Facts in which an envelope differs even from its own letter: only the difference between its two sides counts."""


@dataclass(frozen=True, slots=True)
class Envelopes:
    """The envelopes in a stream of n pages; two faces of one are taken together."""

    runs: tuple[range, ...]
    """The pages of each envelope."""
    pages: int

    @property
    def before(self) -> npt.NDArray[np.intp]:
        """Seams before envelopes."""
        return np.array([run.start - 1 for run in self.runs if run.start > 0], dtype=np.intp)

    @property
    def behind(self) -> npt.NDArray[np.intp]:
        """Seams after envelopes."""
        return np.array([run.stop - 1 for run in self.runs if run.stop < self.pages], dtype=np.intp)

    def at(self, seams: npt.NDArray[np.intp]) -> Bools:
        """Return (n - 1,) a mask of these seams."""
        there = np.zeros(max(self.pages - 1, 0), dtype=bool)
        there[seams] = True
        return there


def find_envelopes(pages: Sequence[PageRecord], proses: Sequence[Prose | None], sizes: Sizes) -> Envelopes:
    """Find pages that look like envelopes: wider than high, almost bare, a few words; no part of a leaflet, no form.

    An empty or almost bare page of the same size after one is its back. Pages without a word or with unmeasured paper
    don't count; if most pages are wider than high (opened sheets left out), none do.
    """
    n = len(pages)
    ratios = np.array([_width_over_height(page) for page in pages])
    low, high = ENVELOPES
    shaped = np.array(
        [
            low <= ratio <= high and word_count(prose) < FEW_WORDS and _is_bare(page) and not _is_form(prose)
            for page, prose, ratio in zip(pages, proses, ratios, strict=True)
        ],
        dtype=bool,
    )
    folded = (np.maximum(sizes.opens, sizes.closes) >= 2) & ~sizes.down
    opened = np.zeros(n, dtype=bool)
    opened[:-1] |= folded
    opened[1:] |= folded
    shaped &= ~opened
    if not n or float(((ratios > low) & ~opened).mean()) > MOSTLY:
        return Envelopes((), n)
    runs: list[range] = []
    for at in range(n):
        if (
            shaped[at]
            and runs
            and runs[-1].stop == at
            and len(runs[-1]) == 1
            and _is_one_size(pages[at - 1], pages[at])
        ):
            runs[-1] = range(at - 1, at + 1)
        elif shaped[at] and not is_blank(pages[at]) and word_count(proses[at]) > 0:
            runs.append(range(at, at + 1))
    return Envelopes(tuple(runs), n)


def _width_over_height(page: PageRecord) -> float:
    width, height = sheet_size(page)
    return height / width if lies_sideways(page) else width / height


@told_once
def _is_form(prose: Prose | None) -> bool:
    """Whether a page has field labels: a form to fill in, an index card."""
    return prose is not None and len(list(prose.saying(prose.phrases.field, prose.lines))) >= LABELS


@PageGlance.told_once
def _is_bare(page: PageRecord) -> bool:
    grid = np.asarray((page.paper or {}).get("grid") or [], dtype=np.float64)
    if grid.size != GRID * GRID or is_printed_over(page):
        return False
    return float(grid.reshape(GRID, GRID)[1:-1, 1:-1].mean()) <= BARE


def _is_one_size(left: PageRecord, right: PageRecord) -> bool:
    return bool(np.abs(np.log(np.divide(sheet_size(left), sheet_size(right)))).max() <= FACES)


def envelope_columns(envelopes: Envelopes, proses: Sequence[Prose | None]) -> list[Column]:
    """Return the facts of the seams around envelopes."""
    before, behind = envelopes.at(envelopes.before), envelopes.at(envelopes.behind)
    sides = 1.0 * before - 1.0 * behind
    faces = envelopes.at(np.array([run.start for run in envelopes.runs if len(run) == 2], dtype=np.intp))
    names = shared_names(envelopes, proses)
    return [
        replace(
            column(
                "kind",
                "envelope",
                -1,
                sides,
                lambda i: "The next page looks like an envelope." if before[i] else "This page looks like an envelope.",
                both_ways=True,
            ),
            is_habit=True,
        ),
        column(
            "kind",
            "beside_envelope",
            0,
            1.0 * (before != behind),
            "One of the pages looks like an envelope, which belongs to the document on one of its sides.",
        ),
        column("kind", "envelope_faces", -1, 1.0 * faces, "Both pages look like the two sides of one envelope."),
        column("text", "envelope_names", -1, names, "The envelope has names of the document on this side only."),
    ]


def shared_names(envelopes: Envelopes, proses: Sequence[Prose | None]) -> Floats:
    """Return (n - 1,) 0 … 1: at the seams around envelopes, how many more of its words are on this side than on the
    other.

    The search ends at the next envelope, at most REACH pages away.
    """
    shared = np.zeros(max(len(proses) - 1, 0))
    if not envelopes.runs:
        return shared
    words = Lazy(len(proses), lambda at: _words(proses[at]))
    met = Counter(word for page in words for word in page)
    telling = frozenset(word for word, count in met.items() if count <= max(FEW_PAGES, COMMON * len(words)))
    ends = [0, *(run.stop for run in envelopes.runs)]
    begins = [*(run.start for run in envelopes.runs), len(proses)]
    for number, run in enumerate(envelopes.runs):
        own = _all(words[run.start : run.stop]) & telling
        left = own & _all(words[max(ends[number], run.start - REACH) : run.start])
        right = own & _all(words[run.stop : min(begins[number + 1], run.stop + REACH)])
        if run.start > 0 and run.stop < len(proses):
            more = (len(left - right) - len(right - left)) / ENOUGH
            shared[[run.start - 1, run.stop - 1]] = np.clip([more, -more], 0, 1)
    return shared


def _all(words: Sequence[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*words)


def _words(prose: Prose | None) -> frozenset[str]:
    return frozenset(word for word in vocabulary(prose)[0] if len(word) >= LONG)


def without_expected(columns: Sequence[Column], envelopes: Envelopes) -> list[Column]:
    """Return the columns without what is to be expected around envelopes.

    Facts in which an envelope differs from any sheet keep only how much more it differs from this neighbor than from
    the other.
    """
    if not envelopes.runs:
        return list(columns)
    kept = silenced(columns, EXPECTED_AROUND_ENVELOPES, envelopes.at(envelopes.before) | envelopes.at(envelopes.behind))
    return [_compared(one, envelopes) if one.name in CONTRASTS else one for one in kept]


def _compared(one: Column, envelopes: Envelopes) -> Column:
    values, around = one.values.copy(), np.zeros(len(one.values), dtype=bool)
    for run in envelopes.runs:
        sides = [seam for seam in (run.start - 1, run.stop - 1) if 0 <= seam < len(values)]
        away = one.values[sides] - one.values[sides].mean()
        values[sides] = away if one.both_ways else np.maximum(2 * away, 0.0)
        around[sides] = True
    return replace(one, values=values, say=_comparison(one, values, around))


def _comparison(one: Column, values: Floats, around: Bools) -> Callable[[int], str]:
    def sentence(seam: int) -> str:
        if not around[seam]:
            return one.say(seam)
        if values[seam] > 0:
            return say("The envelope differs more from the page on this side than from the one on its other side.")
        return say("The envelope differs less from the page on this side than from the one on its other side.")

    return sentence
