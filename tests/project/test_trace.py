"""One split, read from the request to the answer: few modules run, so few have to be read."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

from django.test import Client

from clustering.models import Group, User
from tests.actions.test_live import Weigh, weigh
from tests.conftest import MakeCollection

__all__ = ["weigh"]

ROOT = Path(__file__).resolve().parents[2]
MOST = 15
"""Six are the request and the act, two the journal, four what the proposal changes, two its words, one the answer."""


def test_a_split_runs_few_modules(alice: User, make_collection: MakeCollection, weigh: Weigh) -> None:
    """At the desk, in a collection whose run is decoded again around the split."""
    collection = make_collection(pages=300)
    weigh(collection, [(-2.0, -1.0, 2.0)[i % 3] for i in range(299)], anchors=[60, 120, 180, 240])
    collection.refresh_from_db()
    browser = Client()
    browser.force_login(alice)
    assert browser.get("/c/afl/").status_code == 200  # all addresses are loaded
    group = Group.objects.order_by("first_position")[20]
    ran: dict[str, set[str]] = defaultdict(set)

    def hear(frame: FrameType, event: str, arg: Any) -> None:
        place = Path(frame.f_code.co_filename)
        if event == "call" and ROOT in place.parents and place.relative_to(ROOT).parts[0] in {"clustering", "hhreview"}:
            ran[str(place.relative_to(ROOT))].add(frame.f_code.co_qualname)

    asked = {
        "group": group.pk,
        "before": group.first_position + 1,
        "versions": {str(group.pk): group.version},
        "since": collection.version,
        "act_id": "0b8ff7b1-6e3a-4b5e-8a6c-000000000001",
    }
    sys.setprofile(hear)
    try:
        answer = browser.post("/api/v1/collections/afl/acts/split", json.dumps(asked), content_type="application/json")
    finally:
        sys.setprofile(None)
    assert answer.status_code == 200, answer.content
    assert answer.json()["doubts"], "it was decoded again"
    listed = "\n".join(f"{name}: {', '.join(sorted(functions))}" for name, functions in sorted(ran.items()))
    assert len(ran) <= MOST, f"{len(ran)} modules, {sum(map(len, ran.values()))} functions ran:\n{listed}"
