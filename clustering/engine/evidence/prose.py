"""What the words at the end of one page and at the head of the next say about the seam between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from clustering.engine.evidence.columns import Column, column
from clustering.engine.records import Line, PageRecord

BELIEVED = 45.0
"""Mean confidence from which a line counts as read."""
HEAD = 0.35
"""Share of the page that is its head."""
FOOT = 0.75
"""Share of the page below which its foot begins."""

_MORE = re.compile(
    r"(?:^|\s)[-–—(\[*.~]{1,3}\s?(?:more|over|m\s?o\s?r\s?e|continued|turn over|see (?:other|"
    r"reverse) side)\s?[-–—)\]*.~]{0,3}$|^\W*(?:more|over)\W*$|"
    r"\bcontinued on (?:the )?(?:next|page|other|reverse)|\b(?:cont'?d|continued) on\b|\(over\)",
    re.IGNORECASE,
)
_CONTINUED = re.compile(
    r"^\W*(?:continued|cont'?d|con't)\b|\bcontinued from\b|\b(?:page|seite)\s?[2-9]\b|^\W*-\s?[2-9]\s?-", re.IGNORECASE
)
_END = re.compile(r"^\W*(?:#\s?#\s?#?|-?\s?30\s?-|\(end\)|the end|ende|finis?|\*\s?\*\s?\*)\W*$", re.IGNORECASE)
_CLOSING = re.compile(
    r"^\W{0,3}(?:sincerely|(?:yours )?(?:very )?truly|cordially|fraternally|respectfully|faithfully|in solidarity|"
    r"best (?:wishes|regards)|"
    r"yours (?:for|truly|sincerely)|very truly|hochachtungsvoll|mit freundlichen|cordialement|atentamente|"
    r"fraternalmente)\b|^\W{0,2}(?:cc|bcc|enclosures?|encl?s?)\s?[:.]|"
    r"^\W*[a-z]{2,4}[:/][a-z]{2,4}\W*$|\bopeiu|\bopeu|afl-cio-cl[cuo]",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"\b(?:publication no|pamphlet no|single copies|additional copies|per (?:100|hundred|1,?000)|cents? (?:each|"
    r"a copy|per)|order (?:from|more|additional)|price\b|"
    r"printed (?:in|by|on)|published (?:by|weekly|monthly)|non-?profit org|u\.?\s?s\.? postage|bulk rate|"
    r"permit no|return (?:postage|requested)|postmaster|"
    r"address correction|labor donated|second[- ]class|subscription|copyright|druck:|herausgeber|v\.i\.s\.d\.p)",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"^\W{0,3}(?:dear\s+\w|gentlemen\s*[:,;]|dear\s*sirs?|to whom it may|(?:dear )?friends?\s*[:,]|"
    r"brothers? and sisters?\s*[:,]|greetings\s*[:,]|"
    r"sehr geehrte|liebe[r]?\s+\w|cher[e]?s?\s|messieurs|estimad|querid|compañer)",
    re.IGNORECASE,
)
_RELEASE = re.compile(
    r"\b(?:for (?:immediate )?release|news release|press release|news from|memorandum|fact\s?sheet|bulletin|"
    r"newsletter|volume|vol\.|issue|special (?:edition|report)|"
    r"agenda|minutes|petition|questionnaire|order (?:form|blank)|application for|ballot|reprint(?:ed)?(?: from)?|"
    r"statement (?:of|by)|resolution|registration|an open letter|"
    r"pressemitteilung|flugblatt|comunicado|communiqué)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:no|nr|num|number|núm)\b[.,:]?\s{0,2}\d{1,3}(?:\s?[-–/]\s?\d{1,4})?\b|#\s?\d{1,3}\b", re.IGNORECASE
)
_CONTENTS = re.compile(
    r"^\W*(?:table of )?contents\W*$|^\W*(?:inhalt(?:sverzeichnis)?|índice|table des matières|sommaire)\W*$",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|"
    r"januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|"
    r"octobre|novembre|décembre|enero|febrero|marzo|"
    r"abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_DATE_LINE = re.compile(
    rf"\b{_MONTH}\b\.?,?\s{{0,2}}(?:\d{{1,2}}(?:st|nd|rd|th)?\b)?\W{{0,3}}\s?(?:19|20)\d\d\b|"
    rf"\b\d{{1,2}}\.?\s+(?:de\s+)?{_MONTH}\b\W?\s?(?:de\s+)?(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(?:street|avenue|ave\.|st\.|n\.\s?w\.|suite|room|p\.?\s?o\.?\s?box|telephone|tel[.:]|phone|fax|"
    r"washington,? d\.?\s?c|straße|rue|calle)\b|\b\d{5}(?:-\d{4})?\s*$",
    re.IGNORECASE,
)
_OFFICER = re.compile(
    r"\b(?:president|chairman|secretary|treasurer|director|editor|vice[- ]president|chairwoman|executive|manager)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Prose:
    """Believed lines of one page, top to bottom, and its measures."""

    lines: tuple[Line, ...]
    height: int
    width: int
    size: float
    """Median height of the lines, as a share of the page's height; 0 without lines."""

    def head(self, share: float = HEAD) -> list[Line]:
        """Lines in the upper share of the page."""
        return [line for line in self.lines if line.bottom <= share * self.height + 1]

    def foot(self, share: float = FOOT) -> list[Line]:
        """Lines below a share of the page."""
        return [line for line in self.lines if line.top >= share * self.height]


