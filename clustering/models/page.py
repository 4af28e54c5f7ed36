"""Pages: scanned images in scan order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

ROTATION = Coalesce("chosen_rotation", "reading__rotation", 0)
"""`Page.rotation` in a query."""


def is_restricted() -> Q:
    """Return `Page.is_restricted` as a condition. Restrictions end automatically after their last day."""
    until = Q(restricted_until=None) | Q(restricted_until__gte=timezone.localdate())
    return Q(until, restricted=True)


class PageQuerySet(models.QuerySet["Page"]):
    """Reads of pages, named for what they return."""

    def in_scan_order(self) -> PageQuerySet:
        """Return pages by position."""
        return self.order_by("collection", "position")

    def restricted(self) -> PageQuerySet:
        """Return pages that are restricted today."""
        return self.filter(is_restricted())

    def unrestricted(self) -> PageQuerySet:
        """Return pages that aren't restricted today."""
        return self.filter(Q(restricted=False) | Q(restricted_until__lt=timezone.localdate()))

    def lacking_embedding(self, encoder: str) -> PageQuerySet:
        """Return pages without a vector by this encoder, in scan order."""
        from clustering.models.embedding import Embedding

        has = Embedding.objects.filter(page=models.OuterRef("pk"), encoder=encoder)
        return self.filter(~models.Exists(has)).in_scan_order()

    def lacking_reading(self) -> PageQuerySet:
        """Return pages that weren't read yet, in scan order."""
        return self.filter(reading__isnull=True).in_scan_order()

    def lacking_reading_by(self, engine: str, ocr_language: str) -> PageQuerySet:
        """Return pages that weren't read yet, or that have writing that another engine couldn't read.

        Excludes pages whose text a person checked.
        """
        unread = Q(reading__is_unread=True, reading__ocr_language=ocr_language, reading__checked__isnull=True)
        given_up = unread & ~Q(reading__engine=engine)
        return self.filter(Q(reading__isnull=True) | given_up).in_scan_order()

    def not_read_in(self, ocr_language: str) -> PageQuerySet:
        """Return pages that weren't read yet, or in other languages, in scan order.

        Excludes pages whose text a person checked.
        """
        otherwise = ~Q(reading__ocr_language=ocr_language) & Q(reading__checked__isnull=True)
        return self.filter(Q(reading__isnull=True) | otherwise).in_scan_order()


class Page(models.Model):
    """One image. Its file is stored below MEDIA_ROOT under its `sha256` and never changed.

    `position` is its place in scan order, from 1; it changes only if a later import inserts pages before it. A page is
    in at most one group, and `group_order` is its place there, from 1.
    """

    class Role(models.TextChoices):
        """What a page is if it doesn't belong in a document."""

        DOCUMENT = "", _lazy("page of a document")
        TARGET = "target", _lazy("target or calibration card")
        EMPTY = "empty", _lazy("empty")
        OTHER = "other", _lazy("not a document")

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="pages")
    position = models.PositiveIntegerField()
    identifier = models.CharField(max_length=200)
    pid = models.CharField(max_length=200, blank=True, help_text="Repository ID, e.g. bdr:gbzad5mb.")
    label = models.CharField(max_length=200, blank=True, default="", help_text="Label in the source, e.g. “12v”.")
    filename = models.CharField(max_length=500, help_text="Original file name. Bytes that aren’t UTF-8 are escaped.")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField(help_text="In pixels, with the EXIF orientation applied.")
    height = models.PositiveIntegerField()
    paper = models.JSONField(null=True, blank=True, help_text="Measurements of the paper, with their version.")
    placeholder = models.CharField(
        max_length=52,
        blank=True,
        default="",
        db_default="",
        help_text="A tiny blurred image, shown until the scan is loaded.",
    )
    chosen_rotation = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Degrees clockwise, chosen by a person. Empty: as found by OCR."
    )
    restricted = models.BooleanField(default=False, help_text="Hidden from viewers, exports, and IIIF.")
    restricted_reason = models.CharField(max_length=300, blank=True, default="")
    restricted_until = models.DateField(
        null=True, blank=True, help_text="Last day of the restriction. Empty: until it is lifted."
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.DOCUMENT, blank=True)
    group = models.ForeignKey("clustering.Group", models.RESTRICT, null=True, blank=True, related_name="pages")
    group_order = models.PositiveIntegerField(null=True, blank=True)
    created = models.DateTimeField(db_default=Now(), editable=False)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["collection", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=["", "target", "empty", "other"]), name="page_role_is_known"),
            models.UniqueConstraint(fields=["collection", "position"], name="page_position_is_unique"),
            models.UniqueConstraint(fields=["collection", "identifier"], name="page_identifier_is_unique"),
            models.UniqueConstraint(
                fields=["group", "group_order"],
                name="page_group_order_is_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=True, group_order__isnull=True)
                | Q(group__isnull=False, group_order__isnull=False),
                name="page_has_group_and_order_or_neither",
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="page_position_from_one"),
            models.CheckConstraint(
                condition=Q(group_order__isnull=True) | Q(group_order__gte=1), name="page_group_order_from_one"
            ),
            models.CheckConstraint(
                condition=Q(chosen_rotation__isnull=True) | Q(chosen_rotation__in=[0, 90, 180, 270]),
                name="page_rotation_is_a_quarter_turn",
            ),
            models.CheckConstraint(
                condition=Q(restricted=True) | Q(restricted_reason="", restricted_until__isnull=True),
                name="page_says_why_where_restricted",
            ),
            models.CheckConstraint(condition=Q(width__gte=1, height__gte=1), name="page_has_pixels"),
        ]
        indexes = [
            # Which files a collection already has, for import; which page a file belongs to, for the media view.
            models.Index(fields=["collection", "sha256"], name="page_by_content"),
            # Restricted pages, for every request of someone who may not see them.
            models.Index(fields=["collection"], condition=Q(restricted=True), name="page_restricted"),
        ]

    def __str__(self) -> str:
        return self.identifier

    @property
    def is_restricted(self) -> bool:
        """Whether it is restricted today."""
        until = self.restricted_until
        return self.restricted and (until is None or until >= timezone.localdate())

    @property
    def rotation(self) -> int:
        """Degrees clockwise by which it is shown and exported. One query if its reading isn't loaded."""
        if self.chosen_rotation is not None:
            return self.chosen_rotation
        reading = getattr(self, "reading", None)
        return reading.rotation if reading is not None else 0
