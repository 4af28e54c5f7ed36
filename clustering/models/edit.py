"""Edits, which record what acts changed, and answers, which record whether two pages are one document."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy

from clustering.models.verbs import verb_choices
from clustering.wording import translated


class Edit(models.Model):
    """What one act changed. Rows are never changed, except `undone`.

    `before` and `after` hold everything that the act changed (`journal.stored`). Undo applies `before` if the desk is
    as `after` says, and is an edit itself: done --undo--> undone --redo--> done.
    """

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="edits")
    sequence = models.PositiveBigIntegerField(help_text="Version of the collection after this change.")
    act_id = models.UUIDField(
        default=uuid.uuid4, help_text="Chosen by the sender, so that an act sent twice is done once."
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="edits")
    verb = models.CharField(max_length=12, choices=verb_choices)
    summary = models.CharField(max_length=500, help_text="A sentence in English, e.g. Joined documents 12 and 13.")
    message = models.JSONField(null=True, help_text="The summary as data, for translation.")
    before = models.JSONField()
    after = models.JSONField()
    groups = ArrayField(models.BigIntegerField(), default=list, help_text="IDs of all documents involved.")
    pages = ArrayField(
        models.BigIntegerField(), default=list, help_text="IDs of the pages that moved, or else of those that changed."
    )
    run = models.ForeignKey("clustering.Run", models.SET_NULL, null=True, blank=True, related_name="edits")
    undoes = models.ForeignKey("self", models.RESTRICT, null=True, blank=True, related_name="undone_by")
    redoes = models.ForeignKey("self", models.RESTRICT, null=True, blank=True, related_name="redone_by")
    undone = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "change"
        verbose_name_plural = "changes"
        ordering = ["collection", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "sequence"], name="edit_sequence_is_unique"),
            models.UniqueConstraint(fields=["act_id"], name="edit_act_id_is_unique"),
            models.CheckConstraint(condition=Q(undoes__isnull=True) | Q(verb="undo"), name="edit_only_undo_undoes"),
            models.CheckConstraint(condition=Q(redoes__isnull=True) | Q(verb="redo"), name="edit_only_redo_redoes"),
        ]
        indexes = [
            # A person's undo stack, newest first.
            models.Index(fields=["collection", "actor", "-sequence"], name="edit_by_actor"),
            # What a person did last, in any collection.
            models.Index(fields=["actor", "-id"], name="edit_newest_of_actor"),
            # History of a group and of a page.
            GinIndex(fields=["groups"], name="edit_by_group"),
            GinIndex(fields=["pages"], name="edit_by_page"),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def sentence(self) -> str:
        """The summary in the reader's language. Older edits have it in English only."""
        return translated(self.quoted)

    @property
    def quoted(self) -> Any:
        """The summary as a value for another sentence. Older edits have it in English only."""
        return self.message or self.summary


class Answer(models.Model):
    """A person's decision whether two pages are in the same document or in different ones.

    It is about pages, so it remains valid for all runs. `first` is before `second` in scan order.
    """

    class Verdict(models.TextChoices):
        """The decision."""

        SAME = "same", _lazy("same document")
        DIFFERENT = "different", _lazy("different documents")

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="answers")
    first = models.ForeignKey("clustering.Page", models.CASCADE, related_name="answers_after")
    second = models.ForeignKey("clustering.Page", models.CASCADE, related_name="answers_before")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    edit = models.ForeignKey(Edit, models.SET_NULL, null=True, blank=True, related_name="answers")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["same", "different"]), name="answer_verdict_is_known"),
            models.UniqueConstraint(fields=["first", "second"], name="answer_once_per_pair"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="answer_is_about_two_pages"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.get_verdict_display()}"
