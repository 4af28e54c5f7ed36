"""Opinions: answers of a language model, with their cost."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Reads of opinions, named for what they return."""

    def of_seams(self) -> OpinionQuerySet:
        """Return the newest opinion on each seam."""
        newest = self.filter(kind=Opinion.Kind.SEAM).order_by("page_id", "-pk").distinct("page_id")
        return newest.select_related("next_page")

    def kept_for(self, key: str) -> Opinion | None:
        """Return the first answer to exactly this question, in any collection."""
        return self.filter(key=key).order_by("pk").first()


class Opinion(models.Model):
    """One answer; never edited. A model is never asked the same question twice: its answer is copied.

    Only answers that could be parsed have a row. Failures are problems of the job.
    """

    class Kind(models.TextChoices):
        """What was asked."""

        SEAM = "seam", _lazy("whether a page begins a new document")
        DOCUMENT = "document", _lazy("what a document is")

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="opinions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=64, help_text="SHA-256 of the question: its text, the model, and what was sent.")
    page = models.ForeignKey(
        "clustering.Page",
        models.CASCADE,
        related_name="opinions",
        help_text="The page before the place in question, or the first page of the document.",
    )
    next_page = models.ForeignKey(
        "clustering.Page",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="The page after the place in question.",
    )
    model = models.CharField(max_length=200)
    answer = models.JSONField(help_text="The parsed answer: {new_document, confidence, reason} or {title, kind, …}.")
    sent = models.PositiveIntegerField(default=0, help_text="Tokens sent, as counted by the server.")
    received = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    cost = models.DecimalField(
        max_digits=12, decimal_places=6, default=Decimal(0), help_text="In the currency of the configured prices."
    )
    reused = models.BooleanField(default=False, help_text="Copied from an earlier answer to the same question.")
    job = models.ForeignKey("clustering.Job", models.SET_NULL, null=True, blank=True, related_name="opinions")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "language model answer"
        verbose_name_plural = "language model answers"
        ordering = ["collection", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["seam", "document"]), name="opinion_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="seam", next_page__isnull=False) | Q(kind="document", next_page__isnull=True),
                name="opinion_of_a_seam_has_two_pages",
            ),
        ]
        indexes = [
            # Whether a question was asked before.
            models.Index(fields=["key"], name="opinion_by_key"),
            # Opinions on a collection's seams, for a proposal.
            models.Index(fields=["collection", "kind", "page", "-id"], name="opinion_of_seams"),
        ]

    def __str__(self) -> str:
        return f"{self.model} on {self.page_id}"
