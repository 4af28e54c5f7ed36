"""Runs: proposals as computed by one method with one set of settings; never edited."""

from __future__ import annotations

from django.conf import settings as site_settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from clustering.wording import SentenceField, SentencesField


class Run(models.Model):
    """A proposal for a whole collection. It has rows of its own; publishing it to the desk is an edit.

    computing -> ready -> published (once or more); computing -> failed.
    """

    class State(models.TextChoices):
        """Its progress."""

        COMPUTING = "computing", _lazy("computing")
        READY = "ready", _lazy("ready")
        FAILED = "failed", _lazy("failed")

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="runs")
    method = models.CharField(max_length=40)
    settings = models.JSONField(default=dict)
    encoder = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=200, blank=True, help_text="Name and version of the seam model.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.COMPUTING)
    group_count = models.PositiveIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    warnings = SentencesField(default=list)
    strays = models.JSONField(
        default=list, help_text="[{page, group, probability, sentence}] with page IDs and group indexes."
    )
    weighing = models.JSONField(
        default=dict,
        help_text="Parameters of the decoder, to decode parts again: {anchors, offset}. Anchors are positions of pages "
        "that surely end a document; the offset is added to all log-odds.",
    )
    job = models.ForeignKey("clustering.Job", models.SET_NULL, null=True, blank=True, related_name="runs")
    actor = models.ForeignKey(site_settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    published = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "proposal"
        verbose_name_plural = "proposals"
        ordering = ["collection", "-created"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["computing", "ready", "failed"]), name="run_state_is_known"),
        ]
        indexes = [
            # The newest run of a collection, for the desk.
            models.Index(fields=["collection", "-created"], name="run_newest"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}: {self.method}"


class RunFeatures(models.Model):
    """Data of a run's model, so that `redecode.live` can update it with answers without gathering evidence again.

    Only runs that learn from answers have a row.
    """

    run = models.OneToOneField(Run, models.CASCADE, related_name="features", primary_key=True)
    data = models.BinaryField(help_text="NumPy archive of pages, facts, traits, mean, spread, and scales.")

    class Meta:
        verbose_name_plural = "run features"

    def __str__(self) -> str:
        return f"Features of run {self.run_id}"


class RunGroup(models.Model):
    """One group of a run, with its confidence and drafts. Its pages are in `RunMembership`."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="groups")
    index = models.PositiveIntegerField(help_text="Position among the documents of the proposal, from 0.")
    probability = models.FloatField(null=True)
    draft = models.JSONField(default=dict)
    order_reason = SentenceField(blank=True)

    class Meta:
        ordering = ["run", "index"]
        constraints = [
            models.UniqueConstraint(fields=["run", "index"], name="run_group_index_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.index}"


class RunMembership(models.Model):
    """The group of a run that a page is in, and its place there."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="memberships")
    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="run_memberships")
    group_index = models.PositiveIntegerField()
    group_order = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "page"], name="run_has_each_page_once"),
            models.UniqueConstraint(fields=["run", "group_index", "group_order"], name="run_group_order_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.page_id} in {self.group_index}"


class SeamScore(models.Model):
    """A run's probability and evidence for one seam, the one after `page` in scan order."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="seams")
    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="seam_scores")
    probability = models.FloatField(help_text="Probability that a document ends after this page.")
    boundary = models.BooleanField()
    evidence = models.JSONField(default=list, help_text="[{family, name, value, sentence, contribution}].")
    log_odds = models.FloatField(
        null=True, blank=True, help_text="Log-odds from the evidence at this place alone. Empty: no evidence."
    )

    class Meta:
        verbose_name = "place between pages"
        verbose_name_plural = "places between pages"
        constraints = [
            models.UniqueConstraint(fields=["run", "page"], name="seam_scored_once_per_run"),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="seam_score_is_a_probability"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.probability:.2f} after {self.page_id}"


class LiveScore(models.Model):
    """A run's probability for one seam, updated with people's decisions since.

    It is derived from the run's evidence and all decisions, and computed again by every act that changes these
    (`redecode.live`). Only seams whose probability changed have a row. Acts rewrite most rows, so there is no index but
    by page, and blocks have free space, which lets PostgreSQL update rows in place.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="live_seams")
    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="live_scores")
    probability = models.FloatField(help_text="Probability that a document ends after this page.")
    sequence = models.PositiveBigIntegerField(help_text="Version of the collection when it last changed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "page"], name="live_score_once_per_run"),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="live_score_is_a_probability"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.probability:.2f} after {self.page_id} since {self.sequence}"