def prose_of(page: PageRecord) -> Prose | None:
    """The lines of a page that OCR believes; None where it was not read."""
    reading = page.reading
    if reading is None:
        return None
    height, width = max(reading.height, 1), max(reading.width, 1)
    lines = tuple(line for line in reading.lines if line.confidence >= BELIEVED and line.text.strip())
    size = median([line.bottom - line.top for line in lines]) / height if lines else 0.0
    return Prose(lines, height, width, size)


def _body(prose: Prose) -> list[Line]:
    """Lines of running text: long, of ordinary size, in reading order as OCR gave them."""
    return [
        line
        for line in prose.lines
        if len(line.text.strip()) >= 22 and line.bottom - line.top < 2.2 * prose.size * prose.height
    ]


def sentence_runs_on(left: Prose, right: Prose) -> float:
    """-1 … 1: 1 the sentence is cut by the seam, -1 a sentence ends and another begins, 0 cannot be told."""
    before, after = _body(left), _body(right)
    if not before or not after:
        return 0.0
    last, first = before[-1].text.strip(), after[0].text.strip()
    hanging = 0.0
    if re.search(r"[a-z]-$", last):
        hanging = 1.0
    elif re.search(r"[a-z,]$", last) and before[-1].right - before[-1].left > 0.6 * max(
        x.right - x.left for x in before[-6:]
    ):
        hanging = 0.6
    elif re.search(r"[.!?:]['\"”)]*$", last):
        hanging = -0.5
    lower = 1.0 if re.match(r"[a-z]{2}", first) else (-0.5 if re.match(r"['\"“(]*[A-Z0-9•*]", first) else 0.0)
    if hanging > 0 and lower > 0:
        return 1.0
    if hanging < 0 and lower < 0:
        return -0.6
    return 0.35 * (hanging + lower)


def opening_cues(prose: Prose) -> dict[str, float]:
    """What makes a page a first page: name of the cue to its strength."""
    head = prose.head()
    upper = prose.head(0.5)
    text = [line.text for line in head]
    short = [line for line in head if len(line.text) <= 60]
    dated = max((_DATE_LINE.search(line.text) is not None and len(line.text) <= 48 for line in upper), default=False)
    address = sum(1 for line in short if _ADDRESS.search(line.text) or _OFFICER.search(line.text))
    return {
        "salutation": float(any(_SALUTATION.search(line.text) for line in prose.head(0.6))),
        "dateline": float(dated),
        "announced": float(any(_RELEASE.search(line) for line in text if len(line) <= 60)),
        "issue_number": float(any(_NUMBERED.search(line.text) for line in short)),
        "letterhead": min(address / 3, 1.0),
    }


