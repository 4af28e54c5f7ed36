"""Describe documents: one at a time beside the scan, or many at once in the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import get_language
from pydantic import Field

from clustering.actions.base import (
    MOST_NAMED,
    Count,
    GroupAct,
    Id,
    IdKey,
    Key,
    RequestBody,
    Scope,
    Text,
    as_map,
    perform,
)
from clustering.engine.description import (
    BY_NAME,
    MOST_URI,
    TERM_FIELDS,
    NamedTerm,
    WrongValue,
    read_terms,
    terms_json,
    terms_line,
)
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.edtf import is_edtf
from clustering.engine.language_names import language_name, read_language
from clustering.engine.written_dates import UnreadableDate, read_written_date
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk, Versions
from clustering.models import Edit, Group, User, Verb
from clustering.redecode.drafting import accept_drafts
from clustering.redecode.kinds import renew_kinds
from clustering.redecode.serial_names import rename_issues
from clustering.redecode.titles import renew_titles
from clustering.request_values import is_storable
from clustering.sentences import listed
from clustering.wording import counted_groups, say

Facts = Mapping[str, Any]
"""Values by field name; those of fields with terms in any form that `read_terms` accepts. `copy_of` is the number of
the document that this one duplicates, 0 for none; `kind_uri` is the address of its type in a vocabulary."""

KIND_URI = "kind_uri"
_MOST: Mapping[str, int] = {KIND_URI: MOST_URI, "flag_note": 500}
SHORT = 80
"""Longest part of a text quoted in the sentence of an edit, in characters."""

DESCRIBE = Verb("describe", done="described", icon="lines", decides=False)


class GivenTerm(RequestBody):
    """A name or heading."""

    label: Annotated[str, Field(max_length=1000)]
    uri: Annotated[str, Field(max_length=1000)] = Field("", description="Its address in a vocabulary.")


Terms = Annotated[list[GivenTerm | Text], Field(max_length=200)] | Text
"""Names, or one line of text with all of them."""


class Description(RequestBody):
    """Fields of a document. Fields that you leave out stay as they are; an empty text or list clears a field."""

    title: Text | None = None
    kind: Text | None = None
    date: Text | None = Field(
        None, description="EDTF, or as people write it: Jan. 14, 1954; c. 1964; 1950s; n.d. It is stored as EDTF."
    )
    language: Text | None = None
    note: Text | None = None
    copy_of: Count | None = Field(None, description="Number of the document that this one duplicates; 0 for none.")
    creators: Terms | None = Field(None, description="All creators; an empty list clears the field.")
    subjects: Terms | None = Field(None, description="All subjects, like `creators`.")
    people: Terms | None = Field(None, description="All people mentioned, like `creators`.")
    places: Terms | None = Field(None, description="All places, like `creators`.")
    summary: Text | None = Field(None, description="Summary of the content.")
    rights: Text | None = Field(None, description="Rights of this document; if empty, those of the collection apply.")
    box: Text | None = Field(None, description="Box and folder.")
    identifier: Text | None = Field(None, description="Its identifier in another system.")
    kind_uri: Text | None = Field(None, description="Address of the type in a vocabulary.")

    def facts(self) -> Facts:
        """Return the given values, by field name."""
        return self.model_dump(include=set(Description.model_fields), exclude_none=True)


class Describe(GroupAct, Description):
    """Describe a document: title, type, date, language, note, and the other fields. Fields that you leave out stay as
    they are; an empty text or list clears a field.
    """

    address, label, verb = "describe", "Describe", DESCRIBE
    keys = (Key("describe", ("d",), "Describe the document beside its scan", "stream", edits=True),)

    group: Id

    def apply(self, at: Scope) -> Edit:
        """Describe it."""
        facts = {self.group: self.facts()}
        collection, versions = at.collection.pk, self.seen
        return describe_groups(collection, facts, actor=at.actor, versions=versions, act_id=self.act_id)


class DescribeMany(GroupAct):
    """Describe several documents, all or none."""

    address, label, verb = "describe-many", "Describe several", DESCRIBE

    facts: Annotated[dict[IdKey, Description], Field(min_length=1, max_length=MOST_NAMED, json_schema_extra=as_map)] = (
        Field(description='The fields of each document, by ID: `{"12": {"title": "Minutes"}}`.')
    )

    def apply(self, at: Scope) -> Edit:
        """Describe them."""
        facts = {int(pk): given.facts() for pk, given in self.facts.items()}
        collection, versions = at.collection.pk, self.seen
        return describe_groups(collection, facts, actor=at.actor, versions=versions, act_id=self.act_id)


def describe_groups(
    collection_id: int,
    facts: Mapping[int, Facts],
    *,
    actor: User | None,
    versions: Versions | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Set fields of documents, by their ids, as one act: all or none.

    Fields that are not named stay as they are; "" empties a field and removes its draft. Blanks around a text are
    dropped. Dates may be written as people write them ("Jan. 14, 1954", "c. 1964") and are stored as EDTF. A field with
    an accepted draft counts as a person's afterwards, even if its text stays. Confirmed documents stay confirmed.

    Raises StaleVersion, and Refused for a value that its field can't hold, for a duplicate of itself or of a document
    that does not exist, or if nothing would change. With several documents, the sentence names the one concerned.
    """
    if not facts:
        raise Refused(say("Nothing was changed. Change a value first."))

    def change(desk: Desk) -> str:
        desk.hold(facts, versions=versions)
        sentences_of = {pk: _described(desk, pk, given, alone=len(facts) == 1) for pk, given in facts.items()}
        changed = {pk: sentences for pk, sentences in sentences_of.items() if sentences}
        if not changed:
            raise Refused(_nothing(desk, list(facts)))
        for pk in changed:
            desk.groups[pk].edited = True
        if len(changed) == 1:
            ((pk, sentences),) = changed.items()
            summary = say(
                "Described %(number)s: %(list)s.",
                number=desk.place_of(desk.groups[pk]),
                list=listed(list(sentences.values())),
            )
        else:
            names = dict.fromkeys(name for sentences in changed.values() for name in sentences)
            summary = say(
                "Described %(count)s documents: %(value)s.",
                count=len(changed),
                value=listed([_called(name) for name in names]),
            )
        return summary + rename_issues(desk) + renew_kinds(desk) + renew_titles(desk)

    return perform(collection_id, change, verb=DESCRIBE, actor=actor, act_id=act_id)


