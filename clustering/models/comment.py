"""What people say to each other about a document. It is no part of the description; exports have it only where
the settings ask for it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reads of comments, named for what they return."""

    def open(self) -> CommentQuerySet:
        """Return open comments."""
        return self.filter(resolved__isnull=True)


class Comment(models.Model):
    """A remark, kept with a page: it is part of whatever document has that page, after every split, join, and move.

    Open -> resolved -> open again. `key` is the writer's own mark: what is sent twice is there once.
    """

    collection = models.ForeignKey("clustering.Collection", models.CASCADE, related_name="comments")
    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    mentions = ArrayField(
        models.CharField(max_length=150), default=list, blank=True, help_text="Usernames of those it speaks to."
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
            # The marks at the desk: which pages of a collection have open comments.
            models.Index(
                fields=["collection", "page"], condition=models.Q(resolved__isnull=True), name="comment_open_by_page"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
