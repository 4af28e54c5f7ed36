"""Draft the date of a group from datelines, mastheads, release lines, and imprints, not from just any year in the text.

Every date on the first two and last two pages is a candidate, weighed by its context. In favor: a line of its own, a
place before it, an issue number beside it, "FOR RELEASE", "Reprinted from", "©". Against: a sentence around it, a
preposition before it, a law or a census. How much each counts was learned (`date_trust`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from clustering.engine.drafting.date_forms import FoundDate, find_dates, repair
from clustering.engine.drafting.date_trust import chances, log_odds, shipped
from clustering.engine.drafting.layout import SeenLine, SeenPage, where
from clustering.engine.drafting.terms import Terms
from clustering.engine.records import Drafted

LEAST_CONFIDENCE = 0.35
"""Below this, no date is drafted: a wrong date costs an archivist more time than an empty field."""

SAME_ROW = 0.006
"""Greatest distance between the middles of two lines in one row, as a share of the page's height."""

SEVERAL = 3
"""Dates on a line and its neighbors from which they are a calendar or a list."""

OF_SOMETHING_ELSE = frozenset(
    {
        "a birth",
        "a citation",
        "a deadline",
        "an event with place and hour",
        "the date of another paper",
        "the day it was received",
    }
)
"""Facts that say what else a date is. Such dates are no candidates."""

NOTICE = 3
"""Lines' heights within which the place or the hour of an event stands beside its date, in double spacing too."""

COVER_WORDS = 45
"""Most words on a cover. The page after a cover may be the title page."""

DOUBTED = 0.2
"""Share that OCR confidence lacks which counts as 1: every fifth letter or so is then wrong."""

