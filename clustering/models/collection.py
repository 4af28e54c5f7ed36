"""Collections, the unit of work: each holds the scans of one organization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

import pydantic
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from pydantic import BaseModel, ConfigDict, Field

from clustering.models.natural import Natural

MOST_SHARE = 20
"""Largest percentage of checks in the queue."""


class DraftTerms(BaseModel):
    """Which drafts are accepted when a document is confirmed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    accept: bool = True
    least: Annotated[int, Field(ge=0, le=100)] = 50
    """Least confidence of an accepted draft, in percent; the default is even odds."""

    def always(self) -> DraftTerms:
        """Return these terms with `accept` set, for a person who asks to accept drafts."""
        return self.model_copy(update={"accept": True})

    def takes(self, confidence: float | None) -> bool:
        """Return whether a draft of this confidence is accepted, as are all without one."""
        return self.accept and (confidence is None or round(100 * confidence) >= self.least)


class CollectionSettings(BaseModel):
    """The content of `Collection.settings`. Only what differs from the defaults is stored, by `keep_settings`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    learn_every: Annotated[int, Field(ge=0)] = 0
    """Number of corrections after which a training job starts automatically; 0 means never."""
    check_share: Annotated[int, Field(ge=0, le=MOST_SHARE)] = 0
    """Percentage of checks in the queue."""
    drafts: DraftTerms = DraftTerms()
    description: dict[str, dict[str, dict[str, bool | str]]] = {}
    """Template of descriptions by type of document (`engine.description_template`)."""
    repository: Annotated[str, Field(max_length=500)] = ""
    """Address of a page in a repository, with {identifier}, {page}, and {slug}; empty for none."""
    export: dict[str, Any] = {}
    """Export settings that differ from the defaults; defined by `exports.stored_settings`."""

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> Self:
        """Read stored settings, ignoring invalid ones."""
        try:
            return cls.model_validate(values)
        except pydantic.ValidationError as error:
            usable = dict(values)
            for wrong in error.errors():
                usable = _without(usable, wrong["loc"])
            return cls.model_validate(usable)


def _without(values: Mapping[str, Any], location: tuple[int | str, ...]) -> dict[str, Any]:
    """Return the values without the one at a location of a pydantic error, which may go on into branches of a union."""
    name, *rest = str(location[0]), *location[1:]
    inner = values.get(name)
    if isinstance(inner, dict) and rest:
        return {**values, name: _without(inner, tuple(rest))}
    return {other: value for other, value in values.items() if other != name}


def check_languages(value: str) -> None:
    """Check that OCR has the data of all languages. Raises ValidationError with the remedy."""
    from clustering.engine.tessdata import WrongLanguages, checked_languages, missing_data

    try:
        missing = missing_data(checked_languages(value))
    except WrongLanguages as error:
        raise ValidationError(str(error)) from error
    if missing:
        raise ValidationError(missing)


class CollectionQuerySet(models.QuerySet["Collection"]):
    """Reads of collections, named for what they return."""

    def with_progress(self) -> CollectionQuerySet:
        """Annotate page_count, group_count, confirmed_group_count, and confirmed_page_count. One query."""
        from clustering.models.group import Group
        from clustering.models.page import Page

        def count(queryset: models.QuerySet[models.Model]) -> models.Subquery:
            rows = queryset.order_by().values("collection").annotate(n=models.Count("pk")).values("n")
            return models.Subquery(rows, output_field=models.IntegerField())

        pages = Page.objects.filter(collection=models.OuterRef("pk"))
        groups = Group.objects.filter(collection=models.OuterRef("pk"))
        zero = models.Value(0)
        return self.annotate(
            page_count=Coalesce(count(pages), zero),
            group_count=Coalesce(count(groups), zero),
            confirmed_group_count=Coalesce(count(groups.filter(state=Group.State.CONFIRMED)), zero),
            confirmed_page_count=Coalesce(count(pages.filter(group__state=Group.State.CONFIRMED)), zero),
        )


class Collection(models.Model):
    """The scans of one organization, in scan order.

    open --close--> closed (nothing can be changed) --reopen--> open. `version` rises by one with every edit, so that
    browsers can ask for the changes since the version they have.
    """

    slug = models.SlugField(
        "short name", max_length=80, unique=True, help_text="Used in web addresses and on the command line."
    )
    title = models.CharField(max_length=300)
    sort_title = models.GeneratedField(
        expression=Natural("title"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    identifier = models.CharField(
        "collection ID", max_length=100, blank=True, help_text="ID of the collection, e.g. HH018977."
    )
    note = models.TextField(blank=True)
    expected_documents = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Number of documents, if the finding aid gives it.",
    )
    ocr_language = models.CharField(
        "OCR language",
        max_length=100,
        blank=True,
        default="",
        validators=[check_languages],
        help_text="Tesseract’s language code, e.g. deu. For several, put the main one first: deu+eng. Blank: the "
        "site’s default.",
    )
    settings = models.JSONField(default=dict, blank=True, help_text="Settings of exports, drafts, and training.")
    version = models.PositiveBigIntegerField(default=0, editable=False)
    reordered = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="Version at which pages last changed their place in scan order."
    )
    redrafted = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="How often workers changed drafts, which doesn’t change the version."
    )
    next_group_number = models.PositiveBigIntegerField(default=1, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    closed = models.DateTimeField(null=True, blank=True, editable=False)
    archived = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was removed from the list of collections."
    )
    deleted = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When it was deleted. It is removed for good some days later.",
    )

    objects = CollectionQuerySet.as_manager()

    hides_restricted: bool = False
    """Whether restricted pages are hidden from the person who asked for it. `access` sets it."""

    class Meta:
        ordering = ["sort_title", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expected_documents__isnull=True) | models.Q(expected_documents__gte=1),
                name="collection_expects_at_least_one_document",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it, with the short name for a blank title, since a link without text can't be followed."""
        if not self.__dict__.get("title", self.slug).strip():
            self.title = self.slug
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Return the address of this collection's desk."""
        return reverse("desk", args=[self.slug])

    def read_settings(self) -> CollectionSettings:
        """Return its settings, with defaults."""
        return CollectionSettings.stored(self.settings)

    @property
    def reading_language(self) -> str:
        """Tesseract's codes of the languages for OCR: its own, or else the installation's."""
        from django.conf import settings

        return self.ocr_language or settings.OCR_LANGUAGE