def designations(prose: Prose | None) -> frozenset[str]:
    """Issue and sheet numbers at the head of a page, as "no 2-60"; of short lines only. Empty where there are none."""
    lines = prose.head(0.3) if prose else []
    found = [m[0] for line in lines if len(line.text) <= 60 for m in _NUMBERED.finditer(line.text)]
    return frozenset(re.sub(r"[^\d]+", "-", text).strip("-") for text in found)


def head_dates(prose: Prose | None) -> frozenset[str]:
    """Dates in short lines of the upper half of a page, letters and digits only."""
    lines = prose.head(0.45) if prose else []
    found = [m[0] for line in lines if len(line.text) <= 48 for m in _DATE_LINE.finditer(line.text)]
    return frozenset(re.sub(r"[^a-z0-9]", "", text.lower()) for text in found)


def masthead(prose: Prose | None) -> float:
    """0 … 1: how much the head of a page is that of a first page: number, date, salutation, address."""
    if prose is None:
        return 0.0
    cues = opening_cues(prose)
    return min(1.0, cues["salutation"] + cues["dateline"] + 0.7 * cues["issue_number"] + 0.5 * cues["letterhead"])


def has_contents(prose: Prose) -> bool:
    """A table of contents: its heading stands alone in the upper half, so the page is neither a first nor a last
    one."""
    return any(_CONTENTS.search(line.text) for line in prose.head(0.5))


def closing_cues(prose: Prose) -> dict[str, float]:
    """What makes a page a last page."""
    foot = prose.foot(0.4)
    return {
        "end_mark": float(any(_END.search(line.text) for line in prose.foot(0.3))),
        "signed": float(any(_CLOSING.search(line.text.strip()) for line in foot)),
        "imprint": min(sum(1 for line in prose.lines if _IMPRINT.search(line.text)) / 2, 1.0),
    }


def prose_columns(proses: Sequence[Prose | None]) -> list[Column]:
    """Evidence of the family "text"."""
    seams = max(len(proses) - 1, 0)
    names = ("salutation", "dateline", "announced", "issue_number", "letterhead")
    opening = np.zeros((seams, len(names)))
    closing = np.zeros((seams, 3))
    on = np.zeros(seams)
    more, continued, contents = np.zeros(seams), np.zeros(seams), np.zeros(seams)
    for i in range(seams):
        left, right = proses[i], proses[i + 1]
        if right is not None:
            opening[i] = list(opening_cues(right).values())
            continued[i] = float(any(_CONTINUED.search(line.text) for line in right.head(0.12)))
        if left is not None:
            closing[i] = list(closing_cues(left).values())
            more[i] = float(any(_MORE.search(line.text.strip()) for line in left.foot(0.8)))
        contents[i] = float(any(p is not None and has_contents(p) for p in (left, right)))
        if left is not None and right is not None:
            on[i] = sentence_runs_on(left, right)
    sentences = (
        "The next page has a salutation.", "A date stands at the head of the next page.",
        "The head of the next page announces a document (release, fact sheet, bulletin, …).",
        "The head of the next page carries an issue or sheet number.", "The next page begins with a letterhead.",
    )  # fmt: skip
    out = [column("text", name, 1, opening[:, k], sentences[k]) for k, name in enumerate(names)]
    several = np.clip(np.minimum(opening, 1.0).sum(axis=1) - 1.0, 0, 1.5)
    out += [
        column("text", "opening", 1, several, "The head of the next page is that of a first page in several ways."),
        column("text", "end_mark", 1, closing[:, 0], "The page ends with an end mark."),
        column("text", "signed", 1, closing[:, 1], "The page is signed or has a closing."),
        column("text", "imprint", 1, closing[:, 2], "The page has a publisher's, price or mailing block."),
        column("text", "sentence_runs_on", -1, np.maximum(on, 0), "The sentence runs on across the seam."),
        column(
            "text",
            "sentence_ends",
            1,
            np.maximum(-on, 0),
            "A sentence ends before the seam and another begins after it.",
        ),
        column("text", "more", -1, more, "The page says that there is more."),
        column("text", "continued", -1, continued, "The next page says that it continues."),
    ]
    out.append(column("text", "contents", -1, contents, "One of the two pages is a table of contents."))
    return out
