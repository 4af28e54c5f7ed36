"""Regular expressions for the words of a language, and the lines of a page in which they can match at all.

At each place of a line, Python tries all alternatives of an expression, though hardly any page has one of the words.
So `WordPattern.among` first looks for the words themselves in the whole page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Match = re.Match[str]
_Words = frozenset[str]


class Printed(Protocol):
    """Something with text, such as a line."""

    @property
    def text(self) -> str:
        """What is printed."""


Some = TypeVar("Some", bound=Printed)


class WordPattern:
    """A compiled expression that knows words of which each of its matches contains one."""

    search: Callable[[str], Match | None]
    match: Callable[[str], Match | None]
    finditer: Callable[[str], Iterator[Match]]
    sub: Callable[[str, str], str]

    def __init__(self, expression: str, flags: int = re.IGNORECASE) -> None:
        """Compile an expression, as `re.compile` does."""
        self.compiled = compiled = re.compile(expression, flags)
        self.search, self.match, self.finditer = compiled.search, compiled.match, compiled.finditer
        self.sub = compiled.sub
        self.words = tuple(needed_words(expression))
        """In lower case; empty if none are known."""

    def among(self, lines: Sequence[Some], page: SmallText) -> Sequence[Some]:
        """Return the lines of a page that may match; `page` has at least these lines."""
        if not self.words:
            return lines
        words = [word for word in self.words if word in page.whole]
        return [line for line in lines if any(map(page.by_line[id(line)].__contains__, words))] if words else ()


class SmallText:
    """The text of a page in lower case, with what expressions take for ASCII letters or digits as such."""

    __slots__ = ("by_line", "whole")

    def __init__(self, lines: Sequence[Printed]) -> None:
        """Take all lines, which have to live as long as this."""
        whole = "\0".join(line.text.replace("\0", " ") for line in lines).lower()
        self.whole = whole if whole.isascii() else _ALIKE.sub(lambda sign: _PLAIN.get(sign[0], "0"), whole)
        self.by_line = dict(zip(map(id, lines), self.whole.split("\0"), strict=bool(lines)))


_PLAIN = {"ſ": "s", "ı": "i", "\u0307": ""}
_ALIKE = re.compile(rf"[{''.join(_PLAIN)}]|[^\x00-\x7f\D]")
"""The last are digits of other scripts."""
_DIGITS = frozenset("0123456789")
_UNREADABLE = re.compile(r"\\[xuUN0-9]")
"""Escapes of letters, and references to groups."""
_GROUP = re.compile(r"\(\?(?:P<\w+>|[a-z]*:)|\((?!\?)")
"""The beginning of a group that matches contain."""
_ASIDE = re.compile(r"\(\?<?[=!]")
"""The beginning of a condition on what is around a match."""
_CLASS = re.compile(r"\[(\^?\]?(?:\\.|[^\]\\])*)\]")
_TIMES = re.compile(r"(?:[*+?]|\{(\d*)(?:,\d*)?\})[?+]?")


def needed_words(expression: str) -> _Words:
    """Return words, in lower case, of which each match of an expression contains one; none if there are no such words
    or they are single letters, which are everywhere."""
    if _UNREADABLE.search(expression):
        return frozenset()
    words, _ = _of_alternatives(expression, 0)
    if any(len(word) == 1 and word.isalpha() for word in words):
        return frozenset()
    return frozenset(word for word in words if not any(other != word and other in word for other in words))


def _of_alternatives(expression: str, at: int) -> tuple[_Words, int]:
    """Return the needed words of the alternatives that begin here, and where these end."""
    every: list[_Words] = []
    while True:
        words, at = _of_sequence(expression, at)
        every.append(words)
        if expression[at : at + 1] != "|":
            return (frozenset().union(*every) if all(every) else frozenset()), at
        at += 1


def _of_sequence(expression: str, at: int) -> tuple[_Words, int]:
    """Return the longest needed words of one alternative, and where it ends."""
    best: _Words = frozenset()
    letters = ""
    while at < len(expression) and expression[at] not in "|)":
        words, literal, at = _of_piece(expression, at)
        times = _TIMES.match(expression, at)
        if times:
            at = times.end()
            if times.group()[0] in "*?" or times[1] in ("", "0"):
                words, literal = frozenset(), ""
        letters += literal
        if times or not literal:
            best, letters = _longer(best, _plain(letters), words), ""
    return _longer(best, _plain(letters)), at


def _of_piece(expression: str, at: int) -> tuple[_Words, str, int]:
    """Return the needed words of the group or class that begins here, or else the sign that stands here for itself,
    and where it ends."""
    if aside := _ASIDE.match(expression, at):
        return frozenset(), "", _of_alternatives(expression, aside.end())[1] + 1
    if group := _GROUP.match(expression, at):
        words, end = _of_alternatives(expression, group.end())
        return words, "", end + 1
    if signs := _CLASS.match(expression, at):
        is_list = not re.search(r"[\w^\\-]", signs[1])
        return frozenset(signs[1] if is_list else ()), "", signs.end()
    if expression[at] == "\\":
        sign = expression[at + 1]
        return (_DIGITS if sign == "d" else frozenset()), "" if sign.isalnum() else sign, at + 2
    return frozenset(), "" if expression[at] in ".^$" else expression[at].lower(), at + 1


def _plain(letters: str) -> _Words:
    """Return the longest part without letters beyond ASCII, whose lower case isn't the same everywhere."""
    parts = "".join(sign if sign.isascii() or not sign.isalpha() else "\0" for sign in letters).split("\0")
    longest = max(parts, key=len)
    return frozenset([longest] if longest else ())


def _longer(*several: _Words) -> _Words:
    """Return the words of which the shortest is longest."""
    return max(several, key=lambda words: min(map(len, words), default=0))
