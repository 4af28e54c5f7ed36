"""Round marks: a page with a seal, revenue stamp, or badge at its top tends to be a first page."""

from __future__ import annotations

from collections.abc import Sequence

from clustering.engine.evidence.columns import Column, column
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.records import PageRecord

HALF = 0.5
"""Share of its rim up to which a mark is as likely a letter or a flourish."""


def round_mark_columns(pages: Sequence[PageRecord]) -> list[Column]:
    """Return the evidence of the family "page": how much more than half of its rim the next page's round mark has.

    Pages that were measured before marks were looked for have none.
    """
    rims = [_rim(page) for page in pages]
    values = [max(rim - HALF, 0.0) / HALF for rim in rims[1:]]
    return [column("page", "round_mark", 1, values, "The next page has a round seal, stamp, or badge at its top.")]


@PageGlance.told_once
def _rim(page: PageRecord) -> float:
    return float((page.paper or {}).get("round", 0.0))
