"""What every act is made of, and the only way to write anything at the desk.

Each verb is a file in this folder that declares an `Act`: its name in the history, its request, and `apply`. The HTTP
API, the desk, the list without JavaScript, the history, and the keys are built from it.

`perform` does an act in one transaction. It locks the collection's row, so that acts on a collection run one after
another (milliseconds each; a large publish takes seconds). It compares versions, writes what changed, and records an
Edit. If the same act was sent before, it returns the Edit from then. Workers that only read, import, or compute runs
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
from clustering.redecode.drafting import redraft
from clustering.sentences import Sentence
from clustering.wording import say, say_n

MOST = 2**31 - 1
"""The largest position, number, or id: a PostgreSQL integer."""
MOST_NAMED = 20_000
"""Most pages or groups in one act. More are a mistake or an attack."""


# --- Requests --------------------------------------------------------------------------------------------------------
def _whole(value: object) -> object:
    """JSON has one kind of number: 3.0 is as whole as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_map(schema: dict[str, Any]) -> None:
    """Use `additionalProperties` in the schema: client generators ignore `patternProperties`."""
    ((pattern, value),) = schema.pop("patternProperties").items()
    schema |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}


WHOLE = BeforeValidator(_whole)
Count = Annotated[int, Field(ge=0, le=MOST), WHOLE]
Position = Annotated[int, Field(ge=1, le=MOST), WHOLE]
"""A page's place in scan order, from 1. Acts name pages by it. It changes only if pages are inserted before it."""
Id = Annotated[int, Field(ge=1, le=MOST), WHOLE]
Positions = Annotated[list[Position], Field(min_length=1, max_length=MOST_NAMED)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_NAMED)]
IdKey = Annotated[str, StringConstraints(pattern="^[1-9][0-9]{0,9}$")]
"""An id as the key of a JSON object."""
Versions = Annotated[
    dict[IdKey, Count],
    Field(max_length=MOST_NAMED, json_schema_extra=as_map),
]
ActId = Annotated[UUID, Field(strict=False)]
Text = Annotated[str, Field(max_length=100_000)]


class RequestBody(BaseModel):
    """A request body: exactly the documented types, and no other fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """The collection that an act is about and the person who acts. It looks up what the act names."""

    collection: Collection
    actor: User

    def page(self, position: int) -> Page:
        """Return the page at this position. Raises Refused."""
        return self.pages([position])[0]

    def pages(self, positions: Sequence[int]) -> list[Page]:
        """Return the pages at these positions, each once, in the order given. One query. Raises Refused."""
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
        """Return a group with this id, unread. The act locks and reads it, and says what became of it if it is gone."""
        return Group(pk=pk, collection=self.collection)

    def groups(self, ids: Sequence[int]) -> list[Group]:
        """Return `group` for each id, each once."""
        return [self.group(pk) for pk in dict.fromkeys(ids)]

    def edit(self, sequence: int) -> Edit:
        """Return the edit that made this version of the collection. Raises Refused."""
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
        """Return the edit with this `act_id`. Raises Refused."""
        edit = self._edits().filter(act_id=act_id).first()
        if edit is None:
            raise Refused(say("That change was not saved, so there is nothing to undo or redo."))
        return edit

    def _edits(self) -> QuerySet[Edit]:
        return Edit.objects.filter(collection=self.collection).defer("before", "after")


@dataclass(frozen=True, slots=True)
class Key:
    """One command of the desk with its keys.

    Combinations are written like Mod+Shift+z. Mod is Ctrl, or Cmd on a Mac. Letters are in lower case.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    scope: str
    """One of `keys.SCOPES`."""
    edits: bool = False
    """Whether only people who may edit have it."""
    fixed: bool = False
    """Whether it can’t be remapped: arrows and other keys that assistive technology relies on."""


ACTS: dict[str, type[Act]] = {}
"""Every act by the last part of its address, in the order of declaration."""


class Act(RequestBody):
    """A request and what it does. A subclass with an `address` registers itself in `ACTS`."""

    address: ClassVar[str]
    """The last part of its address in the API."""
    label: ClassVar[str]
    """The verb on buttons and in the API reference."""
    verb: ClassVar[Verb]
    """The verb of its edits in the history."""
    keys: ClassVar[tuple[Key, ...]] = ()
    """The commands of the desk that send it."""
    offered: ClassVar[str] = ""
    """"group" for an act that takes nothing but a group: the page menu and the list without JavaScript then offer it.
    Empty for acts with controls of their own."""

    act_id: ActId | None = Field(
        None, description="A UUID that you choose. If you send the act twice, it is done once, with the same response."
    )
    since: Count | None = Field(
        None,
        description="The version of the collection that you have. The response then lists all that changed since, "
        "including other people's acts (`Changes`), instead of what this act did (`Done`).",
    )

    def apply(self, at: Scope) -> Edit:
        """Do the act. Raises what `perform` raises."""
        raise NotImplementedError

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the act by its address."""
        super().__pydantic_init_subclass__(**kwargs)
        if "address" in vars(cls):
            if cls.address in ACTS:
                raise ValueError(f"Two acts have the address “{cls.address}”.")
            ACTS[cls.address] = cls


class GroupAct(Act):
    """An act on groups in the versions that a person saw."""

    versions: Versions | None = Field(
        None,
        description='The version of each group involved, as you saw it, by ID: `{"12": 7}`. If one has changed or is '
        "missing here, nothing is done (409). If left out, the act applies to the current groups.",
    )

    @property
    def seen(self) -> dict[int, int] | None:
        """The version that the person saw of each group, by its id."""
        return None if self.versions is None else {int(pk): version for pk, version in self.versions.items()}

    def version_of(self, group: Group) -> int | None:
        """Return the version of this group that the person saw, or 0 if they did not name it."""
        seen = self.seen
        return None if seen is None else seen.get(group.pk, 0)


def read_act(address: str, fields: Mapping[str, object]) -> Act:
    """Return the act at this address with these fields. Raises Refused if they are invalid."""
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


# --- Doing an act ----------------------------------------------------------------------------------------------------
Change = Callable[[Desk], str]
"""A function that changes the desk and returns the sentence of the Edit."""


def closed(collection: Collection) -> Sentence:
    """Return why nothing can be done at the desk of a closed collection."""
    return say("“%(collection)s” is closed. Reopen it before you change anything.", collection=collection)


def perform(
    collection_id: int,
    change: Change,
    *,
    verb: Verb,
    actor: User | None,
    act_id: UUID | None = None,
    even_closed: bool = False,
) -> Edit:
    """Do one act in one transaction and return its Edit. If `act_id` was done before, return the Edit from then.

    `actor` None is the program itself: a command, or a job that nobody launched. Raises PermissionDenied if the person
    may not edit, Refused if the collection is closed (unless `even_closed`) or `act_id` belongs to another act, and
    whatever `change` raises. Nothing is written then.
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
            raise Refused(closed(collection))
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
    """Return a sentence about documents that an act made unconfirmed as a side effect."""
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
