"""Dates stand in one form, whether the server or a script wrote them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.utils.formats import date_format
from django.utils.translation import override

MOMENTS = json.loads((Path(__file__).parent / "js" / "moments.json").read_text("utf-8"))


def test_a_date_stands_as_browsers_write_it() -> None:
    for language, cases in MOMENTS.items():
        with override(language):
            assert {when: date_format(datetime.fromisoformat(when), "DATETIME_FORMAT") for when in cases} == cases
            for when, whole in cases.items():
                day, time = (date_format(datetime.fromisoformat(when), f"{kind}_FORMAT") for kind in ("DATE", "TIME"))
                assert f"{day}, {time}" == whole
