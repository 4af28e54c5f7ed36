"""Samples of spot checks: groups that were confirmed in bulk, and whether a person found them right afterwards."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy


class AuditSample(models.Model):
    """One group in a spot check, drawn at random from those that an edit confirmed in bulk, as it was then.

    waiting (no verdict) -> right or wrong; a person may change the verdict. `group` is an id, not a foreign key: merges
    remove groups, undo restores them, and the sample is about the pages as they were accepted. Samples of an undone
    edit are kept, and count again if it is redone.
    """

    class Verdict(models.TextChoices):
        """Whether exactly these pages are one document."""

        RIGHT = "right", _lazy("right")
        WRONG = "wrong", _lazy("wrong")

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="audit_samples")
    edit = models.ForeignKey("clustering.Edit", models.CASCADE, related_name="audit_samples")
    group = models.BigIntegerField(help_text="ID of the document when it was drawn.")
    number = models.PositiveBigIntegerField(help_text="Number of the document.")
    pages = ArrayField(models.BigIntegerField(), help_text="Page IDs in reading order, as confirmed.")
    confidence = models.FloatField(help_text="Confidence when it was confirmed.")
    place = models.PositiveIntegerField(help_text="Position in the sample, from 1.")
    drawn = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=5, choices=Verdict.choices, blank=True, help_text="Empty: not checked yet.")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["edit", "place"]
        constraints = [
            models.UniqueConstraint(fields=["edit", "group"], name="audit_sample_once_per_edit_and_group"),
            models.UniqueConstraint(fields=["edit", "place"], name="audit_sample_place_is_unique"),
            models.CheckConstraint(
                condition=Q(verdict="", checked_at__isnull=True)
                | Q(verdict__in=["right", "wrong"], checked_at__isnull=False),
                name="audit_sample_verdict_has_time",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="audit_sample_confidence_is_a_probability"
            ),
        ]
        indexes = [
            # The evidence of a collection, and what is left to check.
            models.Index(fields=["collection", "verdict"], name="audit_sample_by_verdict"),
        ]

    def __str__(self) -> str:
        return f"Document {self.number}: {self.get_verdict_display() or 'not checked yet'}"
