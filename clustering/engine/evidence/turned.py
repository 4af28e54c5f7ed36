"""Pages scanned turned: backs printed head to foot, tables laid sideways. A first page is laid upright."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clustering.engine.evidence.columns import Column, column
from clustering.engine.records import PageRecord


def turned_columns(pages: Sequence[PageRecord]) -> list[Column]:
    """Return a fact that speaks both ways: above 0 where only the next page lies turned, below 0 where only this one
    does."""
    turned = np.array([page.reading is not None and page.reading.rotation != 0 for page in pages], dtype=float)
    changes = turned[1:] - turned[:-1]
    return [
        column(
            "kind",
            "turned",
            -1,
            changes,
            lambda i: (
                "The next page was scanned turned, as backs and wide tables often are."
                if changes[i] > 0
                else "This page was scanned turned, and the next one upright."
            ),
            both_ways=True,
        )
    ]