def accept_group_drafts(
    groups: Iterable[Group], *, actor: User | None, versions: Versions | None = None, act_id: UUID | None = None
) -> Edit:
    """Accept the drafts of these documents like `take_drafts`, without confirming them. Raises StaleVersion."""
    wanted = {group.pk: group.collection_id for group in groups}
    if len(set(wanted.values())) != 1:
        raise Refused(say("Select documents from one collection first."))

    def change(desk: Desk) -> str:
        desk.hold(wanted, versions=versions)
        return take_drafts(desk, list(wanted))

    return perform(next(iter(wanted.values())), change, verb=DESCRIBE, actor=actor, act_id=act_id)


def take_drafts(desk: Desk, wanted: list[int]) -> str:
    """Accept the drafts of held documents from the collection's confidence on, without confirming them.

    Raises Refused if there is none to accept.
    """
    groups = [desk.groups[pk] for pk in wanted]
    terms = desk.collection.read_settings().drafts
    before = {group.pk: (group.title, group.kind, group.date) for group in groups}
    accepted = accept_drafts(desk, groups, terms.always())
    if not accepted:
        raise Refused(say("There are no drafts to accept here that are at least %(least)s %% sure.", least=terms.least))
    taken = [group for group in groups if before[group.pk] != (group.title, group.kind, group.date)]
    for group in taken:
        group.edited = True
    named = desk.named(taken) if len(taken) == 1 else counted_groups(len(taken))
    return say("Accepted the drafts of %(named)s.", named=named)


def checked_facts(group: Group, given: Facts) -> Iterator[tuple[str, Any]]:
    """Return each value as it will be stored. Raises Refused for an invalid one."""
    for name, value in given.items():
        if name == "copy_of":
            yield name, _original(group, value)
        elif name in TERM_FIELDS:
            yield name, _terms(name, value)
        elif name in BY_NAME or name == KIND_URI:
            if not isinstance(value, str):
                raise Refused(say("The %(called)s is not text. Type it again.", called=_called(name)))
            yield name, _as_kept(group, name, value)
        else:
            raise Refused(
                say("Documents have no field called “%(short)s”. Reload the page and try again.", short=_short(name))
            )


