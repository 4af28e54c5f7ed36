"""`manage.py find_personal`: the lines of a collection that a person may want to look at."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clustering.models import Reading
from tests.conftest import MakeCollection

TEXTS = ["Minutes of the council\n=J. Doe, SSN 536-90-4399", "Form 1040-A\nHX89 .A5 1954", "né le 12/05/1931"]


def findings_of(*arguments: str) -> tuple[list[list[str]], str]:
    out, err = StringIO(), StringIO()
    call_command("find_personal", *arguments, stdout=out, stderr=err)
    return list(csv.reader(StringIO(out.getvalue()))), err.getvalue()


def test_it_lists_lines_with_their_pages(make_collection: MakeCollection) -> None:
    collection = make_collection(pages=3)
    for page, text, language in zip(collection.pages.order_by("position"), TEXTS, ["en", "en", "fr"], strict=True):
        Reading.objects.create(page=page, text=text, language=language, lines=[], width=930, height=1200)
    rows, counts = findings_of("afl")
    assert rows == [
        ["page", "identifier", "line", "kind", "found", "text"],
        ["1", "HH000001_0001", "2", "social security", "536-90-4399", "'=J. Doe, SSN 536-90-4399"],
        ["3", "HH000001_0003", "1", "date of birth", "né le 12/05/1931", "né le 12/05/1931"],
    ]
    assert counts.startswith("3 pages with text: social security 1, date of birth 1.")
    assert [row[0] for row in findings_of("afl", "--kind", "date of birth")[0]] == ["page", "3"]


def test_of_a_collection_without_text_it_says_so(make_collection: MakeCollection) -> None:
    make_collection(pages=1)
    assert findings_of("afl")[1].startswith("0 pages with text: nothing found.")
    with pytest.raises(CommandError, match="There is no collection abc"):
        findings_of("abc")
