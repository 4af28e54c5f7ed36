"""What each act is told: pages by their positions, groups by their ids, as the desk does."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clustering import models
from clustering.api.shapes import WHOLE, ActId, Count, Id, Ids, Order, Position, Positions, Versions

Text = Annotated[str, Field(max_length=100_000)]


class GivenTerm(Order):
    """A name or heading."""

    label: Annotated[str, Field(max_length=1000)]
    uri: Annotated[str, Field(max_length=1000)] = Field("", description="Its address in a vocabulary.")


Terms = Annotated[list[GivenTerm], Field(max_length=200)]


class Act(Order):
    """What any act may carry."""

    act_id: ActId | None = Field(
        None, description="A UUID of yours for this act. Sent twice, it is done once, and both get the same answer."
    )
    versions: Versions | None = Field(
        None,
        description='The version that you saw of each group involved, by its id: `{"12": 7}`. If one is not as you saw '
        "it, or not named here, nothing is done (409). Without it the act is done on whatever stands there.",
    )

    @property
    def seen(self) -> dict[int, int] | None:
        """The versions by id."""
        return None if self.versions is None else {int(pk): version for pk, version in self.versions.items()}

    def version_of(self, group: models.Group) -> int | None:
        """The version of this group that the asker saw; one that is not named was never seen."""
        seen = self.seen
        return None if seen is None else seen.get(group.pk, 0)


class Split(Act):
    """Cut a group in two."""

    group: Id
    before: Position = Field(description="The page that begins the new group.")


class Merge(Act):
    """Make one group of several."""

    groups: Ids


class Move(Act):
    """Give pages another group."""

    pages: Positions
    to: Id | None = Field(None, description="The group they go to; without it they become a new one.")
    before: Position | None = Field(None, description="The page of that group that they go before.")


class Reorder(Act):
    """Another reading order."""

    group: Id
    order: Positions = Field(description="All pages of the group, each once, as they are to be read.")


class Groups(Act):
    """Some groups."""

    groups: Ids


class Describe(Act):
    """Facts of a document; what is left out stays as it is, an empty text empties it."""

    group: Id
    title: Text | None = None
    kind: Text | None = None
    date: Text | None = Field(
        None, description="EDTF, or as people write it: Jan. 14, 1954; c. 1964; 1950s; n.d. It is stored as EDTF."
    )
    language: Text | None = None
    note: Text | None = None
    copy_of: Count | None = Field(None, description="Number of the document that this one repeats; 0 for none.")
    creators: Terms | None = Field(None, description="Who made it. All of them; an empty list empties the field.")
    subjects: Terms | None = Field(None, description="What it is about, as `creators`.")
    people: Terms | None = Field(None, description="Whom it names, as `creators`.")
    places: Terms | None = Field(None, description="Where, as `creators`.")
    summary: Text | None = Field(None, description="What it says.")
    rights: Text | None = Field(None, description="Rights of this document; without it those of the collection.")
    box: Text | None = Field(None, description="Box and folder.")
    identifier: Text | None = Field(None, description="What it is called in another system.")
    kind_uri: Text | None = Field(None, description="Address of the kind in a vocabulary.")


class Flag(Act):
    """Flag a group as unsure."""

    group: Id
    note: Text = Field("", description="What is unclear.")


class Unflag(Act):
    """Take a flag off."""

    group: Id


class Mark(Order):
    """Say what pages are."""

    act_id: ActId | None = Field(None, description="As in every act.")
    pages: Positions
    role: Literal["", "target", "empty", "other"] = Field(description="Empty: a page of a document after all.")


class AnswerSeam(Act):
    """Say of two neighbouring pages whether they are one document."""

    left: Position = Field(description="The page before the seam; the other is the next in scan order.")
    verdict: Literal["same", "different"]


class Accept(Order):
    """Accept many groups unseen."""

    act_id: ActId | None = Field(None, description="As in every act.")
    threshold: float = Field(ge=0.5, le=1, description="The confidence from which on groups are accepted.")
    groups: Count = Field(description="How many you saw that it would be.")
    version: Count = Field(description="The collection's version at which you saw that.")
    sample: Annotated[int, Field(ge=1, le=1000), WHOLE] | None = Field(
        None, description="How many of them to draw for an audit."
    )


class Turn(Order):
    """Undo or redo."""

    act_id: ActId | None = Field(None, description="As in every act.")
    edit: Id | None = Field(None, description="Sequence of an act of yours; without it the last one that can be.")


class Restore(Order):
    """Go back to how it stood."""

    act_id: ActId | None = Field(None, description="As in every act.")
    edit: Id = Field(description="Sequence of the act after which it stood as it should.")
    group: Id | None = Field(None, description="Id of one group, which may be gone; without it the whole collection.")
    version: Count | None = Field(None, description="The version of the group, or of the collection, that you saw.")


class Plain(Order):
    """Nothing but the act."""

    act_id: ActId | None = Field(None, description="As in every act.")


class Publish(Order):
    """Put a run on the desk."""

    act_id: ActId | None = Field(None, description="As in every act.")
    only: Annotated[list[Id], Field(max_length=20_000)] | None = Field(
        None, description="Keys of the changes to take, of those that GET …/changes tells; without it the whole run."
    )
