"""Corrections of the lines that OCR read on a page, or missed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clustering.engine.correcting import Correction
from clustering.models.page import Page

LONGEST_LINE = 2000
"""Characters in a corrected line."""


class LineCorrection(models.Model):
    """A line as it should read. Stored apart from the reading, so that it survives a new one.

    The line is identified by its box and by what was read there; see `engine.correcting`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="corrections")
    box = ArrayField(
        models.FloatField(), size=4, help_text="Left, top, right, and bottom, as shares of the stored image."
    )
    original = models.CharField(
        max_length=LONGEST_LINE, blank=True, help_text="The line as read. Empty: added by a person."
    )
    text = models.CharField(
        max_length=LONGEST_LINE, blank=True, help_text="The corrected line. Empty: deleted by a person."
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed = models.DateTimeField(help_text="When it was last corrected.")

    class Meta:
        ordering = ["page", "changed", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(original="", text=""), name="correction_says_something"),
        ]

    def __str__(self) -> str:
        return f"“{self.original}” on {self.page_id}: “{self.text}”"

    def as_record(self) -> Correction:
        """Return the correction as the engine applies it to a reading."""
        left, top, right, bottom = self.box
        return Correction(str(self.pk), (left, top, right, bottom), self.original, self.text)


def corrections_of(pages: Iterable[int | Page]) -> dict[int, list[Correction]]:
    """Return the corrections of pages, by the id of the page. One query."""
    corrections: dict[int, list[Correction]] = {}
    for row in LineCorrection.objects.filter(page__in=list(pages)):
        corrections.setdefault(row.page_id, []).append(row.as_record())
    return corrections
