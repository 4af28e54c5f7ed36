"""Tokens, with which scripts sign in as the people who created them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Reads of tokens, named for what they return."""

    def usable(self) -> ApiTokenQuerySet:
        """Return tokens that are neither revoked nor expired."""
        lasting = Q(expires__isnull=True) | Q(expires__gt=timezone.now())
        return self.filter(lasting, revoked__isnull=True)


class ApiToken(models.Model):
    """A person's token. Only its SHA-256 is stored, so no one can read it, not even from a copy of the database.

    usable --revoke--> revoked; usable --time--> expired. A token has 256 random bits, so a plain hash is enough. It
    never allows more than its owner may do, and with the scope "read" it can't change anything.
    """

    class Scope(models.TextChoices):
        """What a token may be used for."""

        READ = "read", _lazy("read only")
        WRITE = "write", _lazy("read and write")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="Its purpose, e.g. the name of the script.")
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.READ)
    start = models.CharField(max_length=12, help_text="Its first characters, to recognize it by.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True, help_text="Accurate to the minute.")
    revoked = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        verbose_name_plural = "API tokens"
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=Q(revoked__isnull=True), name="api_token_name_once_per_person"
            ),
            models.CheckConstraint(condition=Q(scope__in=["read", "write"]), name="api_token_scope_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @property
    def has_expired(self) -> bool:
        """Whether its expiry date has passed."""
        return self.expires is not None and self.expires <= timezone.now()
