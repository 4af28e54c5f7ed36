"""Give all issues of a serial the same name, however OCR read the masthead of each.

Mastheads are drawn, and each is misread in its own way. The name is what people entered, or what several issues of the
collection agree on. Issues whose name differs from it by a letter or two get it, too.

    names = SerialNames(["The Minuteman, Vol. 1, May 1983", "The Minuteman, Vol. 2"], entered=[])
    names.corrected("The inuteman, Vol. 3, May 1985")    # "The Minuteman, Vol. 3, May 1985"
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from difflib import SequenceMatcher, get_close_matches

from clustering.engine.drafting.date_forms import find_dates
from clustering.engine.drafting.terms import terms
from clustering.engine.drafting.title_case import is_small
from clustering.engine.languages import languages
from clustering.engine.records import Drafted, GroupDraft

SERIAL = "newsletter"
"""Kind of documents whose titles begin with the name of a serial."""
LEAST_ALIKE = 0.9
"""Least similarity (`difflib`) of a misread name and the right one: one letter in ten is added, lost, or misread."""


def serial_name(title: str) -> str:
    """Return the part of an issue's title before its number or date; empty if it has neither."""
    starts = [match.start() for code in languages() if (match := terms(code).issue_number.search(title))]
    starts += [date.start for date in find_dates(title)[:1]]
    return title[: min(starts)].rstrip(" ,;:.(–—-") if starts else ""


def renamed(title: str, name: str) -> str:
    """Return the title of an issue with its serial's name replaced."""
    return name + title[len(serial_name(title)) :]


def with_name(drafted: Drafted, change: Callable[[str], str]) -> Drafted:
    """Return the draft of an issue's title with another name of its serial, which `change` puts into titles."""
    chances = {change(title): chance for title, chance in drafted.chances.items()}
    parts = dict(drafted.parts)
    if "name" in parts and chances:
        parts["name"] = serial_name(next(iter(chances))) or parts["name"]
    return replace(drafted, value=change(drafted.value), chances=chances, parts=parts)


def is_same_serial(drafted: str, entered: str) -> bool:
    """Whether the entered name corrects the drafted one rather than naming another serial: a letter or two differ,
    words were dropped, or small words were added."""
    read, meant = ([word for word in _words(name) if not is_small(word)] for name in (drafted, entered))
    if not read or not meant:
        return False
    alike = SequenceMatcher(None, "".join(read), "".join(meant), autojunk=False).ratio()
    return alike >= LEAST_ALIKE or set(meant) <= set(read)


def is_issue(draft: GroupDraft) -> bool:
    """Whether a draft has the title of a serial's issue, and hhreview drafted it."""
    return draft.title is not None and not draft.title.given and draft.kind is not None and draft.kind.value == SERIAL


class SerialNames:
    """Names of the serials in a collection."""

    def __init__(self, drafted: Iterable[str], entered: Iterable[tuple[str, str]]) -> None:
        """Take the titles of the issues of a collection.

        Parameters
        ----------
        drafted : iterable of str
            Titles as drafted.
        entered : iterable of (str, str)
            Drafted titles, and what people entered in their place, the latest last.
        """
        self._entered: dict[str, str] = {}
        """Names that people entered, by their own letters and by those of the drafted name."""
        for draft, title in entered:
            name, read = serial_name(title), serial_name(draft)
            if _letters(name):
                self._entered[_letters(name)] = name
            if is_same_serial(read, name):
                self._entered[_letters(read)] = name
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for title in drafted:
            if letters := _letters(name := serial_name(title)):
                spellings[letters][name] += 1
        agreed = {letters: names.most_common(1)[0][0] for letters, names in spellings.items() if names.total() > 1}
        self._known = {**agreed, **self._entered}

    def corrected(self, title: str) -> str:
        """Return the title of an issue with the right name of its serial; unchanged if that is unknown."""
        letters = _letters(serial_name(title))
        if not letters:
            return title
        if letters not in self._known:
            letters = next(iter(get_close_matches(letters, self._known, n=1, cutoff=LEAST_ALIKE)), "")
        return renamed(title, self._known[letters]) if letters else title

    def named(self, drafted: Drafted) -> Drafted:
        """Return the draft of an issue's title with the name of its serial, in all that it keeps."""
        return with_name(drafted, self.corrected)

    def draft(self, draft: GroupDraft) -> GroupDraft:
        """Return a draft with the right name of its serial in the title."""
        if draft.title is None or not is_issue(draft):
            return draft
        return replace(draft, title=self.named(draft.title))


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name.casefold())


def _letters(name: str) -> str:
    """Return the letters of a name in lower case, without the blanks, specks, and numbers that OCR adds, and without an
    article at the beginning, which mastheads often print so small or ornate that it isn't read."""
    words = _words(name)
    return "".join(words[1:] if len(words) > 1 and is_small(words[0]) else words)
