"""Draft the title of a group: what an archivist would copy from the document, in the order of a catalog entry.

Letters are named by sender and recipient, memorandums by the lines at their head, serials by masthead, number, and
date, speeches by their whole heading, numbered sheets by series, number, and heading, everything else by its best
heading. Without a line that is readable and large or set off enough, there is no title: noise in a title field is worse
than an empty one. Titles in handwriting never have enough confidence to be accepted unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.drafting.headings import LEAST_TRUST, Heading, headings_of, is_date_line
from clustering.engine.drafting.layout import SeenLine, SeenPage, lines_in_words
from clustering.engine.drafting.letters import letterhead_of, recipient_of, signer_of, subject_of
from clustering.engine.drafting.serials import serial_title
from clustering.engine.drafting.title_case import acronyms_of, is_small, join_lines, shorten, tidy, title_case
from clustering.engine.drafting.title_trust import probability, title_facts
from clustering.engine.records import Drafted

LEAST_SCORE = 0.6
"""Least score of a heading that is a title; those below are captions, labels, and lines of text."""

COVER_TEXT = 80
"""Most words on a cover. A page with more words and without a heading is named by its first words."""

FIRST_WORDS = 10

LONGEST_HOUSE = 56
"""Longest name in a letterhead, in characters, that is added to the signer's."""

HANDWRITTEN = 0.45
"""Greatest confidence of a title in handwriting: less than even odds, since hardly a word is read right."""

BROKEN_OFF = 0.45
"""Greatest confidence of a heading that ends in a word such as "of" or "for": the rest wasn't read."""

SURE_DATE = 0.6
"""Least confidence of a date that is added to the title."""


def draft_title(pages: Sequence[SeenPage], kind: Drafted | None, date: Drafted | None) -> Drafted | None:
    """Return the group's title, at most 120 characters; None if nothing is reliable enough."""
    best = weigh_title(pages, kind, date)
    if best is None:
        return None
    drafted, facts = best
    confidence = probability(facts)
    if facts["handwritten"]:
        confidence = min(confidence, HANDWRITTEN)
    if is_small(drafted.value.rsplit(" ", 1)[-1]):
        confidence = min(confidence, BROKEN_OFF)
    confidence = round(confidence, 2)
    return replace(drafted, confidence=confidence, chances={drafted.value: confidence})


def weigh_title(
    pages: Sequence[SeenPage], kind: Drafted | None, date: Drafted | None
) -> tuple[Drafted, dict[str, float]] | None:
    """Return the title, with how well its way of naming fits as its confidence, and the facts of `title_facts`."""
    read = [page for page in pages if page.lines]
    date = date if date is not None and date.confidence >= SURE_DATE else None
    if not read:
        return None
    name = kind.value if kind else ""
    for draft in _ways(read, name, date, acronyms_of(pages)):
        if (drafted := draft()) is not None:
            parts = {**(drafted.parts or {"heading": drafted.value}), "date": date.value if date else ""}
            drafted = replace(drafted, parts={part: text for part, text in parts.items() if text})
            return drafted, title_facts(drafted, read, handwritten=name == "manuscript")
    return None


def _ways(
    read: Sequence[SeenPage], kind: str, date: Drafted | None, acronyms: frozenset[str]
) -> Iterator[Callable[[], Drafted | None]]:
    """Yield the ways to name a document of this kind, the best first."""
    first = read[0]
    if kind == "letter":
        yield partial(_letter_title, read, date, acronyms)
    if kind == "memorandum" or (kind != "letter" and subject_of(first) and _memo_line(first)):
        yield partial(_memo_title, first, date, acronyms)
    if kind == "newsletter":
        yield partial(serial_title, read, date, acronyms)
    if first.terms.fact_sheet.search(" ".join(line.text for line in first.lines if line.top <= 0.3)):
        yield partial(_sheet_title, first, acronyms)
    if kind == "press release":
        yield partial(_release_title, first, acronyms)
    if kind in {"speech", "press release", "flyer", "other", "report"}:
        yield partial(_statement_title, first, acronyms)
    yield partial(_subject_title, first, acronyms)
    yield partial(_heading_title, read, acronyms)


def _letter_title(pages: Sequence[SeenPage], date: Drafted | None, acronyms: frozenset[str]) -> Drafted | None:
    first = pages[0]
    signer, head = signer_of(pages), letterhead_of(first, acronyms)
    recipient, subject = recipient_of(first), subject_of(first)
    signer = "" if signer.lower() == recipient.lower() else signer
    sender = signer or head
    if (not sender and not recipient) or re.search(r"(?i)\b(?:sample|form) letter\b", head):
        return None
    parts = ["Letter"]
    if sender:
        known = signer and is_house(head, signer)
        parts.append(f"from {signer} ({head})" if known else f"from {sender}")
    if recipient:
        parts.append(f"to {recipient}")
    if subject:
        parts.append(f"regarding {title_case(subject, acronyms)}")
    text = " ".join(parts) + (f", {date_in_words(date.value)}" if date else "")
    grounds = [
        "the name below the closing" if signer else "the letterhead" if sender else "",
        "the inside address or salutation" if recipient else "",
        "the subject line" if subject else "",
    ]
    title = " and ".join(ground for ground in grounds if ground)
    confidence = 0.8 if signer and recipient else 0.6 if sender and recipient else 0.45
    named = {"signer": signer, "house": head, "recipient": recipient, "subject": title_case(subject, acronyms)}
    return Drafted(shorten(text), confidence, f"page {first.number + 1}: {title}", parts=named)


