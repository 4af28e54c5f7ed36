"""Seconds of a review are seconds."""

from __future__ import annotations

import pytest

from clustering.engine.effort import Rates


def test_rates_are_seconds() -> None:
    for wrong in ({"look": -1.0}, {"merge": float("nan")}):
        with pytest.raises(ValueError):
            Rates(**wrong)
