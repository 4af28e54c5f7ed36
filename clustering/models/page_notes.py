"""What workers note of pages for a proposal, until it is made."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PageNotes(models.Model):
    """What a proposal takes from some pages alone, and how well they match those after them as the two sides of a leaf:
    one finished batch of a job.

    Removed with the proposal that they are for, or with its job.
    """

    job = models.ForeignKey("clustering.Job", models.CASCADE, related_name="page_notes")
    terms = models.JSONField(help_text="What this took from the other pages of the collection.")
    pages = ArrayField(
        models.BigIntegerField(), help_text="Ids of the pages, and of the one after them, in scan order."
    )
    notes = models.BinaryField(default=b"", help_text="A compressed note about each page.")
    scores = ArrayField(models.FloatField(), help_text="Of each page and the one after it.")

    class Meta:
        verbose_name_plural = "page notes"

    def __str__(self) -> str:
        return f"{len(self.pages)} pages of job {self.job_id}"
