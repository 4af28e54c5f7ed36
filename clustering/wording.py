"""How acts name pages, groups and people, and their sentences as data, so that everyone reads them in their language.

    sentence = say("Split %(number)s before page %(page)s.", number=12, page=31)
    sentence             # "Split 12 before page 31.": a str, in English
    as_data(sentence)    # {"text": "Split %(number)s …", "with": {"number": 12, "page": 31}}: for the database
    translated(sentence)       # in the language of now; of what as_data gave as well

Values may be sentences themselves. A template shows a sentence in the language of now by itself, `str` keeps what it
was made of, and a `SentenceField` stores it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import get_language_bidi, gettext, ngettext, override

from clustering import sentences
from clustering.engine import titles
from clustering.sentences import Phrasebook, Sentence, from_text, listed, made, plain_data, tell, to_text

_ISOLATE, _ISOLATE_END = "\u2068", "\u2069"
"""Around a title in another script, in a line that begins at the right."""


class _OfTheReader(Phrasebook):
    """The active language, from the catalogs."""

    def text(self, english: str) -> str:
        return gettext(english)

    def plural(self, one: str, many: str, count: int) -> str:
        return ngettext(one, many, count)

    def value(self, text: str) -> str:
        return f"{_ISOLATE}{text}{_ISOLATE_END}" if get_language_bidi() else text

    def number(self, value: float, *, grouped: bool = False) -> str:
        return number_format(value, force_grouping=grouped)

    def day(self, day: date) -> str:
        return date_format(day, "DATE_FORMAT")


_OF_THE_READER = _OfTheReader()


def _as_html(sentence: str) -> str:
    return escape(translated(sentence))


Sentence.as_html = _as_html


def say(text: str, /, **values: Any) -> Sentence:
    """Return a sentence by its English template. Lazy labels among the values appear in each reader's language."""
    return made({"text": text}, _known(values))


def say_n(one: str, many: str, count: int, /, **values: Any) -> Sentence:
    """Return a sentence in the singular or plural, by `count`. The templates may use %(count)s."""
    return sentences.say_n(one, many, count, **_known(values))


def say_of(text: str, count: int) -> Sentence:
    """Return a rule's sentence for a count. The template may use {n} and {one|many}."""
    return made({"text": text, "of": count}, {})


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: as_data(value) for name, value in values.items()}


def as_data(value: Any) -> Any:
    """Return a value for the database: a dict for a sentence, otherwise a number or text."""
    if isinstance(value, Promise):
        with override("en"):
            return {"text": str(value)}
    return plain_data(timezone.localdate(value) if isinstance(value, datetime) else value)


def translated(value: Any) -> str:
    """Return text in the active language of a sentence, its data, an error with a sentence, a number, or text."""
    if isinstance(value, BaseException):
        value = str(value)
    return tell(value.data if isinstance(value, Sentence) else value, _OF_THE_READER)


def fact_sentence(stored: Any) -> str:
    """Return a fact's sentence in the active language. It is stored as data or, without values, as English text."""
    return gettext(stored) if isinstance(stored, str) and stored else translated(stored or "")


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField  # it takes no type argument at run time


class SentenceField(_TextField):
    """A text column that stores a `Sentence` as data, and returns it as one. Plain text stays plain."""

    def get_prep_value(self, value: Any) -> Any:
        """Return what the database keeps."""
        value = super().get_prep_value(value)
        return to_text(value) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, *args: object) -> str | None:
        """Return the sentence."""
        return None if value is None else from_text(value)


if TYPE_CHECKING:
    _JSONField = models.JSONField[list[str], list[str]]
else:
    _JSONField = models.JSONField


class SentencesField(_JSONField):
    """A JSON column with a list of sentences."""

    def get_prep_value(self, value: Any) -> Any:
        """Return what the database keeps."""
        return super().get_prep_value([plain_data(sentence) for sentence in value])

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> list[str]:
        """Return the sentences."""
        stored = super().from_db_value(value, expression, connection) or []
        return [made(sentence, {}) if isinstance(sentence, dict) else sentence for sentence in stored]


MOST_NAMED = 6
"""Most ranges of pages, or groups, that a sentence names; more are counted."""


