"""What the admin lists before an account is deleted."""

from __future__ import annotations

import pytest
from django.test import Client

from clustering.models import Collection, User
from clustering.removing import archive
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db


def test_what_goes_with_an_account_is_told_in_words(make_collection: MakeCollection, sam: User, alice: User) -> None:
    collection: Collection = make_collection(pages=1)
    archive(collection, actor=alice)
    User.objects.filter(pk=sam.pk).update(is_superuser=True)
    client = Client()
    client.force_login(sam)
    shown = client.get(f"/admin/clustering/user/{alice.pk}/delete/").content.decode()
    assert "alice" in shown
    assert "Log entries: 1" in " ".join(shown.split())
    assert "&quot;text&quot;" not in shown
