"""What describes a document: its fields, their values, and how each is written as JSON and as one line of text.

Title, kind, date, language, and note have columns of their own. All others are `Details`, stored as one JSON object
without empty values: {"creators": [{"label": "Chavez, Cesar", "uri": "http://…"}], "summary": "…"}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from clustering.sentences import say


class WrongValue(ValueError):
    """A value that its field can't hold. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A name or heading, with its address in a vocabulary if it has one."""

    label: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """The description of a document without title, kind, date, language, and note."""

    creators: tuple[NamedTerm, ...] = ()
    subjects: tuple[NamedTerm, ...] = ()
    people: tuple[NamedTerm, ...] = ()
    places: tuple[NamedTerm, ...] = ()
    summary: str = ""
    rights: str = ""
    box: str = ""
    identifier: str = ""
    kind_uri: str = ""
    """Address of the kind in a vocabulary, if it was chosen from one."""

    def to_json(self) -> dict[str, Any]:
        """Return it as stored, without empty values."""
        kept: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value:
                kept[field.name] = terms_json(value) if isinstance(value, tuple) else value
        return kept


def details_from(kept: Mapping[str, Any]) -> Details:
    """Read what `Details.to_json` wrote; invalid parts are ignored."""
    known: dict[str, Any] = {}
    for name, value in kept.items():
        if name in TERM_FIELDS and isinstance(value, list):
            known[name] = tuple(term for part in value if (term := _term_from(part)) is not None)
        elif name in TEXT_DETAILS and isinstance(value, str):
            known[name] = value
    return Details(**known)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a description."""

    name: str
    label: str
    most: int
    """Longest value, or longest term, in characters."""
    holds: str = "text"
    """"text", "lines" (a longer text), "date", or "terms"."""
    is_column: bool = False
    """Whether it has a column of its own."""


FIELDS: tuple[Field, ...] = (
    Field("title", "Title", 500, is_column=True),
    Field("kind", "Type", 40, is_column=True),
    Field("date", "Date", 60, holds="date", is_column=True),
    Field("creators", "Creators", 300, holds="terms"),
    Field("summary", "Summary", 10_000, holds="lines"),
    Field("subjects", "Subjects", 300, holds="terms"),
    Field("people", "People", 300, holds="terms"),
    Field("places", "Places", 300, holds="terms"),
    Field("language", "Language", 60, is_column=True),
    Field("rights", "Rights", 2000),
    Field("box", "Box and folder", 200),
    Field("identifier", "Identifier", 200),
    Field("note", "Note", 10_000, holds="lines", is_column=True),
)
"""In the order of forms and tables."""

BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}
TERM_FIELDS = frozenset(field.name for field in FIELDS if field.holds == "terms")
DETAILS = tuple(field.name for field in FIELDS if not field.is_column)
TEXT_DETAILS = frozenset({"kind_uri", *(name for name in DETAILS if name not in TERM_FIELDS)})
MOST_TERMS = 100
MOST_URI = 500
_WITH_URI = re.compile(r"(?s)(?P<label>.*?)\s*<(?P<uri>[a-z][a-z0-9+.-]*:[^<>\s]+)>", re.IGNORECASE)


def read_terms(value: object, *, called: str, most: int = 300) -> tuple[NamedTerm, ...]:
    """Read terms from a form, a table, or JSON, without duplicates. Raises WrongValue.

    Accepts one line of text as `terms_line` writes it, or a list of labels and {"label", "uri"}.
    """
    read: Sequence[NamedTerm | None]
    if isinstance(value, str):
        read = _terms_of_line(value)
    else:
        read = [_term_from(part) for part in value] if isinstance(value, list | tuple) else [None]
    terms = [term for term in read if term is not None]
    if len(terms) < len(read):
        raise WrongValue(
            say(
                "The %(called)s are not a list of names. Give a label, and an address where there is one.",
                called=called,
            )
        )
    if len(terms) > MOST_TERMS:
        raise WrongValue(
            say(
                "There are %(count)s %(called)s, but %(most_terms)s is the most. Leave some out.",
                count=len(terms),
                called=called,
                most_terms=MOST_TERMS,
            )
        )
    for term in terms:
        if len(term.label) > most:
            raise WrongValue(
                say(
                    "“%(label)s…” under %(called)s is longer than %(most)s characters. Shorten it.",
                    label=term.label[:40],
                    called=called,
                    most=most,
                )
            )
        if len(term.uri) > MOST_URI or (term.uri and not _is_address(term.uri)):
            raise WrongValue(
                say(
                    "The address of “%(label)s” under %(called)s is not a web address. Correct it.",
                    label=term.label,
                    called=called,
                )
            )
    return tuple(dict.fromkeys(terms))


def terms_json(terms: Iterable[NamedTerm]) -> list[dict[str, str]]:
    """Return the terms as stored."""
    return [{"label": term.label, "uri": term.uri} if term.uri else {"label": term.label} for term in terms]


def terms_line(terms: Iterable[NamedTerm]) -> str:
    """Return terms as one line for tables and CSV: Chavez, Cesar <http://…>; Huerta, Dolores."""
    return "; ".join(_escaped(term.label) + (f" <{term.uri}>" if term.uri else "") for term in terms)


def as_text(name: str, details: Details) -> str:
    """Return the value of a field of `Details` as one line."""
    value = getattr(details, name)
    return terms_line(value) if isinstance(value, tuple) else str(value)


def labels(terms: Sequence[NamedTerm]) -> list[str]:
    """Return only the names."""
    return [term.label for term in terms]


def _terms_of_line(line: str) -> list[NamedTerm]:
    terms = []
    for part in re.split(r"(?<!\\)[;\n]", line):
        text = " ".join(part.replace("\\;", ";").split())
        match = _WITH_URI.fullmatch(text)
        label, uri = (match["label"], match["uri"]) if match else (text, "")
        if label or uri:
            terms.append(NamedTerm(label or uri, uri))
    return terms


def _escaped(label: str) -> str:
    return label.replace(";", "\\;")


def _term_from(part: object) -> NamedTerm | None:
    if isinstance(part, str):
        label, uri = part, ""
    elif isinstance(part, Mapping) and isinstance(part.get("label"), str) and isinstance(part.get("uri", ""), str):
        label, uri = part["label"], part.get("uri", "")
    else:
        return None
    label = " ".join(label.split())
    return NamedTerm(label, uri.strip()) if label else None


def _is_address(uri: str) -> bool:
    return re.fullmatch(r"(?:https?://|urn:|info:)\S+", uri) is not None
