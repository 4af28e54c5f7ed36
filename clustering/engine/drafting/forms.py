"""How titles are put together: which parts of a document, in which order, with which words between them.

    form_of("Letter to Bill Abbott, 9 January 1962", {"recipient": "Bill Abbott", "date": "1962-01-09"})
    # "Letter to {recipient}, {date:day}"

What people enter shows the form that they like. `title_here` gives other documents of the collection titles of that
form, made of their own parts.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from clustering.engine.drafting.date_forms import find_dates
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.drafting.title_case import is_small, shorten
from clustering.engine.records import Drafted

ALIKE = 0.85
"""Likeness (`difflib`) of a part as it was read and as a person corrected it: a letter in seven differs."""
LEAST_LETTERS = 4
"""A shorter part must be found as it stands."""
WORTH = 0.5
"""Described documents for which the form of the draft itself counts. Of .5, 1.5, and 2.5, the one with most titles
right on any three of four archives."""
SPREAD = 2.0
"""Standard deviation, in log-odds, of how much surer titles of one type are in a collection than their pages say. Of
.5, 1, and 2, the one with the least Brier score on any three of four archives; with more, one title would decide."""
_AND_HERE = "; "
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
_DATE = re.compile(r"[,\s]*(?P<date>\{date:(?P<style>\w+)\})")
_ISO = re.compile(r"\d{4}(?:-\d\d){0,2}")


def form_of(title: str, parts: Mapping[str, str], *, corrected: bool = False) -> str:
    """Return a title with what the document gave replaced by names of `parts`; with `corrected`, parts are found even
    if letters in them were put right, which takes some milliseconds."""
    return _form_of(title, tuple(sorted(parts.items())), corrected=corrected)


@lru_cache(maxsize=5_000)
def _form_of(title: str, parts: tuple[tuple[str, str], ...], *, corrected: bool) -> str:
    known = dict(parts)
    taken: list[tuple[int, int, str]] = []
    date = known.pop("date", "")
    at = title.find(date) if date else -1
    if at >= 0 and not title[at + len(date) :][:1].isalnum():
        taken.append((at, at + len(date), "{date:iso}"))
    for there in find_dates(title) if not taken else ():
        style = _date_style(title[there.start : there.end], there.edtf, known=date)
        if date and style and _write_date(date, style):
            taken.append((there.start, there.end, f"{{date:{style}}}"))
    for name, text in sorted(known.items(), key=lambda part: -len(part[1])):
        span = _find(text, title, taken, corrected=corrected)
        if span:
            taken.append((*span, f"{{{name}}}"))
    form, at = "", 0
    for start, end, slot in sorted(taken):
        form += _literal(title[at:start]) + slot
        at = end
    return form + _literal(title[at:])


def fill(form: str, parts: Mapping[str, str]) -> str:
    """Return the title of this form; empty where the document lacks a part of it."""
    title, at = "", 0
    for slot in _SLOT.finditer(form):
        name, style = slot.groups()
        text = parts.get(name, "")
        text = _write_date(text, style) if style and text else text
        if not text:
            return ""
        title += form[at : slot.start()] + text
        at = slot.end()
    return title + form[at:]


def is_same(one: str, other: str) -> bool:
    """Whether two titles have the same letters and figures."""
    return _bare(one) == _bare(other)


@dataclass(frozen=True, slots=True)
class Described:
    """A document with a title that a person entered or accepted."""

    kind: str
    drafted: Drafted
    """The draft of its title, with `chances` and `parts`."""
    title: str
    form: str
    """Of the title."""
    is_accepted: bool = False
    """Whether the draft was accepted, maybe unseen. It then counts as right as often as it said."""


class DescribedTitles:
    """How people title documents of a collection."""

    def __init__(self, documents: Iterable[Described]) -> None:
        self._forms: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        """How titles are written that hhreview drafts in a form, by kind and that form."""
        self._dates: Counter[str] = Counter()
        """How the dates are written of titles that hhreview drafts with a date; "" if they are left out."""
        self._ranked: dict[tuple[str, str], list[tuple[str, int]]] = {}
        """As `_forms`, without the drafted form itself: those that count more than WORTH, from the commonest on."""
        own_forms = []
        for one in (some := list(documents)):
            own, _ = _own(one.drafted)
            form = form_of(own, one.drafted.parts)
            self._forms[one.kind, form][one.form] += 1
            self._dates.update(_date_styles(form, one.form))
            own_forms.append(form)
        for (kind, own), entered in self._forms.items():
            counts = ((form, count - _is_new(form, own)) for form, count in entered.most_common() if form != own)
            self._ranked[kind, own] = sorted(
                (pair for pair in counts if pair[1] > WORTH), key=lambda pair: pair[1], reverse=True
            )
        outcomes: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        for one, form in zip(some, own_forms, strict=True):
            _, confidence = _own(one.drafted)
            by_others, by_all = self._by_others(one, form), self._title(one.kind, form, one.drafted)
            is_right = is_same(by_others, one.title)
            # Whoever is the first to write titles in another form says how, and not that parts were read wrong.
            says_nothing = one.is_accepted or (not is_right and is_same(by_all, one.title))
            outcomes[one.kind].append((confidence, confidence if says_nothing else float(is_right)))
        self._shifts = {kind: _shift(several) for kind, several in outcomes.items()}

    def title(self, kind: str, drafted: Drafted) -> str:
        """Return the title as people here would write it."""
        own, _ = _own(drafted)
        return self._title(kind, form_of(own, drafted.parts), drafted) if self._forms else own

    def _by_others(self, one: Described, form: str) -> str:
        """Return the title of a described document as it would be if only the others were described."""
        styles = _date_styles(form, one.form)
        self._dates.subtract(styles)
        title = self._title(one.kind, form, one.drafted, but=one.form)
        self._dates.update(styles)
        return title

    def _title(self, kind: str, form: str, drafted: Drafted, *, but: str | None = None) -> str:
        """Return the title, with one document of the form `but` less."""
        usual = self._forms.get((kind, form), Counter())[form] - (but == form)
        best, most = form, usual + WORTH
        for other, weight in self._ranked.get((kind, form), ()):
            if weight <= most:
                break
            if weight - (but == other) > most and fill(other, drafted.parts):
                best, most = other, weight - (but == other)
        if best == form and usual < 1:
            best = self._dated(form, drafted.parts)
        own, _ = _own(drafted)
        return own if best == form else shorten(fill(best, drafted.parts))

    def _dated(self, form: str, parts: Mapping[str, str]) -> str:
        """Return a form that nobody has used here yet with its date as dates are written here."""
        if not (slot := _DATE.search(form)):
            return form
        style, count = max(self._dates.items(), key=lambda pair: pair[1], default=("", 0))
        if count <= self._dates[slot["style"]] + WORTH or style == slot["style"]:
            return form
        other = form[: slot.start("date")] + f"{{date:{style}}}" if style else form[: slot.start()]
        other += form[slot.end() :]
        return other if fill(other, parts) else form

    def confidence(self, kind: str, confidence: float) -> float:
        """Return how sure a draft is, as titles of documents of this type turned out here."""
        return 1 / (1 + math.exp(-_log_odds(confidence) - self._shifts.get(kind, 0.0)))


def title_here(draft: Drafted, kind: str, described: DescribedTitles) -> Drafted:
    """Return the draft of a title as it is in a collection of which documents are described."""
    if not draft.chances:
        return draft
    own, confidence = _own(draft)
    title = described.title(kind, draft)
    evidence = draft.evidence.partition(_AND_HERE)[0]
    if title != own:
        evidence += f"{_AND_HERE}in the form of titles entered here"
    return replace(draft, value=title, confidence=round(described.confidence(kind, confidence), 2), evidence=evidence)


def _date_styles(own: str, entered: str) -> list[str]:
    """Return how the entered title writes the date that the draft has; nothing if the draft has none, or if the title
    is another altogether, which says nothing of dates."""
    if not _DATE.search(own) or not _names(own) & _names(entered):
        return []
    slot = _DATE.search(entered)
    return [slot["style"] if slot else ""]


def _names(form: str) -> set[str]:
    return {name for name, _ in _SLOT.findall(form)} - {"date"}


def _own(drafted: Drafted) -> tuple[str, float]:
    return next(iter(drafted.chances.items()))


def _is_new(form: str, own: str) -> int:
    """1 if a form has words that the draft's own form lacks: they may be about one document, until it recurs."""
    here, there = (set(re.findall(r"[^\W\d_]+", _SLOT.sub(" ", text).casefold())) for text in (form, own))
    return int(any(not is_small(word) for word in here - there))


