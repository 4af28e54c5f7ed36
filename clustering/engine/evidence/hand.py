"""Signs of the same author or typist: running heads, words, type, lines, and margins; and headings that recur."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.image_similarity import Cosines, nearness
from clustering.engine.evidence.prose import Prose, designations, filed, head_dates, masthead, told_once
from clustering.engine.evidence.sizes import FAR, FEW
from clustering.engine.evidence.text_overlap import Sets, Words

RETURNS = 8
"""Pages back in which a heading is looked for again."""
HEADED = 160
"""Characters at the top of a page in which minutes and bulletins give their date, even in running text."""
TEXT_LINES = 6
"""Lines of running text from which type, pitch, and margins are compared."""


def grams(text: str) -> frozenset[str]:
    """Return the character 4-grams of a text, in lower case without spaces or signs."""
    plain = re.sub(r"[\W_]+", "", text.lower())
    return frozenset(plain[k : k + 4] for k in range(len(plain) - 3))


def page_head(prose: Prose | None, characters: int) -> str:
    """Return the first characters of the text in the upper part of a page."""
    return " ".join(line.text for line in prose.head(0.3))[:characters] if prose else ""


def page_foot(prose: Prose | None, characters: int) -> str:
    """Return the last characters of the text at the bottom of a page."""
    return " ".join(line.text for line in prose.foot(0.85))[-characters:] if prose else ""


def _relative(near: Floats, strangers: Floats) -> Floats:
    """Return how far values are above those of distant pages, in their standard deviations; nan stays."""
    known = strangers[~np.isnan(strangers)]
    if len(known) < 8:
        return (near - 0.08) / 0.06
    return np.asarray((near - known.mean()) / max(float(known.std()), 0.02))


def returning_heads(heads: Sets) -> Floats:
    """Return (n,) how well the top of a page repeats that of an earlier one that the page before does not share.

    Issues of a serial and sheets of a series repeat their masthead with other pages between them (Memo from COPE; fact
    sheets 107-126 of the AFL-CIO scans). A running head is on all pages and does not count.
    """
    returns = np.zeros(len(heads))
    for distance in range(2, RETURNS + 1):
        returns[distance:] = np.maximum(returns[distance:], heads.apart(distance))
    returns[2:] = np.maximum(returns[2:] - 1.5 * heads.apart(1)[1:], 0.0)
    return returns


def returning_both_ways(heads: Sets) -> Floats:
    """Return `returning_heads`, and for the first of a series the same looking ahead."""
    n = len(heads)
    ahead, beside = np.zeros(n), np.zeros(n)
    for distance in range(2, RETURNS):
        ahead[: max(n - distance, 0)] = np.maximum(ahead[: max(n - distance, 0)], heads.apart(distance))
    next_door = heads.apart(1)
    beside[: max(n - 1, 0)] = next_door
    beside[1:] = np.maximum(beside[1:], next_door)
    ahead = np.maximum(ahead - 1.5 * beside, 0.0)
    ahead[:1] = 0.0
    return np.maximum(returning_heads(heads), ahead)


def _repeated(wording: Wording, distance: int) -> Floats:
    """Return (n - distance,) how much pages so far apart share words at the top or bottom, 0 … 1."""
    return np.clip((np.maximum(wording.heads.apart(distance), wording.feet.apart(distance)) - 0.15) / 0.6, 0, 1)


def is_redated(left: Prose | None, right: Prose | None) -> bool:
    """Whether both pages have dates in their first lines, and different ones: "Minutes of the meeting held on May 21,
    1952"."""
    return compare(_first_dates(left), _first_dates(right)) == -1


@told_once
def _first_dates(prose: Prose | None) -> frozenset[str]:
    dates = prose.phrases.date_line.finditer(page_head(prose, HEADED)) if prose else ()
    return frozenset(re.sub(r"[\W_]+", "", date[0].lower()) for date in dates)


def compare(left: frozenset[str], right: frozenset[str]) -> int:
    """Return 1 if two sets share an entry, -1 if both have entries and share none, 0 if one is empty."""
    return 0 if not left or not right else 1 if left & right else -1


def compare_issues(left: frozenset[tuple[str, str]], right: frozenset[tuple[str, str]]) -> int:
    """Return the same for issues: every volume has a number 1, but a running head may leave out its volume."""
    volumes = [(a[0], b[0]) for a in left for b in right if a[1] == b[1]]
    if volumes and not any(a == b or not a or not b for a, b in volumes):
        return -1
    return compare(frozenset(number for _, number in left), frozenset(number for _, number in right))


@dataclass(frozen=True, slots=True)
class Wording:
    """What the pages of a stream say, ready to be compared: words, lines at the top and bottom, and type."""

    words: Words
    heads: Sets
    feet: Sets
    types: Sequence[Type | None]

    @classmethod
    def of(cls, proses: Sequence[Prose | None]) -> Wording:
        """Prepare these pages."""
        words = Words(proses)
        heads, feet = Sets(grams(_head(prose)) for prose in proses), Sets(grams(_foot(prose)) for prose in proses)
        return cls(words, heads, feet, [type_of(prose) for prose in proses])


