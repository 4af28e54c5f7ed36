"""The name of a document: one rule for the stream, lists, search, history, the API, and every export."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

UNTITLED = "Untitled {kind}, {pages}"


def title_of(
    title: str, draft: str = "", *, kind: str = "", positions: Iterable[int], untitled: str = UNTITLED, number: int = 0
) -> str:
    """Return the title that was entered or accepted, else the draft, in one line; else the result of `untitled`.

    `untitled` makes for example "Untitled flyer, pages 12–14"; `positions`, the positions of the pages in scan order,
    is called only then.
    """
    named = name_of(title, draft)
    if named:
        return named
    places = sorted(positions)
    pages = f"{'page' if len(places) == 1 else 'pages'} {ranges(places)}"
    called = one_line(kind) if kind and kind != "other" else "document"
    if untitled == UNTITLED:  # a stream has thousands of them
        return f"Untitled {called}, {pages}"
    return one_line(untitled.replace("{kind}", called).replace("{pages}", pages).replace("{number}", str(number)))


def name_of(title: str, draft: str = "") -> str:
    """Return the title that was entered or accepted, else the draft, in one line; empty if there is neither."""
    return (title and one_line(title)) or (draft and one_line(draft))


def ranges(positions: list[int], dash: str = "–") -> str:
    """Write positions as ranges: 1–3, 5 for 1, 2, 3, 5."""
    if not positions:
        return ""
    first, last = positions[0], positions[-1]
    if last - first + 1 == len(positions):
        return str(first) if first == last else f"{first}{dash}{last}"
    runs = [[positions[0], positions[0]]]
    for before, now in pairwise(positions):
        if now == before + 1:
            runs[-1][1] = now
        else:
            runs.append([now, now])
    return ", ".join(str(a) if a == b else f"{a}{dash}{b}" for a, b in runs)


def clean(text: str) -> str:
    """Remove control characters and surrogates, which XML forbids and no catalog wants."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """Clean, and turn white space of any kind into single spaces."""
    return " ".join(clean(text).split())
