"""Address panels: a newsletter mailed without an envelope has one on its outside, the back of its last sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.columns import Column, column
from clustering.engine.evidence.prose import Prose, told_once

Bools = npt.NDArray[np.bool_]

PANEL_LINE = 40
"""Characters up to which a line is part of a panel; longer ones are sentences about mail, or imprints."""


def find_panels(proses: Sequence[Prose | None]) -> Bools:
    """Return (n,) whether a page has what is printed near an address: "Bulk Rate", "Return Address:"."""
    return np.array([prose is not None and _has_panel(prose) for prose in proses], dtype=bool)


@told_once
def _has_panel(prose: Prose) -> bool:
    return any(len(line.text) <= PANEL_LINE for line in prose.saying(prose.phrases.panel, prose.lines))


def panel_columns(proses: Sequence[Prose | None]) -> list[Column]:
    """Return a fact that is above 0 if this page has a panel, and below 0 if the next one does."""
    panels = find_panels(proses)
    after = 1.0 * panels[:-1] - 1.0 * panels[1:]
    return [
        column(
            "text",
            "address_panel",
            1,
            after,
            lambda i: (
                "This page has a panel for postage or an address, as the back of a mailed newsletter does."
                if after[i] > 0
                else "The next page has a panel for postage or an address, as the back of a mailed newsletter does."
            ),
            both_ways=True,
        )
    ]