def _memo_title(page: SeenPage, date: Drafted | None, acronyms: frozenset[str]) -> Drafted | None:
    """Return the title of a memorandum from the lines at its head; None without a sender, recipient, or subject."""
    head = [line for line in page.lines if line.top <= 0.5 and line.believed]
    sender, recipient = (_named(head, which) for which in ("memo_from", "memo_to"))
    subject = subject_of(page)
    if not sender and not recipient and not subject:
        return None
    parts = [_memo_name(page)]
    if sender:
        parts.append(f"from {title_case(sender, acronyms)}")
    if recipient:
        parts.append(f"to {title_case(recipient, acronyms)}")
    if subject:
        parts.append(f"regarding {title_case(subject, acronyms)}")
    text = " ".join(parts) + (f", {date_in_words(date.value)}" if date else "")
    confidence = 0.7 if subject and (sender or recipient) else 0.5
    named = {"signer": sender, "recipient": recipient, "subject": subject}
    known = {name: title_case(text, acronyms) for name, text in named.items()}
    ground = f"page {page.number + 1}: the lines at the head of the memorandum"
    return Drafted(shorten(text), confidence, ground, parts=known)


def _memo_line(page: SeenPage) -> SeenLine | None:
    """Return the line at the head by which a memorandum calls itself so, if it does."""
    head = (line for line in page.lines if line.top <= 0.5 and line.believed and line.words <= 6)
    return next((line for line in head if line.terms.memorandum.match(line.text)), None)


def _memo_name(page: SeenPage) -> str:
    """Return "Memorandum", or as it calls itself where that goes on in a small word: "Memorandum for the Record"."""
    line = _memo_line(page)
    words = tidy(line.text).split() if line else []
    goes_on = len(words) > 1 and is_small(words[1]) and ":" not in words[-1]
    return title_case(" ".join(words)) if goes_on else "Memorandum"


def _named(lines: Sequence[SeenLine], which: str) -> str:
    """Return the name after "TO:" or "FROM:"; empty if no such line was read."""
    matches = (getattr(line.terms, which).match(line.text) for line in lines if line.words <= 14)
    return next((name for match in matches if match and re.search(r"[^\W\d_]{3}", name := tidy(match["name"]))), "")


def is_house(head: str, signer: str) -> bool:
    """Whether a letterhead names an organization worth adding to the signer, rather than another person."""
    return len(head) <= LONGEST_HOUSE and head.lower() != signer.lower() and len(re.findall(r"[^\W\d_]{3,}", head)) >= 3


def _sheet_title(page: SeenPage, acronyms: frozenset[str]) -> Drafted | None:
    """Return series, number, and heading of a fact sheet: "A Program for America, Fact Sheet #7: Decent Homes"."""
    numbered = next(
        (
            line
            for line in page.lines
            if line.top <= 0.3 and page.terms.fact_sheet.search(line.text) and line.words <= 12
        ),
        None,
    )
    if numbered is None:
        return None
    match = page.terms.sheet_number.search(numbered.text)
    if match is None or not re.search(r"\d", match.group()):
        return Drafted(
            shorten(title_case(tidy(numbered.text), acronyms)), 0.7, f"{lines_in_words((numbered,))}: heading"
        )
    number = tidy(match.group())
    series = tidy(re.sub(r"\s+[^\W\d_]?\d?$", "", numbered.text[: match.start()].rstrip()))
    below = [
        heading
        for heading in headings_of(page)
        if numbered.top - 0.01 <= heading.top <= 0.45
        and heading.trust >= LEAST_TRUST
        and numbered not in heading.lines
        and heading.score > 0
    ]
    heading = below[0] if below else None
    parts = [title_case(series, acronyms), title_case(number, acronyms)]
    text = ", ".join(part for part in parts if part)
    if heading is not None:
        text += f": {title_case(heading.text, acronyms)}"
    named = {"series": series, "number": number, "heading": heading.text if heading is not None else ""}
    return Drafted(
        shorten(text),
        0.7 if heading is not None else 0.5,
        f"{lines_in_words((numbered,))}: the sheet's number and heading",
        parts={name: title_case(part, acronyms) for name, part in named.items()},
    )


