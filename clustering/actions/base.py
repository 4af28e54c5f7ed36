"""What every act is made of: what it is told, what it does, and the one way anything is written at the desk.

A verb is a file in this folder. It declares an `Act`: the verb of the history, its request, and `apply`. The HTTP API,
the desk, the list without JavaScript, the history and the keys take everything from there.

`perform` does an act: locked, compared, kept in an Edit, all or nothing. It locks the collection's row (acts on one
collection happen one after the other; each takes milliseconds, a large publish seconds), answers an act that was
sent before with the Edit it made then, and writes what changed. Workers that only read, import or compute runs
never wait for that lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from clustering.access import check_edit
from clustering.journal.errors import Refused
from clustering.journal.texts import write_texts
from clustering.journal.workspace import Desk
from clustering.journal.writing import write_desk
from clustering.models import Collection, Edit, Group, Page, User, Verb
from clustering.redecode import live
from clustering.redecode.following import redraft
from clustering.wording import say, say_n

MOST = 2**31 - 1
"""Of positions, numbers and ids that anybody has; the database refuses larger ones with an error of its own."""
MOST_NAMED = 20_000
"""More pages or groups than this in one act are a mistake, or an attack."""


# --- What acts are told ------------------------------------------------------------------------------------------
def _whole(value: object) -> object:
    """JSON knows one kind of numbers: 3.0 is as whole as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_map(schema: dict[str, Any]) -> None:
    """Say it with `additionalProperties`, which client generators know; of `patternProperties` they make no fields."""
    ((pattern, value),) = schema.pop("patternProperties").items()
    schema |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}


WHOLE = BeforeValidator(_whole)
Count = Annotated[int, Field(ge=0, le=MOST), WHOLE]
Position = Annotated[int, Field(ge=1, le=MOST), WHOLE]
"""A page's place in scan order, from 1: how acts name pages. It changes only where pages are inserted."""
Id = Annotated[int, Field(ge=1, le=MOST), WHOLE]
Positions = Annotated[list[Position], Field(min_length=1, max_length=MOST_NAMED)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_NAMED)]
IdKey = Annotated[str, StringConstraints(pattern="^[1-9][0-9]{0,9}$")]
"""An id as JSON has it for the key of an object."""
Versions = Annotated[
    dict[IdKey, Count],
    Field(max_length=MOST_NAMED, json_schema_extra=as_map),
]
ActId = Annotated[UUID, Field(strict=False)]
Text = Annotated[str, Field(max_length=100_000)]


class Order(BaseModel):
    """Something that is asked for, in a body: of exactly the types that are documented, with nothing besides."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """The collection that an act is about, and who acts; what the act names is looked up in it."""

    collection: Collection
    actor: User

    def page(self, position: int) -> Page:
        """Return the page at this place. Raises Refused."""
        return self.pages([position])[0]

    def pages(self, positions: Sequence[int]) -> list[Page]:
        """Return the pages at these places, each once, in the order given. Raises Refused. One query."""
        wanted = list(dict.fromkeys(positions))
        rows = Page.objects.filter(collection=self.collection, position__in=wanted)
        pages = {page.position: page for page in rows.only("collection", "position", "group").order_by()}
        missing = [position for position in wanted if position not in pages]
        if missing:
            raise Refused(
                say(
                    "“%(collection)s” has no page %(missing)s. Positions count from 1 in scan order.",
                    collection=self.collection,
                    missing=missing[0],
                )
            )
        return [pages[position] for position in wanted]

    def group(self, pk: int) -> Group:
        """Return a group by its id alone: the act locks and reads it, and tells what became of one that is gone."""
        return Group(pk=pk, collection=self.collection)

    def groups(self, ids: Sequence[int]) -> list[Group]:
        """As `group`, each once."""
        return [self.group(pk) for pk in dict.fromkeys(ids)]

    def edit(self, sequence: int) -> Edit:
        """Return the act that made this version. Raises Refused."""
        edit = self._edits().filter(sequence=sequence).first()
        if edit is None:
            raise Refused(
                say(
                    "“%(collection)s” has no change %(sequence)s in its history.",
                    collection=self.collection,
                    sequence=sequence,
                )
            )
        return edit

    def edit_sent_as(self, act_id: UUID) -> Edit:
        """Return the act that was sent with this mark. Raises Refused."""
        edit = self._edits().filter(act_id=act_id).first()
        if edit is None:
            raise Refused(say("That change was not saved, so there is nothing to undo or redo."))
        return edit

    def _edits(self) -> QuerySet[Edit]:
        return Edit.objects.filter(collection=self.collection).defer("before", "after")


@dataclass(frozen=True, slots=True)
class Key:
    """One command of the desk with its keys.

    A combination is written Mod+Shift+z: Mod is Ctrl, and Cmd on a Mac; letters stand for themselves, in lower case.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    scope: str
    """One of `keys.SCOPES`."""
    edits: bool = False
    """Whether only archivists have it."""
    fixed: bool = False
    """Whether it cannot be remapped: arrows and the like, which assistive technology relies on."""


ACTS: dict[str, type[Act]] = {}
"""Every act by the last part of its address, in the order in which they were declared."""


