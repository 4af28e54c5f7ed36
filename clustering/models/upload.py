"""Uploads of scans from a browser, in chunks."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _lazy


class UploadQuerySet(models.QuerySet["Upload"]):
    """Reads of uploads, named for what they return."""

    def on_the_way(self) -> UploadQuerySet:
        """Return uploads that are still receiving."""
        return self.filter(state=Upload.State.RECEIVING)

    def with_progress(self) -> UploadQuerySet:
        """Annotate file_count, complete_count, total_bytes, and received_bytes. One query."""
        zero = models.Value(0, output_field=models.BigIntegerField())
        complete = Q(files__received=F("files__size"))
        return self.annotate(
            file_count=models.Count("files"),
            complete_count=models.Count("files", filter=complete),
            total_bytes=Coalesce(models.Sum("files__size"), zero),
            received_bytes=Coalesce(models.Sum("files__received"), zero),
        )

    def stale(self) -> UploadQuerySet:
        """Return uploads whose files are no longer needed: all imported, or untouched for UPLOAD_DAYS.

        A job that only compared them may still wait for a decision before it imports them.
        """
        old = Now() - timedelta(days=settings.UPLOAD_DAYS)
        active = Q(job__state__in=["queued", "running"])
        ended = self.exclude(state=Upload.State.TAKEN).filter(Q(job__state="done") | Q(touched__lt=old) & ~active)
        return ended.exclude(job__state="done", job__params__has_key="ask", touched__gte=old)


class Upload(models.Model):
    """Files uploaded together for one collection.

    receiving --all files complete--> handed (its import job runs, or failed and can be launched again)
    --import done--> taken (the files are in the store and removed here). Abandoned uploads are deleted.
    """

    class State(models.TextChoices):
        """Its progress."""

        RECEIVING = "receiving", _lazy("receiving")
        HANDED = "handed", _lazy("handed to the import")
        TAKEN = "taken", _lazy("taken in")

    key = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="Part of its address, and the name of its folder."
    )
    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="uploads")
    made_collection = models.BooleanField(
        default=False, help_text="The collection was created for this upload and is deleted with it."
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    process = models.BooleanField(default=False, help_text="Start processing after the import.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVING)
    job = models.ForeignKey("clustering.Job", models.SET_NULL, null=True, blank=True, related_name="uploads")
    created = models.DateTimeField(db_default=Now(), editable=False)
    touched = models.DateTimeField(db_default=Now(), help_text="When the last chunk arrived.")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "handed", "taken"]), name="upload_state_is_known"
            ),
        ]
        indexes = [
            # Abandoned uploads, which the sweep removes.
            models.Index(fields=["state", "touched"], name="upload_by_state_and_touch"),
        ]

    def __str__(self) -> str:
        return f"Upload for {self.collection_id}"


class UploadedFile(models.Model):
    """One file of an upload. `received` bytes are safe on disk; a complete file is stored under its own name."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="files")
    name = models.CharField(max_length=500, help_text="Path relative to the chosen folder, separated by /.")
    size = models.PositiveBigIntegerField(help_text="In bytes, according to the browser.")
    received = models.PositiveBigIntegerField(default=0)
    modified = models.BigIntegerField(default=0, help_text="Milliseconds since 1970, according to the browser.")
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of its first and last bytes, if the browser sent one."
    )
    sha256 = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the whole file, if the sender knows it.")

    class Meta:
        ordering = ["upload", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "name"], name="uploaded_file_once_per_name"),
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="uploaded_file_received_within_size"),
            models.CheckConstraint(condition=Q(size__gte=1), name="uploaded_file_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        """Whether it is complete."""
        return self.received == self.size
