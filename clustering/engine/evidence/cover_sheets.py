"""Routing slips before what they route, and title pages before their text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.columns import Column, column, silenced
from clustering.engine.evidence.prose import Prose, told_once

Bools = npt.NDArray[np.bool_]

SLIP_HEAD = 0.15
"""Share of the page from the top in which a slip says what it is."""
SLIP_LINE = 60
"""Characters up to which a line is a heading."""

EXPECTED_AFTER_SLIPS = frozenset({
    "salutation", "dateline", "announced", "issue_number", "letterhead", "opening", "page_one", "title", "starts_low",
    "heading_returns", "type_differs", "pitch_differs", "margin_differs",
})  # fmt: skip
"""Facts to be expected after a slip: what it routes begins there, in another type than the form."""


EXPECTED_AFTER_TITLES = frozenset({"page_one", "starts_low", "type_differs", "pitch_differs", "margin_differs"})
"""Facts to be expected after a title page: the text begins there, in another type, perhaps with its page numbers."""


def find_slips(proses: Sequence[Prose | None]) -> Bools:
    """Return (n,) whether a page says at its top that it is a routing slip, a fax cover sheet, or the like."""
    return np.array([prose is not None and _is_slip(prose) for prose in proses], dtype=bool)


@told_once
def _is_slip(prose: Prose) -> bool:
    return prose.says(prose.phrases.slip, [line for line in prose.head(SLIP_HEAD) if len(line.text) <= SLIP_LINE])


def slip_columns(slips: Bools) -> list[Column]:
    """Return a fact that is above 0 if a slip comes before a page, and below 0 on the slip's other side."""
    before = 1.0 * (slips[:-1] & ~slips[1:]) - 1.0 * (slips[1:] & ~slips[:-1])
    return [
        column(
            "text",
            "cover_slip",
            -1,
            before,
            lambda i: (
                "This page is a routing slip or cover sheet."
                if before[i] > 0
                else "The next page is a routing slip or cover sheet."
            ),
            both_ways=True,
        )
    ]


def without_expected_openings(columns: Sequence[Column], slips: Bools) -> list[Column]:
    """Return the columns without what is to be expected after a slip or a title page."""
    titles = next(one.values for one in columns if one.name == "title_page") > 0
    return silenced(silenced(columns, EXPECTED_AFTER_SLIPS, slips[:-1] & ~slips[1:]), EXPECTED_AFTER_TITLES, titles)
