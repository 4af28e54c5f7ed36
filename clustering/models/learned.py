"""Learned weights of seam models, of one collection or pooled from all."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from clustering.wording import SentenceField


class LearnedWeights(models.Model):
    """One version of a seam model, its training data, and its figures; only `state` is ever changed.

    refused: not better than the version before. current --a later one, or going back--> superseded -> current.
    A collection without a current version uses the pooled one (`collection` is null), or else the shipped one.
    """

    class State(models.TextChoices):
        """Whether it is in use."""

        CURRENT = "current", _lazy("in use")
        SUPERSEDED = "superseded", _lazy("kept")
        REFUSED = "refused", _lazy("not taken")

    collection = models.ForeignKey(
        "clustering.Collection", models.CASCADE, null=True, blank=True, related_name="learned_weights"
    )
    number = models.PositiveIntegerField(help_text="Number within the collection, from 1.")
    state = models.CharField(max_length=10, choices=State.choices)
    weights = models.JSONField(help_text="The weights, in the format of engine/prior/family.json.")
    prior = models.CharField(max_length=200, help_text="Name of the weights that training started from.")
    edits = models.PositiveBigIntegerField(default=0, help_text="Version of the collection at training.")
    truth = models.JSONField(default=dict, help_text="Size of the training data: seams, groups, answers, collections.")
    before = models.JSONField(default=dict, help_text="Figures of the previous weights on held-out documents.")
    after = models.JSONField(default=dict, help_text="Figures of these weights on held-out documents.")
    verdict = SentenceField(help_text="Why the weights were taken or refused.")
    job = models.ForeignKey("clustering.Job", models.SET_NULL, null=True, blank=True, related_name="learned_weights")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who last put them in or out of use.",
    )
    chosen_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["collection", "-number"]
        verbose_name_plural = "learned weights"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["current", "superseded", "refused"]), name="learned_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["collection", "number"], name="learned_number_is_unique", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["collection"],
                condition=Q(state="current"),
                name="learned_one_current_per_collection",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its name in runs."""
        return f"{self.collection.slug if self.collection else 'pooled'} {self.number}"