_PLACE = re.compile(
    r"(?:^|\s)[A-ZÀ-Ý][\w.]+(?:\s[A-ZÀ-Ý][\w.]+){0,3},?\s?(?:[A-Z]\.?\s?[A-Z]\.?|[A-Z][a-z]+\.?)?[\s.,:;–—-]*$"
)
_COPYRIGHT = re.compile(r"©|\bcopyright\b|\(c\)\s?(?:1[89]|20)\d\d", re.IGNORECASE)
_SET_OFF = re.compile(r"\w.*\s[-–—•·*]+\s*$")
_YEAR_LINE = re.compile(r"^\W*(?:1[7-9]|20)\d\d\W*$")
_DAY_BEFORE = re.compile(r"\b[A-Z][a-z]{2,8}\.?\s\d{1,2}(?:\s?[-–]\s?\d{1,2})?,?$")
_NUMBER_BEFORE = re.compile(r"(?<!\d)[0-3]?\d\W+\w{0,10}\W*$")
_CITATION = re.compile(r"\bpp?\.\s?\d|\([A-Z]\w+,\s|\bibid\b|\bop\. cit", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """One date in the group, with what tells whether it is the date of the group."""

    date: FoundDate
    line: SeenLine
    facts: Mapping[str, float]

    @property
    def log_odds(self) -> float:
        """Log-odds that this is the date of the group, against no date."""
        return log_odds(self.facts)

    @property
    def reasons(self) -> list[str]:
        """Facts in its favor, the most telling first."""
        weights = shipped()
        return sorted((fact for fact in self.facts if weights[fact] > 0), key=lambda fact: -weights[fact])


def draft_date(pages: Sequence[SeenPage]) -> Drafted | None:
    """Return the date of the group in EDTF, with its location and reasons; None if no candidate is likely enough."""
    candidates = date_candidates(pages)
    if not candidates:
        return None
    best = max(
        candidates, key=lambda candidate: (round(candidate.log_odds, 1), -candidate.line.page, -candidate.line.place)
    )
    confidence = chances(odds_by_date(candidates))[best.date.edtf]
    if confidence < LEAST_CONFIDENCE:
        return None
    reasons = f" ({', '.join(best.reasons[:3])})" if best.reasons else ""
    return Drafted(best.date.edtf, round(confidence, 2), f"{where(best.line)}: “{best.line.text[:80]}”{reasons}")


def odds_by_date(candidates: Sequence[DateCandidate]) -> dict[str, float]:
    """Return the log-odds of each different date: those of its best candidate."""
    odds: dict[str, float] = {}
    for candidate in candidates:
        edtf = candidate.date.edtf
        odds[edtf] = max(odds.get(edtf, candidate.log_odds), candidate.log_odds)
    return odds


def date_candidates(pages: Sequence[SeenPage]) -> list[DateCandidate]:
    """Return all dates on the first two and the last two pages, except dates of something else."""
    last = len(pages) - 1
    covered = len(pages) > 1 and pages[0].read and sum(line.words for line in pages[0].lines) <= COVER_WORDS
    candidates = []
    for page in pages:
        if page.number <= 1 or page.number >= last - 1:
            dates = [
                (date, line, text)
                for line, text in _repaired_lines(page)
                for date in find_dates(text)
                if not _is_to_come(date)
            ]
            others = math.log(len({date.edtf for date, _, _ in dates}) or 1)
            for date, line, text in dates:
                facts = _facts(date, line, text, page, last, cover=covered and page.number <= 1)
                if not OF_SOMETHING_ELSE.intersection(facts):
                    candidates.append(DateCandidate(date, line, {**facts, "other dates on its page": others}))
    return candidates


def _is_to_come(date: FoundDate) -> bool:
    """Whether a date is later than next year. Next year is plausible: calendars and invitations are scanned."""
    year = date.edtf[:4]
    return year.isdigit() and int(year) > datetime.now(UTC).year + 1


def _repaired_lines(page: SeenPage) -> list[tuple[SeenLine, str]]:
    """Return the page's lines with their repaired text, and a year joined to the month and day above it."""
    joined: list[tuple[SeenLine, str]] = []
    for line in page.lines:
        if joined and _YEAR_LINE.match(line.text) and _DAY_BEFORE.search(joined[-1][1]):
            above, text = joined[-1]
            joined[-1] = (above, f"{text} {line.text}")
        else:
            joined.append((line, repair(line.text)))
    return joined


def _facts(date: FoundDate, line: SeenLine, text: str, page: SeenPage, last: int, *, cover: bool) -> dict[str, float]:
    """Return what tells whether this is the date of the group: reasons for and against it, and how well it was read."""
    around = _neighbors(line, page)
    reasons = _of_the_line(date, line, text, around)
    own = {"an issue number beside it", "reprinted, revised or published then", "copyright"}
    if not own.intersection(reasons) and _is_of_event(line, page, labeled="a date label" in reasons):
        reasons = [reason for reason in reasons if reason not in {"a date label", "a place before it"}]
        reasons.append("an event with place and hour")
    if len({one.edtf for one in (*find_dates(text), *find_dates(_above_and_below(line, page)))}) >= SEVERAL:
        reasons.append("one of several dates")
    if _tails_a_paragraph(line, page) and not own.intersection(reasons):
        reasons.append("tail of a paragraph")
    weight = _of_the_place(line, page, last)
    reasons += [reason for reason in weight if reason != "inner page" or not own.intersection(reasons)]
    if cover and (page.number == 0 or {"alone on its line", "a place before it"}.intersection(reasons)):
        reasons.append("on a cover")
    if date.precision == "year" and {"a heading", "head of the first page"} <= set(reasons):
        reasons += ["a year in the heading"] if date.start <= 1 or date.end >= len(text) - 1 else []
    if date.precision != "day":
        reasons.append(f"{date.precision} only")
        if not own.intersection(reasons) and _NUMBER_BEFORE.search(text[: date.start]):
            reasons.append("a number before it that may be the day")
    if date.doubt or line.confidence < 60:
        reasons.append("poorly read")
    if page.is_second:
        reasons.append("read by the second reader")
    doubt = (1 - line.confidence / 100) / DOUBTED
    return {**dict.fromkeys(reasons, 1.0), "doubt about its line": doubt}


def _is_of_event(line: SeenLine, page: SeenPage, *, labeled: bool) -> bool:
    """Whether lines near it begin with labels for the place or the hour of an event, as a labeled date has them."""
    reach = NOTICE * max(line.bottom - line.top, 0.008)
    near = (other for other in page.lines if abs(other.top - line.top) <= reach)
    labels = [match for other in near if (match := other.terms.event_label.match(other.text))]
    return any(labeled or match.group().isupper() or match.group().endswith(":") for match in labels)


def _tails_a_paragraph(line: SeenLine, page: SeenPage) -> bool:
    """Whether the line ends a paragraph that begins above it in the same column and type."""
    above = [
        other
        for other in page.lines
        if other.top < line.top
        and line.top - other.bottom < 1.5 * (line.bottom - line.top)
        and abs(other.left - line.left) < 0.06
    ]
    if not above:
        return False
    nearest = max(above, key=lambda other: other.bottom)
    alike = 0.75 <= nearest.size / max(line.size, 0.01) <= 1.33
    small = len(re.findall(r"\b[a-zà-ÿ]{2,}\b", nearest.text))
    prose = small >= 4 or (nearest.words >= 5 and line.text.endswith("."))
    return alike and prose and not re.search(r"[.:;!?]\W*$", nearest.text)


def _neighbors(line: SeenLine, page: SeenPage) -> str:
    """Return the lines just above and below this one, and those in the same row, as one text."""
    gap = 2.5 * max(line.bottom - line.top, 0.008)
    near = [
        other.text
        for other in page.lines
        if other is not line
        and (apart := abs((other.top + other.bottom) / 2 - (line.top + line.bottom) / 2)) <= gap
        and (apart <= SAME_ROW or (other.left < line.right + 0.1 and line.left < other.right + 0.1))
    ]
    return " / ".join(near)


def _above_and_below(line: SeenLine, page: SeenPage) -> str:
    """Return the text of the lines before and after this one in its column."""
    column = [other for other in page.lines if other.left < line.right and line.left < other.right]
    above = [other for other in column if other.bottom <= line.top + 0.005]
    below = [other for other in column if other.top >= line.bottom - 0.005]
    return " / ".join(other.text for other in (*above[-1:], *below[:1]))


def _of_the_line(date: FoundDate, line: SeenLine, text: str, around: str) -> list[str]:
    """Return the reasons for and against the date in the words of its line and the neighboring ones."""
    phrases = line.terms
    before, after = text[: date.start], text[date.end :]
    rest = re.sub(r"[\W_]+", "", before + after)
    share = 1.0 - len(rest) / max(len(re.sub(r"[\W_]+", "", text)), 1)
    alone = share >= 0.85
    reasons = ["alone on its line"] if alone else ["most of its line"] if share >= 0.55 else []
    numbered = any(len(before) - match.end() <= 6 for match in phrases.issue.finditer(before))
    imprint = bool(phrases.imprint_line.search(before))
    sentence = not numbered and not imprint and _in_sentence(before, after, line)
    if (
        numbered
        or (not sentence and phrases.issue.search(before + " " + after))
        or (alone and phrases.issue.search(around))
    ):
        reasons.append("an issue number beside it")
    if phrases.release.search(before) or (share >= 0.5 and phrases.release.search(around)):
        reasons += [] if phrases.received.search(before) else ["a release line"]
    label = phrases.date_label.search(before)
    if label and label.group()[0].isupper():
        reasons.append("a date label")
    elif label:
        reasons.append("the date of another paper")
    if imprint:
        reasons.append("reprinted, revised or published then")
    elif share >= 0.5 and phrases.imprint.search(around):
        reasons.append("an imprint nearby")
    if _COPYRIGHT.search(text):
        reasons.append("copyright")
    imprinted = date.precision == "day" or (not after.strip(" .") and len(re.findall(r"\w+", before)) <= 3)
    placed = imprinted and _PLACE.search(before) and not phrases.preposition.search(before)
    if placed and not alone and not sentence and not label:
        reasons.append("a place before it")
    if _SET_OFF.search(before) and not re.search(r"\w", after) and not alone:
        reasons.append("set off by a dash")
    if share >= 0.5 and phrases.delivered.search(around):
        reasons.append("the day it was delivered")
    if line.size >= 1.3 or (line.capitals and line.words >= 1):
        reasons.append("a heading")
    if phrases.meeting.search(around + before + after) and not sentence:
        reasons.append("a meeting or conference")
    return reasons + _against(before, after, phrases, sentence=sentence)


def _against(before: str, after: str, phrases: Terms, *, sentence: bool) -> list[str]:
    reasons = []
    if sentence:
        reasons.append("inside a sentence")
    if phrases.preposition.search(before) and not phrases.imprint_line.search(before):
        reasons.append("a preposition before it")
    if phrases.ahead.search(before + " " + after) and not phrases.newspaper.search(before + after):
        reasons.append("an event ahead")
    if phrases.deadline.search(before) or phrases.deadline.search(after):
        reasons.append("a deadline")
    if phrases.received.search(before):
        reasons.append("the day it was received")
    if phrases.birth.search(before):
        reasons.append("a birth")
    if _CITATION.search(before) or _CITATION.match(after.strip(" ,.;")):
        reasons.append("a citation")
    if phrases.figures.search(before + after) or phrases.percent.match(after):
        reasons.append("a law, a vote or a figure")
    return reasons


def _in_sentence(before: str, after: str, line: SeenLine) -> bool:
    """Whether the line is prose: several words in lower case, and not set like a heading."""
    if _SET_OFF.search(before) and not re.search(r"\w", after):
        return False
    rest = f"{before} {after}"
    small = re.findall(r"\b[a-zà-ÿ]{2,}\b", rest)
    return len(small) >= 4 or (len(small) >= 2 and line.right - line.left > 0.3 and line.size < 1.25)


def _of_the_place(line: SeenLine, page: SeenPage, last: int) -> list[str]:
    if page.number == 0:
        return ["head of the first page"] if line.top <= 0.36 else ["first page"]
    if page.number == last:
        return ["foot of the last page"] if line.bottom >= 0.75 else []
    return ["inner page"] if page.number > 1 else []
