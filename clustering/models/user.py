"""A person who signs in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db.models import Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from clustering.models.natural import Natural
from clustering.wording import name_of

BY_NAME = (
    Natural(Coalesce(NullIf(Trim(Concat("first_name", Value(" "), "last_name")), Value("")), "username")),
    "username",
)
"""Order of lists of accounts: by full name, or by username if there is none."""


class User(AbstractUser):
    """Django's own user. It is a model of ours from the start, because replacing it on a running site is hard."""

    @property
    def shown_name(self) -> str:
        """The name that people see: the full name, or else the username."""
        return name_of(self)
