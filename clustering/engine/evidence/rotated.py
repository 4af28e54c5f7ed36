"""Pages scanned rotated: backs printed upside down, tables set sideways. First pages are scanned upright."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clustering.engine.evidence.columns import Column, column
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.records import PageRecord


def rotated_columns(pages: Sequence[PageRecord]) -> list[Column]:
    """Return a fact that is above 0 if only the next page is rotated, and below 0 if only this one is."""
    rotated = np.array([_is_rotated(page) for page in pages], dtype=float)
    changes = rotated[1:] - rotated[:-1]
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


@PageGlance.told_once
def _is_rotated(page: PageRecord) -> bool:
    return page.reading is not None and page.reading.rotation != 0
