"""A line that was found as likely personal data, and that a person looked at and dismissed."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class DismissedHint(models.Model):
    """Somebody decided that this is no personal data, or may stay open. Taken back by deleting it.

    What was found is known by its kind and its line's words (`selectors.likely_personal`): other words ask anew.
    """

    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="dismissed_hints")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the kind, what was found, and its line.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    username = models.CharField(max_length=150, help_text="As it was then: an account may be deleted.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["page", "digest"], name="hint_is_dismissed_once")]

    def __str__(self) -> str:
        return f"{self.username}: page {self.page_id}"
