"""What workers compute of leaves for a proposal, until it is made."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class LeafScores(models.Model):
    """How well some pages match those after them as the two sides of a leaf: one finished batch of a job.

    Removed with the proposal that they are for, or with its job.
    """

    job = models.ForeignKey("clustering.Job", models.CASCADE, related_name="leaf_scores")
    terms = models.JSONField(help_text="What the comparison took from the other pages of the collection.")
    pages = ArrayField(models.BigIntegerField(), help_text="Ids of neighbors in scan order.")
    scores = ArrayField(models.FloatField(), help_text="One fewer: of each page and the one after it.")

    class Meta:
        verbose_name_plural = "leaf scores"

    def __str__(self) -> str:
        return f"{len(self.scores)} pairs of pages of job {self.job_id}"
