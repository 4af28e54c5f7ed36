"""Sentences kept as data, for every part of the program: English at once, any language later. Knows no Django.

    sentence = say("Split %(number)s before page %(page)s.", number=12, page=31)
    sentence             # "Split 12 before page 31.": a str, in English
    sentence.data        # {"text": "Split %(number)s …", "with": {"number": 12, "page": 31}}

Values may be sentences themselves, or exceptions that were raised with one. `clustering.wording` tells them in the
reader's language.
"""

from __future__ import annotations

import errno
import html
import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

_MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


class Sentence(str):
    """English, with what it was made of."""

    data: dict[str, Any]
    as_html: ClassVar[Callable[[str], str]] = html.escape
    """How a template shows one; `clustering.wording` puts the reader's language here."""

    def __str__(self) -> Sentence:
        """Return itself, so that exceptions and forms, which call `str`, keep its data."""
        return self

    def __html__(self) -> str:
        """Return it in the reader's language, for templates."""
        return type(self).as_html(self)

    def __add__(self, other: str) -> Sentence:
        """Return both, one after the other."""
        return say("%(one)s%(two)s", one=self, two=other) if other else self

    def capitalize(self) -> Sentence:
        """Return it with a capital first letter."""
        return made({"text": "%(whole)s", "first": "upper"}, {"whole": self})

    def small(self) -> Sentence:
        """Return it with a small first letter, to follow a colon."""
        return made({"text": "%(whole)s", "first": "lower"}, {"whole": self})


class Phrasebook:
    """What differs between languages in a sentence. This is English, the language of the templates."""

    def text(self, english: str) -> str:
        """Return a template in this language."""
        return english

    def plural(self, one: str, many: str, count: int) -> str:
        """Return the template for this number of things."""
        return one if count == 1 else many

    def value(self, text: str) -> str:
        """Return a value for a template, isolated if it could reverse the direction of the text around it."""
        return text

    def number(self, value: float, *, grouped: bool = False) -> str:
        """Return a number; `grouped` with separators between thousands."""
        return f"{value:,}" if grouped else str(value)

    def day(self, day: date) -> str:
        """Return a date."""
        return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


_ENGLISH = Phrasebook()


def say(text: str, /, **values: Any) -> Sentence:
    """Return a sentence by its English template, which is in the catalogs, and the values of its %(names)s."""
    return made({"text": text}, values)


def say_n(one: str, many: str, count: int, /, **values: Any) -> Sentence:
    """Return a sentence in the singular or plural, by `count`. The templates may use %(count)s."""
    return made({"text": one, "many": many, "count": count}, {"count": count, **values})


def grouped(number: int) -> Sentence:
    """Return a large number for a sentence: 10,000; in German 10.000."""
    return made({"text": "%(number)s", "with": {"number": {"number": number}}}, {})


def made(data: dict[str, Any], values: dict[str, Any]) -> Sentence:
    """Return the sentence with this data. The values are added to `data`."""
    if values:
        data["with"] = {name: plain_data(value) for name, value in values.items()}
    sentence = Sentence(tell(data, _ENGLISH))
    sentence.data = data
    return sentence


def plain_data(value: Any) -> Any:
    """Return a value as JSON can keep it: a dict for a sentence, else a number or text."""
    if isinstance(value, BaseException):
        value = str(value)
    if isinstance(value, Sentence):
        return value.data
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value if isinstance(value, (int, float, dict)) else str(value)


_ONE_OR_MANY = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


def tell(value: Any, book: Phrasebook) -> str:
    """Return a value from `plain_data` as text in a language."""
    if isinstance(value, float):
        return book.number(value)
    if not isinstance(value, dict):
        return str(value)
    if "date" in value:
        return book.day(date.fromisoformat(value["date"]))
    if "number" in value:
        return book.number(value["number"], grouped=True)
    many, count = value.get("many"), value.get("count", 0)
    text = book.text(value["text"]) if many is None else book.plural(value["text"], many, count)
    if "of" in value:
        at = 1 if value["of"] == 1 else 2
        text = text.replace("{n}", book.number(value["of"], grouped=True))
        return _ONE_OR_MANY.sub(lambda match: match[at], text)
    values = {name: _counted(name, part) for name, part in value.get("with", {}).items()}
    sentence = text % {name: book.value(tell(part, book)) for name, part in values.items()} if values else text
    first = value.get("first")
    return sentence if first is None else getattr(sentence[:1], first)() + sentence[1:]


def _counted(name: str, value: Any) -> Any:
    """How many things there are has a sign between thousands; pages and documents are called as they are."""
    return {"number": value} if name == "count" and isinstance(value, int) else value


def renamed(value: str, old: str, new: str) -> str:
    """Return the text with a name replaced; of a sentence, in its values."""
    if not isinstance(value, Sentence):
        return value.replace(old, new)
    return made(_renamed(value.data, old, new), {})


def _renamed(data: Any, old: str, new: str) -> Any:
    if isinstance(data, str):
        return data.replace(old, new)
    if not isinstance(data, dict):
        return data
    values = {name: _renamed(part, old, new) for name, part in data.get("with", {}).items()}
    return {**data, "with": values} if values else data


_STORED = '{"text": '
"""How a stored sentence begins; other text that begins so gets a space before it."""


def to_text(value: str) -> str:
    """Return a sentence as JSON for a column of text; other text as it is."""
    if isinstance(value, Sentence):
        return json.dumps(value.data, ensure_ascii=False)
    return f" {value}" if value.startswith(_STORED) else value


def from_text(text: str) -> str:
    """Return what `to_text` was given: a Sentence, or plain text."""
    return made(json.loads(text), {}) if text.startswith(_STORED) else text


def listed(parts: Sequence[str]) -> str:
    """Return a list in words: a; a and b; a, b, and c."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    if len(parts) == 2:
        return say("%(first)s and %(last)s", first=parts[0], last=parts[1])
    so_far = parts[0]
    for part in parts[1:-1]:
        so_far = say("%(first)s, %(next)s", first=so_far, next=part)
    return say("%(first)s, and %(last)s", first=so_far, last=parts[-1])


_FAILURES = {
    errno.ENOENT: say("no such file or folder"),
    errno.EACCES: say("permission denied"),
    errno.EPERM: say("not permitted"),
    errno.EROFS: say("the disk is read-only"),
    errno.ENOSPC: say("the disk is full"),
    errno.EDQUOT: say("the quota is used up"),
    errno.EIO: say("the disk reports an error"),
    errno.ENOTDIR: say("not a folder"),
    errno.EISDIR: say("a folder"),
    errno.ENAMETOOLONG: say("the name is too long"),
    errno.ELOOP: say("a link points back to itself"),
    errno.EMFILE: say("too many open files"),
    errno.ESTALE: say("the shared folder is gone"),
}


def failure(error: OSError) -> str:
    """Return why the system could not do something, to put in parentheses."""
    known = _FAILURES.get(error.errno or 0)
    return known or error.strerror or str(error) or type(error).__name__
