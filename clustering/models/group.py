"""Groups: the documents on the desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.wording import title_of


def _vector(words: Func[Any]) -> Func[Any]:
    return Func(words, template="to_tsvector('simple'::regconfig, %(expressions)s)", output_field=SearchVectorField())


_LINES = Func(
    F("title"),
    F("note"),
    *(Coalesce(KT(f"details__{name}"), Value("")) for name in ("summary", "rights", "box", "identifier")),
    arg_joiner=" || ' ' || ",
    template="(%(expressions)s)",
    output_field=models.TextField(),
)
_NAMES = Func(
    F("details"),
    template="jsonb_path_query_array(%(expressions)s, '$.*.label')",
    output_field=models.JSONField(),
)
DESCRIBED = Func(
    _vector(_LINES),
    _vector(_NAMES),
    arg_joiner=" || ",
    template="(%(expressions)s)",
    output_field=SearchVectorField(),
)
"""Search vector of what people entered about a document: names and texts, without addresses of vocabularies."""


class GroupQuerySet(models.QuerySet["Group"]):
    """Queries of groups, named for what they return."""

    def in_scan_order(self) -> GroupQuerySet:
        """Return groups by their first page."""
        return self.order_by("collection", "first_position")

    def settled(self) -> GroupQuerySet:
        """Return groups that no run may touch: confirmed, or edited by a person."""
        return self.filter(Q(state__in=[Group.State.CONFIRMED, Group.State.CHANGED]) | Q(edited=True))


class Group(models.Model):
    """A document: an ordered list of pages with a description.

    proposed --confirm--> confirmed --any edit--> changed --confirm--> confirmed; confirmed --unconfirm--> changed.
    The first act of a person sets `edited`, and runs never change the group again. `version` rises with every change,
    except of drafts and confidence; browsers send the version they have. `number` is unique within the collection and
    never reused, even after a merge. `first_position` and `page_count` duplicate data of the pages, so that the desk
    reads one table; acts update them.
    """

    class State(models.TextChoices):
        """What people did with it."""

        PROPOSED = "proposed", _lazy("proposed")
        CONFIRMED = "confirmed", _lazy("confirmed")
        CHANGED = "changed", _lazy("changed")

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="groups")
    number = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    edited = models.BooleanField(default=False)
    title = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    date = models.CharField(max_length=60, blank=True, help_text="EDTF, e.g. 1959-03 or 1964~.")
    language = models.CharField(max_length=8, blank=True)
    note = models.TextField(blank=True)
    details = models.JSONField(
        default=dict, blank=True, help_text="Other fields of the description (`engine.description.Details`)."
    )
    draft = models.JSONField(default=dict, blank=True, help_text="Drafts: {title: {value, confidence, evidence}}.")
    accepted_drafts = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text="Fields whose value is a draft that a person accepted.",
    )
    awaits_draft = models.BooleanField(
        default=False, help_text="Its pages changed since it was drafted, and a new draft will follow."
    )
    flagged = models.BooleanField(default=False)
    flag_note = models.CharField(max_length=500, blank=True)
    confidence = models.FloatField(
        null=True, blank=True, help_text="Probability that exactly these pages are one document."
    )
    run = models.ForeignKey("clustering.Run", models.SET_NULL, null=True, blank=True, related_name="desk_groups")
    first_position = models.PositiveIntegerField()
    page_count = models.PositiveIntegerField()
    version = models.PositiveBigIntegerField(default=1)
    copy_of = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Number of the document that this is a duplicate of."
    )
    split_from = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Number of the document that this was split from."
    )
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"
        ordering = ["collection", "first_position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "confirmed", "changed"]), name="group_state_is_known"
            ),
            models.UniqueConstraint(fields=["collection", "number"], name="group_number_is_unique"),
            models.CheckConstraint(condition=Q(page_count__gte=1), name="group_has_pages"),
            models.CheckConstraint(
                condition=Q(copy_of__isnull=True) | ~Q(copy_of=F("number")), name="group_is_no_copy_of_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="group_confirmed_has_time"
            ),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="group_confidence_is_a_probability",
            ),
        ]
        indexes = [
            # The desk's index: all groups of a collection by their first page.
            models.Index(fields=["collection", "first_position"], name="group_by_first_page"),
            # Progress, and the filter of documents that aren't confirmed.
            models.Index(fields=["collection", "state"], name="group_by_state"),
            # Whether any group in a collection is settled, for the list of collections; same condition as `settled`.
            models.Index(
                fields=["collection"],
                condition=Q(state__in=["confirmed", "changed"]) | Q(edited=True),
                name="group_settled",
            ),
            # Confirmed pages in all collections, by an index-only scan.
            models.Index(
                fields=["collection"], include=["page_count"], condition=Q(state="confirmed"), name="group_confirmed"
            ),
            # The few of 50,000 documents that wait for a draft, if any.
            models.Index(fields=["collection"], condition=Q(awaits_draft=True), name="group_awaits_draft"),
            GinIndex(DESCRIBED, name="group_described"),
        ]

    def __str__(self) -> str:
        return self.title or f"Document {self.number}"

    @property
    def shown_title(self) -> str:
        """The title that people see. One query if it has no title and its pages aren't prefetched."""
        return title_of(self.title, self.drafted("title"), kind=self.kind, positions=self._positions())

    def drafted(self, name: str) -> str:
        """Return the draft of a field; empty if there is none."""
        return str((self.draft.get(name) or {}).get("value") or "")

    def leave_out_drafts(self) -> None:
        """Remove all drafts, including accepted ones, from this object, but not from the database."""
        for name in self.accepted_drafts:
            setattr(self, name, "")
        self.draft, self.accepted_drafts = {}, []

    def _positions(self) -> Iterator[int]:
        if "pages" in getattr(self, "_prefetched_objects_cache", {}):
            yield from (page.position for page in self.pages.all())
        else:
            yield from self.pages.order_by().values_list("position", flat=True)

    @property
    def is_edited(self) -> bool:
        """Whether a person changed its pages or took its confirmation back; the browser computes the same."""
        left = self.state == self.State.PROPOSED and self.edited and self.confidence is None
        return left or self.state == self.State.CHANGED

    @property
    def state_words(self) -> str:
        """Its state, as the interface calls it."""
        return _("edited") if self.is_edited else self.get_state_display()

    @property
    def is_confirmed(self) -> bool:
        """Whether a person confirmed it as it is."""
        return self.state == self.State.CONFIRMED
