"""Comments that people write to each other about documents. They aren't part of the description, and only included in
exports if the settings say so."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reads of comments, named for what they return."""

    def open(self) -> CommentQuerySet:
        """Return comments that aren't resolved."""
        return self.filter(resolved__isnull=True)


class Comment(models.Model):
    """A comment on a document. It is stored with a page and stays with it through splits, joins, and moves.

    open -> resolved -> open again. `key` is set by the sender, so that a comment sent twice is stored once.
    """

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="comments")
    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    mentions = ArrayField(
        models.CharField(max_length=150), default=list, blank=True, help_text="Usernames of the people mentioned."
    )
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created = models.DateTimeField(db_default=Now(), editable=False)
    edited = models.DateTimeField(null=True, blank=True)
    resolved = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            # Which pages in a collection have open comments, for the marks on the desk.
            models.Index(
                fields=["collection", "page"], condition=models.Q(resolved__isnull=True), name="comment_open_by_page"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
