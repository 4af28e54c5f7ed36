"""A person who signs in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db.models import Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from clustering.models.natural import Natural

BY_NAME = (
    Natural(Coalesce(NullIf(Trim(Concat("first_name", Value(" "), "last_name")), Value("")), "username")),
    "username",
)
"""The order in which people look for accounts: by what each is called, the username of those without another name."""


class User(AbstractUser):
    """Django's own user, under a name of ours from the start: to change the model of a running site later is hard."""
