"""What a language model said of the place between two pages: one more fact, weighed and learned like the others.

It is asked about doubtful places only, and by those alone who set one up; where nobody was asked, or the two pages are
not those it was asked about, the fact is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from clustering.engine.evidence.columns import Column, column
from clustering.engine.records import PageRecord, SeamOpinion
from clustering.sentences import say

NAME = FAMILY = "opinion"
"""Of the column. Its family is none of `FAMILIES`: those tell how usual the pages of a collection are, and this tells
nothing of that."""


def opinion_columns(pages: Sequence[PageRecord]) -> list[Column]:
    """Return the column "opinion": -1 surely one document … 1 surely a new one."""
    opinions = [_about(page, after) for page, after in pairwise(pages)]
    values = np.array([_value(opinion) for opinion in opinions])

    def sentence(seam: int) -> str:
        opinion = opinions[seam]
        return _sentence(opinion) if opinion else ""

    return [column(FAMILY, NAME, 0, values, sentence)]


def _about(page: PageRecord, after: PageRecord) -> SeamOpinion | None:
    """Return what was said of exactly these two."""
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