def _release_title(page: SeenPage, acronyms: frozenset[str]) -> Drafted | None:
    """Return the headline of a press release: the best heading between the release line and the text."""
    release = next((line for line in page.lines if line.top <= 0.5 and page.terms.release.search(line.text)), None)
    start = release.bottom if release is not None else 0.12
    below = [
        heading
        for heading in headings_of(page)
        if start - 0.005 <= heading.top <= 0.6
        and heading.trust >= LEAST_TRUST
        and (heading.size >= 1.2 or heading.lines[0].capitals)
    ]
    if not below:
        return None
    text = title_case(below[0].text, acronyms)
    return Drafted(shorten(text), 0.7, f"{lines_in_words(below[0].lines)}: headline below the release line")


def _statement_title(page: SeenPage, acronyms: frozenset[str]) -> Drafted | None:
    """Return the whole heading of a statement or address, from the line with that word to the date or the text."""
    opening = next(
        (
            line
            for line in page.lines
            if line.top <= 0.35 and line.believed and line.words <= 12 and page.terms.speech.search(line.text)
        ),
        None,
    )
    if opening is None:
        return None
    taken = [opening]
    for line in page.lines[opening.place + 1 :]:
        last = taken[-1]
        spaced = abs((line.left + line.right) - (opening.left + opening.right)) < 0.06
        far = line.top - last.bottom > (2.2 if spaced else 1.2) * max(last.bottom - last.top, 0.01)
        if (
            far
            or is_date_line(line)
            or page.terms.address.search(line.text)
            or line.words > 12
            or not line.believed
            or len(taken) >= 7
        ):
            break
        taken.append(line)
    text = title_case(tidy(join_lines(line.text for line in taken)), acronyms)
    return Drafted(shorten(text), 0.7, f"{lines_in_words(taken)}: heading of a statement or address")


def _subject_title(page: SeenPage, acronyms: frozenset[str]) -> Drafted | None:
    """Return what the line "SUBJECT: …" says, as its writer calls a cable or a dispatch; not below a larger heading."""
    subject = subject_of(page)
    if not subject:
        return None
    best = next((heading for heading in headings_of(page) if heading.trust >= LEAST_TRUST), None)
    if best is not None and best.size >= 1.5 and best.top < 0.3:
        return None
    return Drafted(shorten(title_case(subject, acronyms)), 0.6, f"page {page.number + 1}: the subject line")


def _heading_title(pages: Sequence[SeenPage], acronyms: frozenset[str]) -> Drafted | None:
    """Return the best heading of the first page, or of the next two after a cover, or else the first words."""
    for page in pages[:3]:
        ranked = [heading for heading in headings_of(page) if heading.trust >= LEAST_TRUST]
        if page.number > 0:
            ranked = [heading for heading in ranked if heading.top <= 0.35 and heading.size >= 1.15]
        best = ranked[0] if ranked else None
        if best is not None and best.score >= LEAST_SCORE and len(re.sub(r"\W", "", best.text)) >= 3:
            return _from_heading(best, ranked, acronyms)
        if sum(line.words for line in page.lines if line.confidence >= 60) > COVER_TEXT:
            return _first_words(page)
    return None


def _from_heading(best: Heading, ranked: Sequence[Heading], acronyms: frozenset[str]) -> Drafted:
    ahead = best.score - (ranked[1].score if len(ranked) > 1 else 0.0)
    confidence = max(0.2, min(0.9, 0.35 + 0.12 * best.score * best.trust + 0.08 * min(ahead, 2.0)))
    largest = best.size >= max(heading.size for heading in ranked) - 0.01 and best.size >= 1.3
    ground = "largest type" if largest else "heading"
    # The title is right if the heading was both chosen and read right.
    certain = confidence * best.trust * (1.0 if best.lines[0].page == 0 else 0.65)
    subject = best.terms.subject.match(best.text)
    text = tidy(subject["subject"]) if subject else best.text
    return Drafted(shorten(title_case(text, acronyms)), round(certain, 2), f"{lines_in_words(best.lines)}: {ground}")


def _is_inside(line: SeenLine, page: SeenPage) -> bool:
    """Whether a sentence or a paragraph is under way in a line: what begins it wasn't read."""
    height = max(line.bottom - line.top, 0.008)
    above = (other for other in page.lines[: line.place] if other.words >= 4 and line.top - other.bottom < height)
    return line.text[:1].islower() or any(not other.believed for other in above)


def _first_words(page: SeenPage) -> Drafted | None:
    """Return the first words in quotation marks, as catalogs name a document without a heading."""
    opening = [line for line in page.lines if line.confidence >= 75 and line.plausible >= 0.9 and line.words >= 4]
    if not opening or opening[0].top > 0.5 or _is_inside(opening[0], page):
        return None
    words = tidy(join_lines(line.text for line in opening[:2])).split()
    taken = " ".join(words[:FIRST_WORDS]).rstrip(' ,;:.“"(-')
    return Drafted(f"“{taken}…”", 0.3, f"{lines_in_words(opening[:1])}: first words, no heading was read")