def _shift(outcomes: Iterable[tuple[float, float]]) -> float:
    """Return by how much log-odds have to move to agree with outcomes: the mode of the posterior, by Newton's steps."""
    pairs = [(_log_odds(confidence), right) for confidence, right in outcomes]
    shift = 0.0
    for _ in range(20):
        chances = [1 / (1 + math.exp(-odds - shift)) for odds, _ in pairs]
        slope = sum(right - chance for chance, (_, right) in zip(chances, pairs, strict=True)) - shift / SPREAD**2
        shift += slope / (sum(chance * (1 - chance) for chance in chances) + 1 / SPREAD**2)
    return shift


def _log_odds(confidence: float) -> float:
    bounded = min(max(confidence, 0.01), 0.99)
    return math.log(bounded / (1 - bounded))


def _find(text: str, title: str, taken: Iterable[tuple[int, int, str]], *, corrected: bool) -> tuple[int, int] | None:
    """Return where a part stands in a title, in a stretch that nothing else has."""
    wanted = _bare(text)
    words = [match.span() for match in re.finditer(r"\w[\w.'’&/-]*\w\.?|\w\.?", title)]
    count = max(len(text.split()), 1)
    best: tuple[float, int, int] | None = None
    for length in dict.fromkeys((count, count - 1, count + 1, count + 2)):
        for first in range(len(words) - length + 1 if length > 0 else 0):
            start, end = words[first][0], words[first + length - 1][1]
            if any(start < other_end and other_start < end for other_start, other_end, _ in taken):
                continue
            seen = _bare(title[start:end])
            if seen == wanted:
                return start, end
            if not corrected or len(wanted) < LEAST_LETTERS:
                continue
            matcher = SequenceMatcher(None, seen, wanted, autojunk=False)
            if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= ALIKE:
                ratio = matcher.ratio()
                if ratio >= ALIKE and (best is None or ratio > best[0]):
                    best = (ratio, start, end)
    return best[1:] if best else None


