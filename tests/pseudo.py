"""A pseudo-locale that marks every sentence in a catalog, so that untranslated ones are noticed.

Only the sentence is marked, never the values in it: a value that is a word of the interface is found as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import trans_real
from django.utils.translation.trans_real import DjangoTranslation

CODE = "de"
"""The marks replace German, whose catalogs are complete, as test_translations ensures."""
VALUES = re.compile(r"(</?(?:a|b|em|strong|span|code|kbd)\b[^<>]*>|\{?%\(\w+\)[a-z]\}?|%[sd]|\{\w*\})")
NOT_READ = {"script", "style", "code", "pre", "kbd", "samp", "textarea"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TOLD = ("title", "aria-label", "placeholder", "alt", "data-label")
BREAK, HOLE = "\0", "\1"
WORD = re.compile(r"[A-Za-z]{2,}")


class Marked(DjangoTranslation):
    """German, used only to know which sentences are in the catalog."""

    _catalog: Any

    def gettext(self, message: str) -> str:
        """Return the English sentence in marks if the catalog has it, or else unchanged."""
        return mark(message) if message in self._catalog or (message, self.plural(1)) in self._catalog else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the same with a plural."""
        english = msgid1 if n == 1 else msgid2
        return mark(english) if (msgid1, 0) in self._catalog or (msgid1, 1) in self._catalog else english


def mark(message: str) -> str:
    """Return the message with marks around its words but not its values; formats of dates stay unchanged."""
    text = message.partition("\x04")[2] or message
    parts = enumerate(VALUES.split(text))
    return "".join(f"⟦{part}⟧" if WORD.search(part) and not at % 2 else part for at, part in parts)


@contextmanager
def marked() -> Iterator[None]:
    """Use the pseudo-locale for requests in the language CODE."""
    loaded: dict[str, DjangoTranslation] = vars(trans_real)["_translations"]
    kept = dict(loaded)
    loaded[CODE] = Marked(CODE)
    try:
        yield
    finally:
        loaded.clear()
        loaded.update(kept)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.attributes: list[str] = []
        self.nodes: list[str] = []

    @property
    def _skipped(self) -> bool:
        return any(skip for _, skip in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        skip = tag in NOT_READ or attributes.get("translate") == "no" or (tag != "html" and "lang" in attributes)
        if not skip and not self._skipped:
            self.attributes += [value for name in TOLD if (value := attributes.get(name))]
            if tag == "input" and attributes.get("type") in ("submit", "button") and attributes.get("value"):
                self.attributes.append(str(attributes["value"]))
        if tag not in VOID:
            self.open.append((tag, skip))

    def handle_endtag(self, tag: str) -> None:
        while tag in [name for name, _ in self.open]:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.nodes.append(" ".join(data.split()))


def bare(html: str, data: re.Pattern[str]) -> list[str]:
    """Return the texts and readable attributes that have words outside of marks and aren't data."""
    reader = _Reader()
    reader.feed(html)
    # A sentence may run over several nodes, so its marks are looked for in all of them at once.
    whole = BREAK.join(reader.nodes) + BREAK + BREAK.join(reader.attributes)
    before = None
    while before != whole:
        before, whole = whole, re.sub(r"⟦[^⟦⟧]*⟧", lambda match: BREAK if BREAK in match[0] else HOLE, whole)
    texts = [" ".join(text.replace(HOLE, " ").split()) for text in whole.split(BREAK)]
    return [text for text in texts if WORD.search(data.sub("", text))]
