"""Address panels: what was mailed without an envelope carries one on its outside, the back of its last sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.columns import Column, column
from clustering.engine.evidence.prose import Prose

Bools = npt.NDArray[np.bool_]

PANEL_LINE = 40
"""Characters up to which a line is part of a panel: longer ones are sentences about the mail, and imprints."""


def find_panels(proses: Sequence[Prose | None]) -> Bools:
    """(n,) whether a page carries what is printed where its address goes: "Bulk Rate", "Return Address:"."""
    return np.array([prose is not None and _has_panel(prose) for prose in proses], dtype=bool)


def _has_panel(prose: Prose) -> bool:
    return any(len(line.text) <= PANEL_LINE and prose.phrases.panel.search(line.text) for line in prose.lines)


def panel_columns(proses: Sequence[Prose | None]) -> list[Column]:
    """Return a fact that speaks both ways: above 0 where this page carries a panel, below 0 where the next one does."""
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
