"""Staff who use the admin, with the scans and the store of the tests of jobs."""

from __future__ import annotations

import pytest
from django.test import Client

from clustering.models import User
from tests.jobs.conftest import draw_scans, media, shared_folder

__all__ = ["draw_scans", "media", "shared_folder"]


@pytest.fixture
def clerk(db: None) -> User:
    """Staff without being superuser and without any permission of a model."""
    return User.objects.create_user("clerk", password="a-good-password", is_staff=True)


@pytest.fixture
def staff(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client