_MONTHS = tuple(date_in_words(f"2000-{month:02}").split()[0] for month in range(1, 13))
_LESS = ("month", "shortmonth", "year")
_STYLES = ("long", "day", "short", "shortday", "iso", *_LESS)


def _date_style(text: str, edtf: str, *, known: str) -> str:
    """Return how a date is written, of which more may be known than is written; empty where no style is like that."""
    plain = _bare(text)
    styles = _LESS if len(edtf) < len(known) else _STYLES
    return next((style for style in styles if _bare(_write_date(edtf, style)) == plain), "")


def _write_date(edtf: str, style: str) -> str:
    """Return a date in a style; empty where it says less than the style, or a style of single days means a range."""
    if style == "long":
        return date_in_words(edtf)
    if style == "iso":
        return edtf
    if not _ISO.fullmatch(edtf):
        return ""
    year, *rest = edtf.split("-")
    month = _MONTHS[int(rest[0]) - 1] if rest and 1 <= int(rest[0]) <= 12 else ""
    brief = month if len(month) <= 4 else f"{month[:4] if month == 'September' else month[:3]}."
    day = int(rest[1]) if len(rest) > 1 else 0
    written = {"year": year}
    if month:
        written |= {"month": f"{month} {year}", "shortmonth": f"{brief} {year}"}
    if month and day:
        written |= {
            "day": f"{day} {month} {year}",
            "short": f"{brief} {day}, {year}",
            "shortday": f"{day} {brief} {year}",
        }
    return written.get(style, "")


def _literal(text: str) -> str:
    return text.replace("{", "(").replace("}", ")")


def _bare(text: str) -> str:
    return "".join(re.findall(r"\w", text.casefold()))
