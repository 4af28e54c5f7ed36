"""A collection: one organization's folder of scans, the unit of work."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse


def check_languages(value: str) -> None:
    """Refuse what names no installed language of OCR. Raises ValidationError with the remedy."""
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
        """Each with page_count, group_count, confirmed_group_count and confirmed_page_count, in one query."""
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
    """One organization's folder, in scan order.

    `version` rises by one with every edit, so that a browser can ask what changed since the version it knows.
    Open -> closed freezes the desk; closed -> open is logged as an edit.
    """

    slug = models.SlugField(max_length=80, unique=True, help_text="Short name for addresses and the command line.")
    title = models.CharField(max_length=300)
    identifier = models.CharField(max_length=100, blank=True, help_text="The organization's number, e.g. HH018977.")
    note = models.TextField(blank=True)
    expected_documents = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How many documents the finding aid counts, if it says so.",
    )
    ocr_language = models.CharField(
        "OCR language",
        max_length=100,
        blank=True,
        default="",
        validators=[check_languages],
        help_text="Tesseract's code of the language the pages are read in, e.g. deu; several with a plus, the main one "
        "first: deu+eng. Blank uses the installation's.",
    )
    settings = models.JSONField(default=dict, blank=True, help_text="Settings of exports and of learning.")
    version = models.PositiveBigIntegerField(default=0, editable=False)
    reordered = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="The version at which pages last moved in scan order."
    )
    next_group_number = models.PositiveBigIntegerField(default=1, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    closed = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["title", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expected_documents__isnull=True) | models.Q(expected_documents__gte=1),
                name="collection_expects_at_least_one_document",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The desk of this collection."""
        return reverse("desk", args=[self.slug])

    @property
    def reading_language(self) -> str:
        """In which languages its pages are read: its own, else the installation's."""
        from django.conf import settings

        return self.ocr_language or settings.OCR_LANGUAGE
