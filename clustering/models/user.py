"""A person who signs in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Django's own user, under a name of ours from the start: to change the model of a running site later is hard."""
