"""People's own preferences, in all collections and browsers."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Preference(models.Model):
    """One person's preferences. Without a row, all are at their defaults."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preference", primary_key=True)
    keys = models.JSONField(default=dict, help_text='Custom keys by command: {"split": "x", "confirm": "off"}.')
    language = models.CharField(max_length=10, blank=True, default="", help_text="Empty: the language of the browser.")
    mail = models.BooleanField(
        default=True, help_text="Whether notifications are also sent by email, if email is set up."
    )
    tour_seen = models.DateTimeField(null=True, blank=True, help_text="When the tour was closed for the first time.")

    def __str__(self) -> str:
        return f"Preferences of {self.user}"
