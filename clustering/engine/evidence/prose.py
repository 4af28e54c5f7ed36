"""What the words at the end of one page and at the top of the next say about the seam between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, ClassVar

import numpy as np

from clustering.engine.evidence.columns import Column, column
from clustering.engine.evidence.glances import Cues
from clustering.engine.evidence.phrases import Phrases, phrases
from clustering.engine.languages import plain
from clustering.engine.records import Line, PageRecord
from clustering.engine.word_patterns import SmallText, WordPattern

BELIEVED = 45.0
"""Mean confidence from which a line counts as read."""
HEAD = 0.35
"""Share of the page that is its top."""
FOOT = 0.75
"""Share of the page below which its bottom begins."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Prose:
    """The confidently read lines of one page, top to bottom, and its dimensions."""

    lines: tuple[Line, ...]
    height: int
    width: int
    size: float
    """Median height of the lines, as a share of the page's height; 0 without lines."""
    language: str = "en"
    """ISO 639-1 code of the language of the page."""
    is_written: bool = False
    """Whether it is handwritten rather than printed: it has no type, and signs are guesses."""
    small: SmallText = field(init=False, repr=False, compare=False)
    """Of its lines."""

    @property
    def phrases(self) -> Phrases:
        """The phrases to look for in its lines."""
        return phrases(self.language)

    def __post_init__(self) -> None:
        """Join its lines once for all who look for words in them."""
        object.__setattr__(self, "small", SmallText(self.lines))

    def head(self, share: float = HEAD) -> list[Line]:
        """Return the lines in the upper share of the page."""
        return [line for line in self.lines if line.bottom <= share * self.height + 1]

    def saying(self, pattern: WordPattern, lines: Sequence[Line]) -> Iterator[Line]:
        """Yield those of some of its lines in which there is a match."""
        return (line for line in pattern.among(lines, self.small) if pattern.search(line.text))

    def says(self, pattern: WordPattern, lines: Sequence[Line]) -> bool:
        """Whether there is a match in one of some of its lines."""
        return any(True for _ in self.saying(pattern, lines))

    def foot(self, share: float = FOOT) -> list[Line]:
        """Return the lines below a share of the page."""
        return [line for line in self.lines if line.top >= share * self.height]


def prose_of(page: PageRecord, *, usual: str = "en") -> Prose | None:
    """Return the confidently read lines of a page; None if it was not read.

    `usual` is the language of pages with too little text to tell theirs: covers, headings, forms.
    """
    reading = page.reading
    if reading is None:
        return None
    height, width = max(reading.height, 1), max(reading.width, 1)
    lines = tuple(line for line in reading.lines if line.confidence >= BELIEVED and line.text.strip())
    size = median([line.bottom - line.top for line in lines]) / height if lines else 0.0
    return Prose(lines, height, width, size, reading.language or usual, reading.is_second)


class Glance(Cues, Prose):
    """The prose of a page of a long stream: all but its lines stays in memory, and what they tell (`told_once`)."""

    __slots__ = ("_first", "_load", "_spool", "cues")
    tellers: ClassVar[list[Callable[[Any], Any]]] = []
    bulky: ClassVar[list[Callable[[Any], Any]]] = []
    _load: Callable[[], Prose | None]

    def __getattr__(self, name: str) -> Any:
        """Return the lines, the only part that is not here."""
        if name != "lines":
            raise AttributeError(name)
        prose = self._load()
        return prose.lines if prose else ()


told_once, filed = Glance.told_once, Glance.filed


@filed
def vocabulary(prose: Prose | None) -> tuple[tuple[str, ...], bytes]:
    """Return the words of a page, of two letters and more, in lower case, and a text of them.

    They are the different words as they first occur, and for each word in reading order, its place among these (int32).
    """
    text = "\n".join(line.text for line in prose.lines) if prose else ""
    places: dict[str, int] = {}
    order = [places.setdefault(word.lower(), len(places)) for word in _WORD.findall(text)]
    return tuple(places), np.array(order, dtype=np.int32).tobytes()


