"""Unsaved values in a form of the plain list, which must not get lost."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

from django.http import QueryDict

from clustering.models import Collection, Group, Page
from clustering.selectors.places import places_of

FACTS = ("title", "kind", "date", "about", "copy", "note")
"""Fields of a group, as the form calls them: `about` is its note, `note` what is unclear."""
DRAFTED = ("title", "kind", "date")
_NAME = re.compile(rf"({'|'.join(FACTS)})-(\d{{1,18}})")
_MOST = 10
"""Groups on other pages of the list whose unsaved fields are shown, too."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a group."""

    value: str
    """The typed value if it isn't saved yet, or else `first`."""
    first: str
    """The initial value: what is stored, or else the draft."""
    stored: str

    @property
    def is_open(self) -> bool:
        """Whether it has an unsaved value."""
        return _plain(self.value) != _plain(self.first)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A group with its form fields by name. A group that no longer exists has no number."""

    group: Group
    facts: dict[str, FormField]

    @property
    def is_open(self) -> bool:
        """Whether any field has an unsaved value."""
        return any(fact.is_open for fact in self.facts.values())

    @property
    def marks(self) -> str:
        """Checksums of the initial values, for a hidden field that tells what a person changed."""
        return ".".join(_mark(self.facts[name].first) for name in FACTS)

    @property
    def pages(self) -> list[Page]:
        """Its prefetched pages in reading order."""
        return sorted(self.group.pages.all(), key=lambda page: page.group_order or 0)


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent; `done` is the act that succeeded, if any."""

    sent: QueryDict
    done: str = ""
    ticked_pages: list[str] = field(init=False)
    ticked_groups: list[str] = field(init=False)
    to: str = field(init=False)
    role: str = field(init=False)

    def __post_init__(self) -> None:
        """Keep ticks and other fields of the tools, unless an act used them."""
        kept = QueryDict() if self.done else self.sent
        for name, value in (
            ("ticked_pages", kept.getlist("pages")),
            ("ticked_groups", kept.getlist("groups")),
            ("to", kept.get("to", "")),
            ("role", kept.get("role", "")),
        ):
            object.__setattr__(self, name, value)

    def row(self, group: Group) -> FormRow:
        """Return a group with its fields, with typed values in place of stored ones."""
        stored = {
            "title": group.title,
            "kind": group.kind,
            "date": group.date,
            "about": group.note,
            "copy": _copied(group),
            "note": group.flag_note,
        }
        saved = self._saved(group.pk)
        facts = {}
        for name, text in stored.items():
            first = text or (group.drafted(name) if name in DRAFTED else "")
            is_new = name not in saved and self.touched(name, group.pk)
            facts[name] = FormField(self.sent.get(f"{name}-{group.pk}", first) if is_new else first, first, text)
        return FormRow(group, facts)

    def touched(self, name: str, group: int) -> bool:
        """Whether the person changed this field, as far as the form tells."""
        value = self.sent.get(f"{name}-{group}")
        marks = self.sent.get(f"was-{group}", "").split(".")
        return value is not None and (len(marks) != len(FACTS) or marks[FACTS.index(name)] != _mark(value))

    def _saved(self, group: int) -> tuple[str, ...]:
        verb, _, pk = self.done.partition(":")
        if pk != str(group):
            return ()
        return {"describe": FACTS[:-1], "flag": FACTS[-1:], "unflag": FACTS[-1:]}.get(verb, ())

    def elsewhere(self, collection: Collection, shown: set[int]) -> list[FormRow]:
        """Return groups with unsaved values that aren't on this page of the list.

        Includes a group that no longer exists if the refused act was about it.
        """
        named = [int(match[2]) for name in self.sent if (match := _NAME.fullmatch(name))]
        missing = list(dict.fromkeys(pk for pk in named if pk not in shown))
        there = Group.objects.filter(collection=collection).in_bulk(missing)
        rows = [self.row(there[pk]) for pk in missing if pk in there]
        about = self.sent.get("act", "").partition(":")[2]
        rows += [self.row(Group(pk=pk)) for pk in missing if pk not in there and str(pk) == about]
        return [row for row in rows if row.is_open][:_MOST]

    def is_left(self, collection: Collection) -> bool:
        """Whether there are unsaved values."""
        return bool(self.elsewhere(collection, set()))


def _mark(text: str) -> str:
    return f"{zlib.crc32(_plain(text).encode('utf-8', 'surrogatepass')):x}"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _copied(group: Group) -> str:
    """Return the place of the document that this one duplicates."""
    if not group.copy_of:
        return ""
    original = Group.objects.filter(collection=group.collection_id, number=group.copy_of).first()
    return str(places_of(group.collection, [original]).of[original.pk]) if original else ""
