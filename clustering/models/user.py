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
"""Order of lists of accounts: by full name, or by username if there is none."""


class User(AbstractUser):
    """Django's own user. It is a model of ours from the start, because replacing it on a running site is hard."""
