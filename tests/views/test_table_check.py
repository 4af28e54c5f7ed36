"""What the table asks before it changes many documents: what cannot be kept, and how the rest is read."""

from __future__ import annotations

from django.test import Client

from clustering.models import Group, User
from tests.conftest import MakeCollection


def test_it_says_what_is_wrong_and_how_the_rest_is_read(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection("afl", groups=[1, 1, 1])
    one, two, three = collection.groups.order_by("number").values_list("pk", flat=True)
    client = Client()
    client.force_login(alice)
    facts = {one: {"date": "Jan-54", "language": "German"}, two: {"date": "one fine day"}, three: {"date": "1954"}}
    answer = client.post("/c/afl/table/check/", {"facts": facts}, content_type="application/json").json()
    assert answer["read"] == {str(one): {"date": "January 1954", "language": "German"}}
    assert list(answer["wrong"]) == [str(two)]
    assert not Group.objects.exclude(date="").exists()
