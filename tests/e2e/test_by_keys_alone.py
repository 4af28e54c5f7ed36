"""From the proposal to documents that are confirmed, described and exported, by keys alone; and how many it takes."""

from __future__ import annotations

import csv
import io
import sys

from django.test import Client

from bench.keys import Hands, cut_and_confirm, describe
from clustering.models import Collection, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arrangement, settled

STARTS = [1, 3, 5, 7, 10, 12]
"""The proposal has 1, 3, 6, 7 and 11: three places are wrong, one is missing."""


def test_a_collection_is_finished_by_keys_alone(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    drafts = {"title": "The Farm Workers Ask", "kind": "flyer", "date": "1968"}
    draft = {name: {"value": value, "confidence": 0.9, "given": True} for name, value in drafts.items()}
    collection.groups.update(draft=draft)
    desk = open_desk(alice)
    desk.focus(1)
    hands = Hands(desk.page)
    corrected = cut_and_confirm(hands, STARTS, 12)
    desk.saved()
    cut = hands.keys
    settled(lambda: [pages[0] for pages in arrangement(collection)], STARTS)
    settled(lambda: set(collection.groups.values_list("state", flat=True)), {"confirmed"})
    describe(hands, {})
    settled(lambda: collection.groups.filter(accepted_drafts__len__gt=0).count(), 0)
    per_page = 100 / 12
    summary = f"{cut * per_page:.0f} to cut and confirm, {(hands.keys - cut) * per_page:.0f} to describe"
    sys.stdout.write(f"\nkeys per 100 pages, with {corrected} corrections on 12: {summary}\n")
    assert corrected == 5
    assert cut <= 12 * 3
    assert hands.keys - cut <= len(STARTS) + 2
    client = Client()
    client.force_login(alice)
    answer = client.get("/c/afl/export/groups/")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert len(rows) == len(STARTS)
    named = [row for row in rows if row["dcterms:title"] == "The Farm Workers Ask"]
    assert len(named) >= 3, "documents that were not cut again keep their drafts"
    assert all((row["kind"], row["dcterms:date"]) == ("flyer", "1968") for row in named)