class Act(Order):
    """What an act is told, and what it does. A subclass that has an `address` is known from then on."""

    address: ClassVar[str]
    """Last part of its address in the API."""
    label: ClassVar[str]
    """What buttons and the reference call it: a verb."""
    verb: ClassVar[Verb]
    """What its edits are called in the history."""
    keys: ClassVar[tuple[Key, ...]] = ()
    """The commands of the desk that do it."""
    offered: ClassVar[str] = ""
    """Whether the desk offers it by itself, in the menu of a page and in the list without JavaScript, because it takes
    nothing but a group: "group". Empty for acts with controls of their own."""

    act_id: ActId | None = Field(
        None, description="A UUID that you choose. If you send the act twice, it is done once, with the same response."
    )
    since: Count | None = Field(
        None,
        description="The version of the collection that you have. The response then lists all that changed since, "
        "including other people's acts (`Changes`), instead of what this act did (`Done`).",
    )

    def apply(self, at: Scope) -> Edit:
        """Do it. Raises what `perform` raises."""
        raise NotImplementedError

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Know the act by its address."""
        super().__pydantic_init_subclass__(**kwargs)
        if "address" in vars(cls):
            if cls.address in ACTS:
                raise ValueError(f"Two acts have the address “{cls.address}”.")
            ACTS[cls.address] = cls


class GroupAct(Act):
    """An act on groups as a person saw them."""

    versions: Versions | None = Field(
        None,
        description='The version of each group involved, as you saw it, by ID: `{"12": 7}`. If one has changed or is '
        "missing here, nothing is done (409). If left out, the act applies to the current groups.",
    )

    @property
    def seen(self) -> dict[int, int] | None:
        """The versions by id."""
        return None if self.versions is None else {int(pk): version for pk, version in self.versions.items()}

    def version_of(self, group: Group) -> int | None:
        """Return the version of this group that the asker saw; one that is not named was never seen."""
        seen = self.seen
        return None if seen is None else seen.get(group.pk, 0)


def order_of(address: str, fields: Mapping[str, object]) -> Act:
    """Return the act at this address, told this. Raises Refused for what it cannot mean."""
    try:
        return ACTS[address].model_validate(fields)
    except ValidationError as error:
        wrong = error.errors()[0]
        if wrong["type"] == "too_short":
            raise Refused(say("Select pages or documents first.")) from error
        where = ".".join(map(str, wrong["loc"]))
        raise Refused(
            say(
                "The request could not be read (%(where)s: %(wrong)s). Reload the page and try again.",
                where=where,
                wrong=wrong["msg"],
            )
        ) from error


# --- How acts are done -------------------------------------------------------------------------------------------
Change = Callable[[Desk], str]
"""Changes the desk and returns the sentence of the Edit."""


def perform(
    collection_id: int,
    change: Change,
    *,
    verb: Verb,
    actor: User | None,
    act_id: UUID | None = None,
    even_closed: bool = False,
) -> Edit:
    """Do one act in one transaction and return its Edit; for an `act_id` that was done before, the first Edit.

    `actor` None is the program itself (a command, a job nobody launched). Raises PermissionDenied for a person who
    may not edit, Refused for a closed collection (unless `even_closed`) and for an act id that stands for another
    act, and whatever `change` raises; then nothing is written.
    """
    with transaction.atomic():
        collection = Collection.objects.select_for_update(no_key=True).filter(pk=collection_id).first()
        if collection is None or collection.deleted:
            raise Refused(say("This collection was deleted. Go back to the list of collections."))
        if actor is not None:
            check_edit(actor, collection)
        done = Edit.objects.filter(act_id=act_id).order_by("pk").first() if act_id is not None else None
        if done is not None:
            return _as_sent_before(done, collection, verb=verb, actor=actor)
        if collection.closed and not even_closed:
            raise Refused(
                say("“%(collection)s” is closed. Reopen it before you change anything.", collection=collection)
            )
        desk = Desk(collection, actor=actor)
        summary = change(desk)
        summary += _no_longer_confirmed(desk, verb)
        chosen = list(desk.groups)
        effect = live.effect_of(desk, verb)
        if effect is not None:
            summary += effect.sentence
        if desk.corrections or desk.checked:
            write_texts(desk)
        redraft(desk, chosen)
        edit = write_desk(desk, verb=verb, summary=summary, act_id=act_id or uuid4())
        if effect is not None:
            live.keep(effect, desk, edit)
        return edit


def _no_longer_confirmed(desk: Desk, verb: Verb) -> str:
    """Say which documents an act for something else made unconfirmed."""
    if not verb.unsettles:
        return ""
    was = [pk for pk, standing in desk.before.groups.items() if standing.fields.get("state") == Group.State.CONFIRMED]
    lost = [group for pk in was if (group := desk.groups.get(pk)) is not None and not group.is_confirmed]
    if not lost:
        return ""
    named = desk.named(lost).capitalize()
    return say_n(
        " %(documents)s is no longer confirmed.", " %(documents)s are no longer confirmed.", len(lost), documents=named
    )


def _as_sent_before(done: Edit, collection: Collection, *, verb: Verb, actor: User | None) -> Edit:
    same = (done.collection_id, done.verb, done.actor_id) == (collection.pk, verb, actor.pk if actor else None)
    if not same:
        raise Refused(say("This request has the ID of another change. Reload the page and try again."))
    return done
