"""Find the sender, recipient, and subject of a letter, which give it a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from clustering.engine.drafting.headings import headings_of, is_date_line
from clustering.engine.drafting.layout import SeenLine, SeenPage
from clustering.engine.drafting.title_case import join_lines, tidy, title_case

MOST_SUBJECT = 3
"""Lines of a subject."""

_LABEL = re.compile(r"^\W*[A-Z][\w ]{1,15}:")
_MISREAD_TITLE = re.compile(r"^[^\W\dA-ZÀ-Ý_]{1,3}\.\s+(?=[A-ZÀ-Ý])")
"""A title that OCR misread before a name, such as "Mr." in "ir. Pugh"."""
_NAMELIKE = re.compile(r"\b[^\W\d_a-zà-öø-ÿ]\w|[^\W\d_]{4}")
"""A name in a salutation, such as "Jo" or "friends", but not "te", which OCR may leave of a name that it can't read."""


@lru_cache(maxsize=8)
def subject_of(page: SeenPage) -> str:
    """Return what follows "RE:" or "Subject:" in the upper 60 % of the page, with the lines on which it continues,
    indented below it; empty if no such line was read. Cached, because several ways to name a document need it."""
    pattern = page.terms.subject
    if not any(pattern.match(line.text) for line in pattern.among(page.lines, page.small)):
        return ""
    upper = [line for line in page.lines if line.top <= 0.6 and line.believed]
    for at, line in enumerate(upper):
        match = pattern.match(line.text)
        if match is None:
            continue
        taken = [line]
        for below in upper[at + 1 : at + MOST_SUBJECT]:
            if not _goes_on(taken[-1], below, label=line.left):
                break
            taken.append(below)
        return tidy(join_lines([match["subject"], *(below.text for below in taken[1:])]))
    return ""


def _goes_on(above: SeenLine, below: SeenLine, *, label: float) -> bool:
    """Whether a line continues the subject above it: right of the start of its label, without a blank line between."""
    gap = below.top - above.bottom
    near = gap <= max(above.bottom - above.top, 0.008) and below.left > label + 0.06
    return near and not _LABEL.match(below.text) and not is_date_line(below)


def salutation_of(page: SeenPage) -> SeenLine | None:
    """Return the line that addresses the reader."""
    read = (line for line in page.lines if line.confidence >= 50)
    return next((line for line in read if line.terms.salutation.search(line.text)), None)


def recipient_of(page: SeenPage) -> str:
    """Return the name in the inside address, or else in the salutation; empty if neither was read."""
    greeting = salutation_of(page)
    if greeting is None:
        return ""
    phrases = greeting.terms
    if block := inside_address_of(page):
        return phrases.honorific.sub("", _name_in(block[0]))
    named = tidy(re.sub(r"[_:;,].*$", "", phrases.addressing.sub("", greeting.text)))
    named = _MISREAD_TITLE.sub("", named)
    is_name = _NAMELIKE.search(named) and not phrases.addressed_to_nobody.match(named)
    return phrases.honorific.sub("", named) if is_name else ""


def inside_address_of(page: SeenPage) -> list[SeenLine]:
    """Return the lines above the salutation, along its left edge, that begin with a name; empty if there are none."""
    greeting = salutation_of(page)
    if greeting is None:
        return []
    above = [
        line
        for line in page.lines
        if line.bottom <= greeting.top + 0.005
        and greeting.top - line.top < 0.2
        and abs(line.left - greeting.left) < 0.05
    ]
    block = _last_block([line for line in above if not is_date_line(line)])
    is_address = block and block[0].confidence >= 60 and greeting.terms.name.match(_name_in(block[0]))
    return block if is_address else []


def _name_in(line: SeenLine) -> str:
    return tidy(_repaired(line.text))


def _repaired(name: str) -> str:
    """Return a name with periods after its initials in place of misread commas."""
    return re.sub(r"(?<=\b[A-Z]),(?=\s)", ".", name)


def _last_block(lines: Sequence[SeenLine]) -> list[SeenLine]:
    """Return the last lines that follow each other without a gap, at most six."""
    block: list[SeenLine] = []
    for line in reversed(lines):
        if block and block[0].top - line.bottom > 1.3 * max(line.bottom - line.top, 0.008):
            break
        block.insert(0, line)
    return block[-6:]


def signer_of(pages: Sequence[SeenPage]) -> str:
    """Return the typed name below the closing on the last page that has one; empty if none was read.

    It may be the recipient's: official letters have the address at the foot.
    """
    for page in reversed(pages):
        closing = next((line for line in page.lines if line.words <= 6 and line.terms.closing.search(line.text)), None)
        if closing is None:
            continue
        phrases = closing.terms
        for line in page.lines:
            if not (closing.bottom - 0.005 <= line.top <= closing.bottom + 0.16) or line.confidence < 60:
                continue
            name = tidy(re.split(r",\s+(?=[A-Z][a-z]{3,})|\s{2,}", _repaired(line.text))[0])
            if (
                phrases.name.match(name)
                and re.search(r"[a-z]{2}", name)
                and not phrases.officers.search(name)
                and not phrases.closing.search(name)
                and not phrases.salutation.search(line.text)
            ):
                return phrases.honorific.sub("", name)
    return ""


def letterhead_of(page: SeenPage, acronyms: frozenset[str]) -> str:
    """Return the organization or person in the letterhead: the best heading in the top quarter that is no longer than a
    name and not part of the inside address or the salutation."""
    address, greeting = inside_address_of(page), salutation_of(page)
    heads = [
        heading
        for heading in headings_of(page)
        if heading.top <= 0.25
        and not any(line in address or line is greeting for line in heading.lines)
        and not heading.text[:1].islower()  # the rest of a sentence
        and not re.search(r"\d{2}", heading.text)
        and heading.trust >= 0.6
        and len(heading.text) <= 90
        and not heading.terms.salutation.search(heading.text)
        and not heading.terms.subject.match(heading.text)
    ]
    if not heads:
        return ""
    best = max(heads, key=lambda heading: heading.score + 2.0 * (heading.lines[0].right - heading.lines[0].left))
    return title_case(best.text, acronyms)
