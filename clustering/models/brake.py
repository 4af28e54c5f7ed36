"""Counts of recent failed sign-ins, so that nobody can keep guessing passwords."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy


class Brake(models.Model):
    """A leaky bucket of failed sign-ins; see `LIMITS`. While it is full, no more are allowed.

    `account` is the name as typed, whether it exists or not. `address` is a network address or a browser in which this
    account signed in before ("browser 3f9c…"). Without a row, there were no recent failures.
    """

    class Kind(models.TextChoices):
        """What is counted."""

        PAIR = "pair", _lazy("account at an address")
        ADDRESS = "address", _lazy("address")
        ACCOUNT = "account", _lazy("account, at new browsers")
        TOKEN = "token", _lazy("wrong tokens of the API")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    account = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=64, blank=True)
    level = models.FloatField(default=0.0, help_text="Failed attempts still counted at the last one.")
    counted = models.DateTimeField(help_text="Time of the last failed attempt.")

    class Meta:
        verbose_name = "failed sign-ins"
        verbose_name_plural = "failed sign-ins"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["pair", "address", "account", "token"]), name="brake_kind_is_known"
            ),
            models.UniqueConstraint(fields=["kind", "account", "address"], name="one_brake_for_account_and_address"),
        ]
        indexes = [
            # The sweep deletes old rows.
            models.Index(fields=["counted"], name="brake_counted")
        ]

    def __str__(self) -> str:
        return " from ".join(filter(None, (self.account, self.address)))

    @property
    def most(self) -> int:
        """Failures that fill the bucket."""
        return LIMITS[self.kind][0]

    def level_at(self, moment: datetime) -> float:
        """Return the failures still counted at a moment."""
        passed = (moment - self.counted).total_seconds()
        return max(0.0, self.level - max(0.0, passed) / LIMITS[self.kind][1])

    def closed_until(self, moment: datetime) -> datetime | None:
        """Return the time of the next allowed try; None if one is allowed now."""
        over = self.level_at(moment) + 1 - self.most
        return moment + timedelta(seconds=over * LIMITS[self.kind][1]) if over > 1e-6 else None


LIMITS: dict[str, tuple[int, float]] = {
    # A person who mistypes five times waits five minutes; someone who guesses has 12 tries per hour.
    Brake.Kind.PAIR: (5, 300.0),
    # Someone who tries one account after another; but a whole reading room may share one address.
    Brake.Kind.ADDRESS: (30, 60.0),
    # Many addresses that try one account. Browsers in which it signed in before aren't counted or blocked here, so that
    # others can't lock people out of their own accounts.
    Brake.Kind.ACCOUNT: (50, 300.0),
    # A script that still uses a revoked token.
    Brake.Kind.TOKEN: (60, 10.0),
}
"""By kind, the failures that fill the bucket, and the seconds after which one is forgotten."""