def _described(desk: Desk, pk: int, given: Facts, *, alone: bool) -> dict[str, str]:
    """Set the values; return what changed in words, by field."""
    group = desk.groups[pk]
    try:
        wanted = dict(checked_facts(group, given))
    except Refused as error:
        raise (
            error
            if alone
            else Refused(say("Document %(number)s: %(sentence)s", number=desk.place_of(group), sentence=error.sentence))
        ) from error
    if "kind" in wanted and KIND_URI not in wanted and wanted["kind"] != group.kind:
        wanted[KIND_URI] = ""  # it belonged to another type
    entered: dict[str, str] = {}
    details = dict(group.details)
    for name, value in wanted.items():
        if name in COLUMNS:
            if getattr(group, name) == value and not _speaks_of_a_draft(group, name, value):
                continue
            setattr(group, name, value)
            # Whoever clears a field says that the draft shown there is wrong.
            if value == "":
                group.draft = {key: draft for key, draft in group.draft.items() if key != name}
            group.accepted_drafts = [accepted for accepted in group.accepted_drafts if accepted != name]
        elif details.get(name, type(value)()) != value:
            details = {key: kept for key, kept in {**details, name: value}.items() if kept}
        else:
            continue
        if name != KIND_URI or not {"kind"} & wanted.keys():
            original = _numbered(group, value) if name == "copy_of" and value else None
            entered[name] = _sentence(name, desk.place_of(original) if original else value)
    group.details = details
    return entered


COLUMNS = frozenset({"title", "kind", "date", "language", "note", "copy_of"})


def _speaks_of_a_draft(group: Group, name: str, value: object) -> bool:
    """Whether setting the existing value changes something: a draft becomes a person's value, or is removed."""
    return name in group.accepted_drafts or (value == "" and name in group.draft)


def _sentence(name: str, value: Any) -> str:
    if name == "copy_of":
        return say("a duplicate of %(value)s", value=value) if value else say("not a duplicate")
    called = _called(name)
    if isinstance(value, list):
        value = terms_line([NamedTerm(term["label"]) for term in value])
    if not value:
        return say("no %(called)s", called=called)
    words = date_in_words(value) if name == "date" and is_edtf(value) else _short(value)
    words = language_name(value) if name == "language" else words
    return say("%(field)s “%(value)s”", field=called, value=words)


def _called(name: str) -> str:
    if name in (KIND_URI, "kind"):
        return say("type")
    return say(BY_NAME[name].label.lower()) if name in BY_NAME else name.replace("_", " ")


def _numbered(group: Group, number: int) -> Group:
    return Group.objects.get(collection=group.collection_id, number=number)


def _nothing(desk: Desk, wanted: list[int]) -> str:
    if len(wanted) == 1:
        return say("Document %(numbers)s already has this description.", numbers=desk.place_of(desk.groups[wanted[0]]))
    return say("These documents already have this description.")


def _terms(name: str, value: object) -> list[dict[str, str]]:
    try:
        terms = read_terms(value, called=_called(name), most=BY_NAME[name].most)
    except WrongValue as error:
        raise Refused(str(error)) from error
    if not all(is_storable(term.label + term.uri) for term in terms):
        raise Refused(_not_storable(name))
    return terms_json(terms)


def _as_kept(group: Group, name: str, value: str) -> str:
    """Return a date as EDTF, a language as its tag, and any other text stripped. Raises Refused."""
    text = value.strip()
    if name not in {"date", "language"}:
        return checked_text(name, value)
    # An existing value stays, even if an earlier version stored it as it was typed.
    if not text or text == getattr(group, name):
        return text
    try:
        return read_written_date(text).edtf if name == "date" else read_language(text, locale=get_language() or "en")
    except (UnreadableDate, WrongValue) as error:
        raise Refused(str(error)) from error


def _original(group: Group, number: object) -> int | None:
    """Return the number of the group that `group` duplicates, None for none. Raises Refused."""
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**62:
        raise Refused(say("Enter the number of the document that this one duplicates, or leave it blank."))
    if not number:
        return None
    if number == group.number:
        raise Refused(
            say(
                "Document %(number)s can’t be a duplicate of itself. Enter the number of the other document.",
                number=number,
            )
        )
    if not Group.objects.filter(collection=group.collection_id, number=number).exists():
        raise Refused(
            say("There is no document %(number)s in this collection. Find its number under Pages.", number=number)
        )
    return number


def checked_text(name: str, text: str, *, called: str = "") -> str:
    """Return the text stripped. Raises Refused if its field can't hold it."""
    stripped = text.replace("\r\n", "\n").strip()
    field = BY_NAME.get(name)
    most = field.most if field else _MOST.get(name)
    if most is not None and len(stripped) > most:
        called = called or _called(name)
        raise Refused(
            say(
                "The %(called)s field has %(count)s characters; the limit is %(most)s. Shorten it.",
                called=called,
                count=len(stripped),
                most=most,
            )
        )
    if not is_storable(stripped):
        raise Refused(_not_storable(name, called=called))
    return stripped


def _not_storable(name: str, *, called: str = "") -> str:
    called = called or _called(name)
    return say(
        "The %(called)s contains a character that can’t be stored. Type it instead of pasting it.", called=called
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"