def _body(prose: Prose) -> list[Line]:
    """Return the lines of running text: long, of ordinary size, in reading order as OCR gave them."""
    return [
        line
        for line in prose.lines
        if len(line.text.strip()) >= 22 and line.bottom - line.top < 2.2 * prose.size * prose.height
    ]


def sentence_runs_on(left: Prose, right: Prose) -> float:
    """Return -1 … 1: 1 the seam interrupts a sentence, -1 a sentence ends and another begins, 0 unknown."""
    hanging, lower = _left_hanging(left), _begun_before(right)
    if hanging is None or lower is None:
        return 0.0
    if hanging > 0 and lower > 0:
        return 1.0
    if hanging < 0 and lower < 0:
        return -0.6
    return 0.35 * (hanging + lower)


@told_once
def _left_hanging(prose: Prose) -> float | None:
    """Return above 0 if the text breaks off, below 0 if it ends with a sentence; None without printed text."""
    body = _body(prose)
    if not body or prose.is_written:
        return None
    last, terms = body[-1].text.strip(), prose.phrases
    if terms.broken_word.search(last):
        return 1.0
    widest = max(line.right - line.left for line in body[-6:])
    if terms.runs_out.search(last) and body[-1].right - body[-1].left > 0.6 * widest:
        return 0.6
    return -0.5 if terms.sentence_ends.search(last) else 0.0


@told_once
def _begun_before(prose: Prose) -> float | None:
    """Return above 0 if the text begins within a sentence, below 0 if with one; None without printed text."""
    body = _body(prose)
    if not body or prose.is_written:
        return None
    first, terms = body[0].text.strip(), prose.phrases
    return 1.0 if terms.goes_on.match(first) else (-0.5 if terms.sentence_begins.match(first) else 0.0)


@told_once
def opening_cues(prose: Prose) -> dict[str, float]:
    """Return the strength of each sign of a first page, by name."""
    terms = prose.phrases
    head = prose.head()
    upper = prose.head(0.5)
    short = [line for line in head if len(line.text) <= 60]
    dated = prose.says(terms.date_line, [line for line in upper if len(line.text) <= 48])
    address = {id(line) for pattern in (terms.address, terms.officer) for line in prose.saying(pattern, short)}
    return {
        "salutation": float(prose.says(terms.salutation, prose.head(0.6))),
        "dateline": float(dated),
        "announced": float(prose.says(terms.announced, short)),
        "issue_number": float(prose.says(terms.numbered, short)),
        "letterhead": min(len(address) / 3, 1.0),
    }


@told_once
def designations(prose: Prose | None) -> frozenset[tuple[str, str]]:
    """Return issue and sheet numbers in short lines at the top of a page, each as (volume, number): ("21", "3"), or
    ("", "2-60") if the line gives no volume."""
    if prose is None:
        return frozenset()
    issues = set()
    numbered = prose.phrases.numbered
    for line in numbered.among([line for line in prose.head(0.3) if len(line.text) <= 60], prose.small):
        volume = prose.phrases.volume.search(line.text)
        numbers = [re.sub(r"[^\d]+", "-", m[0]).strip("-") for m in numbered.finditer(line.text)]
        issues |= {(volume[1] if volume else "", number) for number in numbers}
    return frozenset(issues)


@told_once
def head_dates(prose: Prose | None) -> frozenset[str]:
    """Return the dates in short lines of the upper half of a page, letters and digits only."""
    if prose is None:
        return frozenset()
    lines = [line for line in prose.head(0.45) if len(line.text) <= 48]
    pattern = prose.phrases.date_line
    dates = [m[0] for line in pattern.among(lines, prose.small) for m in pattern.finditer(line.text)]
    return frozenset(re.sub(r"[^a-z0-9]", "", plain(text)) for text in dates)


def cues_after(left: Prose | None, right: Prose) -> dict[str, float]:
    """Return `opening_cues` of a page after another one, without a date from the running head."""
    cues = dict(opening_cues(right))
    if head_dates(left) & head_dates(right):
        cues["dateline"] = 0.0
    return cues


