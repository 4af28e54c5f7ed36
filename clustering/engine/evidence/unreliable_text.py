"""Pages whose words are guesses: handwriting and poor copies that no reader made out. Their words are not compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clustering.engine.evidence.columns import Column, silenced
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.single_page import CLEAR
from clustering.engine.records import PageRecord

COMPARED = frozenset({
    "same_words", "other_words", "unlike_words", "same_meaning", "other_meaning", "unlike_meaning", "running_head",
    "masthead_repeats", "heading_returns", "unlike_head", "unlike_foot",
})  # fmt: skip
"""Facts that compare the words of two pages."""


@PageGlance.told_once
def is_guessed(page: PageRecord) -> bool:
    """Whether the second reader, used because the first had low confidence, had low confidence as well."""
    return page.reading is not None and page.reading.is_second and page.reading.confidence < CLEAR


def without_unreliable_text(columns: Sequence[Column], pages: Sequence[PageRecord]) -> list[Column]:
    """Return the columns, set to 0 where the words of one of the two pages are guesses."""
    guessed = np.array([is_guessed(page) for page in pages], dtype=bool)
    return silenced(columns, COMPARED, guessed[:-1] | guessed[1:])
