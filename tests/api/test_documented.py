"""The worked example in the documentation is sent line by line, and what it shows comes back."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from clustering.models import Collection, Group, Page, User
from tests.api.conftest import Script, Scripts
from tests.conftest import MakeCollection

GUIDE = Path(__file__).resolve().parents[2] / "docs/reference/api.md"
_BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def calls(block: str) -> Iterator[list[str]]:
    """The words of each curl line, continuations joined."""
    for line in block.replace("\\\n", " ").splitlines():
        words = shlex.split(line)
        if words and words[0] == "curl":
            yield words[1:]


def asked(script: Script, words: list[str]) -> Any:
    """The answer to what curl would send; it calls everything a form."""
    address = next(word for word in words if word.startswith("$DESK")).removeprefix("$DESK")
    assert words[words.index("-H") + 1] == "Authorization: Bearer $TOKEN"
    if "-d" in words:
        return script.client.post(
            address, words[words.index("-d") + 1], content_type="application/x-www-form-urlencoded"
        )
    return script.client.get(address)


def assert_holds(shown: Any, real: Any, where: str = "") -> None:
    """What is shown is there; what is not shown may be there as well."""
    if isinstance(shown, dict):
        for name, value in shown.items():
            assert name in real, f"{where}.{name}"
            assert_holds(value, real[name], f"{where}.{name}")
    elif isinstance(shown, list) and shown and isinstance(shown[0], dict):
        assert len(shown) == len(real), where
        for place, (one, other) in enumerate(zip(shown, real, strict=True)):
            assert_holds(one, other, f"{where}.{place}")
    else:
        assert shown == real, where


def arrange(collection: Collection) -> None:
    """Pages 1 to 3 and 4 to 5, as groups 4012 and 4013."""
    positions = {4012: [1, 2, 3], 4013: [4, 5]}
    for number, (pk, places) in enumerate(positions.items(), start=1):
        Group.objects.create(
            pk=pk, collection=collection, number=number, first_position=places[0], page_count=len(places)
        )
        for order, position in enumerate(places, start=1):
            Page.objects.filter(collection=collection, position=position).update(group=pk, group_order=order)
    Collection.objects.update(next_group_number=3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('clustering_group', 'id'), 4013)")


def test_the_worked_example_works(
    alice: User, sam: User, make_collection: MakeCollection, script: Scripts, sent: list[int]
) -> None:
    arrange(make_collection("afl-cio", pages=5))
    hers, staff = script(alice), script(sam)
    answer: Any = None
    count = 0
    for language, block in _BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if language == "json":
            assert_holds(json.loads(block), answer.json())
            continue
        for words in calls(block):
            answer = asked(staff if "jobs" in " ".join(words) else hers, words)
            assert answer.status_code in {200, 202, 409}, (words, answer.content)
            count += 1
    assert count >= 10
    assert Group.objects.filter(state="confirmed").count() == 0, "the last act took it back"
