"""Saved filters: searches, sort orders, and filters of the front page or a collection, under a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from clustering.models.natural import Natural


class SavedFilter(models.Model):
    """An address with its filters. Its owner can rename and delete it; a shared one is offered to everyone."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    collection = models.ForeignKey(
        "clustering.Collection", models.CASCADE, null=True, blank=True, related_name="saved_filters"
    )
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=600)
    shared = models.BooleanField(default=False)
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = [Natural("name"), "pk"]
        indexes = [
            # Filters that the front page and a collection offer.
            models.Index(fields=["owner"], name="saved_filter_by_owner"),
        ]

    def __str__(self) -> str:
        return self.name
