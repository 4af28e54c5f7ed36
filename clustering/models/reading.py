"""A reading: the OCR text of a page."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models


class Reading(models.Model):
    """What was read on one page after it was turned upright by `rotation` degrees.

    `lines` is a list of [text, left, top, right, bottom, confidence], in pixels of the upright image of
    `width` x `height` (not the page's own size where the page was enlarged for reading).
    """

    page = models.OneToOneField("clustering.Page", models.CASCADE, related_name="reading")
    text = models.TextField(blank=True)
    lines = models.JSONField(default=list)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    rotation = models.PositiveSmallIntegerField(default=0)
    confidence = models.FloatField(default=0.0)
    language = models.CharField(max_length=8, blank=True)
    engine = models.CharField(max_length=100, help_text="Program, version and data that read it.")
    search = models.GeneratedField(
        expression=SearchVector("text", config="english"), output_field=SearchVectorField(), db_persist=True
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rotation__in=[0, 90, 180, 270]), name="reading_rotation_is_a_quarter_turn"
            ),
        ]
        indexes = [
            # The desk's text search.
            GinIndex(fields=["search"], name="reading_search"),
        ]

    def __str__(self) -> str:
        return f"Reading of {self.page_id}"
