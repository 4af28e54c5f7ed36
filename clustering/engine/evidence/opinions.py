"""A language model's opinion on a seam: one more fact, weighed and learned like the others.

The model is asked about doubtful seams only, and only if one was set up. The fact is 0 if it wasn't asked, or if it was
asked about other pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from clustering.engine.evidence.columns import Column, column
from clustering.engine.records import PageRecord, SeamOpinion
from clustering.sentences import say

NAME = FAMILY = "opinion"
"""Name of the column. Its family is not in `FAMILIES`, which describe how usual the pages of a collection are."""


def opinion_columns(pages: Sequence[PageRecord]) -> list[Column]:
    """Return the column "opinion": -1 surely one document … 1 surely a new one."""
    opinions = [_about(page, after) for page, after in pairwise(pages)]
    values = np.array([_value(opinion) for opinion in opinions])

    def sentence(seam: int) -> str:
        opinion = opinions[seam]
        return _sentence(opinion) if opinion else ""

    return [column(FAMILY, NAME, 0, values, sentence)]


def _about(page: PageRecord, after: PageRecord) -> SeamOpinion | None:
    """Return the opinion on exactly these two pages."""
    opinion = page.opinion
    return opinion if opinion is not None and opinion.after == after.identifier else None


def _value(opinion: SeamOpinion | None) -> float:
    if opinion is None:
        return 0.0
    sure = min(max(2 * opinion.confidence - 1, 0.0), 1.0)
    return sure if opinion.new_document else -sure


def _sentence(opinion: SeamOpinion) -> str:
    values = {"model": opinion.model, "percent": round(100 * opinion.confidence), "reason": opinion.reason}
    if opinion.new_document:
        return say("%(model)s suggests that a new document begins (%(percent)s%% sure): %(reason)s", **values)
    return say("%(model)s suggests that the document continues (%(percent)s%% sure): %(reason)s", **values)
