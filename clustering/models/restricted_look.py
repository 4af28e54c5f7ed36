"""A log of who looked at restricted pages."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class RestrictedLook(models.Model):
    """A person's look at a restricted page. Written by `restricted_looks.look_at`, never changed."""

    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="looks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    username = models.CharField(max_length=150, help_text="Kept in case the account is deleted.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # Whether a person looked at the page recently, for every image.
            models.Index(fields=["page", "person", "-created"], name="restricted_look_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.username}: page {self.page_id}"