@filed
def _head(prose: Prose | None) -> str:
    return page_head(prose, 120)


@filed
def _foot(prose: Prose | None) -> str:
    return page_foot(prose, 80)


def hand_columns(proses: Sequence[Prose | None], wording: Wording, meanings: Cosines) -> list[Column]:
    """Return the evidence of the family "hand"."""
    seams = max(len(proses) - 1, 0)
    words, heads = wording.words, wording.heads
    same_words = _relative(words.apart(1), np.concatenate([words.apart(d) for d in FAR]))
    meaning = nearness(meanings)
    repeated = _repeated(wording, 1)
    far = np.concatenate([_repeated(wording, distance) for distance in FAR])
    usual = float(far.mean()) if len(far) >= FEW else 0.0
    returns = returning_both_ways(heads)[1:]
    opens, issues, dates = np.zeros(seams), np.zeros(seams), np.zeros(seams)
    for i, (left, right) in enumerate(pairwise(proses)):
        opens[i] = max(masthead(left, right), is_redated(left, right))
        issues[i] = compare_issues(designations(left), designations(right))
        dates[i] = compare(head_dates(left), head_dates(right))
    size_gap, pitch_gap, margin_gap = _type_gaps(wording.types)
    return [
        column("hand", "same_words", -1, np.clip(same_words / 6, 0, 1), "Both pages use the same unusual words."),
        column(
            "hand",
            "other_words",
            1,
            np.clip((0.5 - same_words) / 2, 0, 1),
            "The pages have almost no distinctive words in common.",
        ),
        column("hand", "same_meaning", -1, np.clip(meaning / 3, 0, 1), "Both pages seem to be about the same subject."),
        column(
            "hand", "other_meaning", 1, np.clip(-meaning / 2, 0, 1), "The pages seem to be about different subjects."
        ),
        column(
            "hand",
            "running_head",
            -1,
            repeated * (1 - opens) * (1 - usual),  # filled-in forms all have the same print
            "Both pages have similar words at the top or bottom.",
        ),
        column(
            "hand", "masthead_repeats", 1, repeated * opens, "Both pages begin with the same letterhead or masthead."
        ),
        column("text", "issue_differs", 1, issues == -1, "The pages have different issue or sheet numbers at the top."),
        column("text", "same_issue", -1, issues == 1, "The pages have the same issue number at the top."),
        column("text", "same_date", -1, dates == 1, "The pages have the same date at the top."),
        column("text", "date_differs", 1, dates == -1, "The pages have different dates at the top."),
        column(
            "hand",
            "heading_returns",
            1,
            np.clip((returns - 0.15) / 0.5, 0, 1),
            "The next page has the same heading as another page nearby, as in a series.",
        ),
        column("hand", "type_differs", 1, np.tanh(np.maximum(size_gap - 0.06, 0) / 0.25), "The type size differs."),
        column(
            "hand", "pitch_differs", 1, np.tanh(np.maximum(pitch_gap - 0.04, 0) / 0.25), "The line spacing differs."
        ),
        column(
            "hand", "margin_differs", 1, np.tanh(np.maximum(margin_gap - 0.015, 0) / 0.06), "The left margin differs."
        ),
    ]


class Type(NamedTuple):
    """How the running text of a page is set."""

    lines: int
    """Number of lines; fewer than TEXT_LINES are not compared."""
    size: float
    """Median height of the lines, in pixels."""
    pitch: float
    """Median distance of consecutive lines, in pixels."""
    margin: float
    """Where lines begin, as a share of the page's width."""


@told_once
def type_of(prose: Prose | None) -> Type | None:
    """Measure printed lines; None for handwriting, and for pages without running text, such as covers."""
    text = [line for line in prose.lines if len(line.text) >= 22] if prose and not prose.is_written else []
    if prose is None or not text:
        return None
    size = max(float(median([line.bottom - line.top for line in text])), 1.0)
    steps = [b.top - a.top for a, b in pairwise(text) if 2 < b.top - a.top < 0.06 * prose.height]
    pitch = float(median(steps)) if len(steps) >= 3 else size * 1.4
    lefts = sorted(line.left / prose.width for line in prose.lines if len(line.text) > 15)
    return Type(len(text), size, pitch, _quantile(lefts, 0.2))


def _type_gaps(types: Sequence[Type | None]) -> Floats:
    """Return (3, n - 1) how far size and pitch differ, as logarithms, and margins; 0 beside pages with little text."""
    gaps = np.zeros((3, max(len(types) - 1, 0)))
    for i, (one, other) in enumerate(pairwise(types)):
        if one and other and min(one.lines, other.lines) >= TEXT_LINES:
            size, pitch = abs(np.log(one.size / other.size)), abs(np.log(one.pitch / other.pitch))
            gaps[:, i] = size, pitch, abs(one.margin - other.margin)
    return gaps


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the same as `np.quantile`, which takes ten times as long for a few values."""
    place = share * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])