def stretches(positions: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and last of each unbroken range, ascending."""
    spans: list[tuple[int, int]] = []
    for position in sorted(set(positions)):
        if spans and position == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], position)
        else:
            spans.append((position, position))
    return spans


def pages_in_words(positions: Iterable[int]) -> Sentence:
    """Return pages in words: "page 5", "pages 31 to 36", "pages 3, 7, and 9 to 12", "41 pages between 3 and 90"."""
    places = sorted(set(positions))
    parts = stretches(places)
    if len(parts) > MOST_NAMED:
        return say(
            "%(count)s pages between %(first)s and %(last)s", count=len(places), first=places[0], last=places[-1]
        )
    named = listed([str(a) if a == b else say("%(first)s to %(last)s", first=a, last=b) for a, b in parts])
    return say_n("page %(named)s", "pages %(named)s", len(places), named=named)


def groups_in_words(numbers: Iterable[int]) -> Sentence:
    """Return documents in words: "document 12", "documents 12 and 13", "31 documents"."""
    known = sorted(set(numbers))
    if len(known) > MOST_NAMED:
        return say("%(count)s documents", count=len(known))
    return say_n("document %(named)s", "documents %(named)s", len(known), named=listed([str(n) for n in known]))


def counted_pages(count: int) -> Sentence:
    """Return "1 page", "3 pages"."""
    return say_n("%(count)s page", "%(count)s pages", count)


def counted_groups(count: int) -> Sentence:
    """Return "1 document", "3 documents"."""
    return say_n("%(count)s document", "%(count)s documents", count)


_FIELDS = {"title": say("title"), "kind": say("type"), "date": say("date"), "language": say("language")}


def in_words(field: str) -> str:
    """Return what the interface calls a field of which there are drafts: "type" for "kind"."""
    return _FIELDS.get(field, field)


def name_of(user: AbstractUser | None, *, to: AbstractUser | None = None) -> str:
    """Return the full name, or else the username; "You" if the sentence is `to` that person."""
    if user is None:
        return "hhreview"
    if to is not None and user.pk == to.pk:
        return say("You")
    return user.get_full_name() or user.get_username()


def title_of(title: str, draft: str = "", *, kind: str = "", positions: Iterable[int]) -> str:
    """Return what a document is called, in the active language. The engine has the same rule for exports."""
    named = titles.name_of(title, draft)
    if named:
        return named
    places = sorted(positions)
    what = gettext(titles.one_line(kind)) if kind and kind != "other" else gettext("document")
    untitled = ngettext("Untitled %(what)s, page %(places)s", "Untitled %(what)s, pages %(places)s", len(places))
    return untitled % {"what": what, "places": titles.ranges(places)}


def capital(sentence: str) -> str:
    """Return the sentence with a capital first letter."""
    return sentence.capitalize() if isinstance(sentence, Sentence) else sentence[:1].upper() + sentence[1:]


def percent(probability: float) -> int:
    """Return a probability as people see it. Everything counts with this, so that no two pages disagree."""
    return round(100 * probability)


# --- Lists of ids, in PostgreSQL's words ---------------------------------------------------------------------------
# Here, because every act needs them. `__in` and `__overlap` send each id separately, which takes Django and the driver
# ten times as long as the database needs to find thousands of rows.
if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup

NOTHING = "{}"


class _WithArray(_Lookup):
    """A column compared with an array of whole numbers."""

    prepare_rhs = False
    template = ""

    def __init__(self, column: str, ids: Iterable[int]) -> None:
        super().__init__(F(column), array_of(ids))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Return the condition. Without numbers, the query is not run."""
        if self.rhs == NOTHING:
            raise EmptyResultSet
        lhs, params = self.process_lhs(compiler, connection)
        return self.template.format(lhs), (*params, self.rhs)


class Among(_WithArray):
    """Whether a column is one of these numbers: `rows.filter(Among("group", ids))`."""

    lookup_name = "among"
    template = "{} = ANY(%s::bigint[])"


class Overlaps(_WithArray):
    """Whether an array in a column has one of these numbers."""

    lookup_name = "overlaps"
    template = "{} && %s::bigint[]"


def array_of(values: Iterable[float | None]) -> str:
    """Return an array as PostgreSQL writes it."""
    return f"{{{str(list(values))[1:-1]}}}".replace("None", "NULL")  # ten times as fast as one by one