def masthead(left: Prose | None, right: Prose | None) -> float:
    """Return 0 … 1: how much the top of the second page is that of a first page: number, date, salutation, address."""
    if right is None:
        return 0.0
    cues = cues_after(left, right)
    return min(1.0, cues["salutation"] + cues["dateline"] + 0.7 * cues["issue_number"] + 0.5 * cues["letterhead"])


@told_once
def has_contents(prose: Prose) -> bool:
    """Whether a page is a table of contents: its heading is alone in the upper half. It is neither a first nor a last
    page."""
    return prose.says(prose.phrases.contents, prose.head(0.5))


@told_once
def closing_cues(prose: Prose) -> dict[str, float]:
    """Return the strength of each sign of a last page, by name."""
    terms = prose.phrases
    foot = terms.closing.among(prose.foot(0.4), prose.small)
    return {
        "end_mark": float(prose.says(terms.end, prose.foot(0.3))),
        "signed": float(any(terms.closing.search(line.text.strip()) for line in foot)),
        "imprint": min(sum(1 for _ in prose.saying(terms.imprint, prose.lines)) / 2, 1.0),
    }


@told_once
def goes_on(prose: Prose) -> bool:
    """Whether a page says that it continues: "more" at the bottom, "continued on page 3" at the end of any column."""
    terms = prose.phrases
    is_told_below = any(terms.more.search(line.text.strip()) for line in prose.foot(0.8))
    return is_told_below or prose.says(terms.more_elsewhere, prose.lines)


@told_once
def is_continuation(prose: Prose) -> bool:
    """Whether a page says that it continues another: "page 2" at the top, "continued from page 1" atop any column."""
    terms = prose.phrases
    return prose.says(terms.continued, prose.head(0.12)) or prose.says(terms.continued_elsewhere, prose.lines)


def prose_columns(proses: Sequence[Prose | None]) -> list[Column]:
    """Return the evidence of the family "text"."""
    seams = max(len(proses) - 1, 0)
    names = ("salutation", "dateline", "announced", "issue_number", "letterhead")
    opening = np.zeros((seams, len(names)))
    closing = np.zeros((seams, 3))
    on = np.zeros(seams)
    more, continued, contents = np.zeros(seams), np.zeros(seams), np.zeros(seams)
    for i in range(seams):
        left, right = proses[i], proses[i + 1]
        if right is not None:
            opening[i] = list(cues_after(left, right).values())
            continued[i] = float(is_continuation(right))
        if left is not None:
            closing[i] = list(closing_cues(left).values())
            more[i] = float(goes_on(left))
        contents[i] = float(any(p is not None and has_contents(p) for p in (left, right)))
        if left is not None and right is not None:
            on[i] = sentence_runs_on(left, right)
    sentences = (
        "The next page has a salutation.", "The next page has a date at the top.",
        "The top of the next page names a kind of document, such as a press release or bulletin.",
        "The next page has an issue or sheet number at the top.",
        "The top of the next page has an address or names officers, as a letterhead does.",
    )  # fmt: skip
    out = [column("text", name, 1, opening[:, k], sentences[k]) for k, name in enumerate(names)]
    several = np.clip(np.minimum(opening, 1.0).sum(axis=1) - 1.0, 0, 1.5)
    out += [
        column(
            "text", "opening", 1, several, "The top of the next page looks like that of a first page in several ways."
        ),
        column("text", "end_mark", 1, closing[:, 0], "This page ends with an end mark."),
        column("text", "signed", 1, closing[:, 1], "This page has a closing or a signature line."),
        column("text", "imprint", 1, closing[:, 2], "This page has an imprint, a price, or an address panel."),
        column("text", "sentence_runs_on", -1, np.maximum(on, 0), "A sentence seems to continue on the next page."),
        column("text", "sentence_ends", 1, np.maximum(-on, 0), "A sentence seems to end with this page."),
        column("text", "more", -1, more, "This page says that the document continues."),
        column("text", "continued", -1, continued, "The next page says that it continues another."),
    ]
    out.append(column("text", "contents", -1, contents, "One of the two pages is a table of contents."))
    return out
