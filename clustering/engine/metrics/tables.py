"""Tables of figures, as plain text and as Markdown, and the rows for trivial proposals that belong in each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from clustering.engine.metrics.figures import FORMATS, Figures, score_partition

HEADLINE = (
    "proposed",
    "edits",
    "seam_precision",
    "seam_recall",
    "seam_f1",
    "exact",
    "exact_f1",
    "pq",
    "b3_f1",
    "mndd",
    "seam_ece",
    "group_ece",
    "accepted99",
    "seconds",
)
"""The default columns. Those without a value in any row are left out."""

NOTHING = "·"


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """One method's figures."""

    name: str
    figures: Figures
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """95% intervals by figure name."""


def degenerate_labels(truth_starts: Sequence[str]) -> dict[str, list[int]]:
    """Return the labels, shape (n,), of the proposals that can be made without looking at a page, by name.

    The mean length is the truth's own, with "?" as "0": more than a real method could know.
    """
    n = len(truth_starts)
    documents = 1 + sum(mark == "1" for mark in truth_starts[1:])
    length = max(1, round(n / documents))
    return {
        "one document": [0] * n,
        "every page alone": list(range(n)),
        f"mean length ({length})": [page // length for page in range(n)],
    }


def degenerate_rows(truth_starts: Sequence[str]) -> list[FiguresRow]:
    """Return the figures of each of `degenerate_labels`."""
    return [
        FiguresRow(name, score_partition(truth_starts, labels))
        for name, labels in degenerate_labels(truth_starts).items()
    ]


def show(name: str, figures: Figures, interval: tuple[float, float] | None = None) -> str:
    """Return one figure as text, followed by its interval in brackets."""
    value = getattr(figures, name)
    if value is None:
        return NOTHING
    spec = FORMATS[name].spec
    text = format(value, spec)
    return text if interval is None else f"{text} [{format(interval[0], spec)}-{format(interval[1], spec)}]"


def _cells(rows: Sequence[FiguresRow], columns: Sequence[str] | None) -> list[list[str]]:
    wanted = HEADLINE if columns is None else tuple(columns)
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise ValueError(f"There is no figure '{unknown[0]}'. Known are {', '.join(FORMATS)}.")
    shown = [name for name in wanted if any(getattr(row.figures, name) is not None for row in rows)]
    head = ["method", *(FORMATS[name].label for name in shown)]
    return [head, *([row.name, *(show(name, row.figures, row.intervals.get(name)) for name in shown)] for row in rows)]


def table(rows: Sequence[FiguresRow], *, columns: Sequence[str] | None = None) -> str:
    """Return a table as aligned plain text; `columns` are field names of `Figures`."""
    cells = _cells(rows, columns)
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    lines = [
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True))]
        ).rstrip()
        for line in cells
    ]
    return "\n".join([lines[0], "-" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]])


def markdown(rows: Sequence[FiguresRow], *, columns: Sequence[str] | None = None) -> str:
    """Return the same as Markdown, with the best value of each column in bold."""
    cells = _cells(rows, columns)
    labels = {form.label: name for name, form in FORMATS.items()}
    for column, label in enumerate(cells[0][1:], start=1):
        name = labels[label]
        values = [getattr(row.figures, name) for row in rows]
        known = [value * FORMATS[name].better for value in values if value is not None]
        if FORMATS[name].better and known:
            for line, value in zip(cells[1:], values, strict=True):
                if value is not None and value * FORMATS[name].better == max(known):
                    line[column] = f"**{line[column]}**"
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in cells]
    rule = ["---", *("---:" for _ in cells[0][1:])]
    return "\n".join("| " + " | ".join(line) + " |" for line in [escaped[0], rule, *escaped[1:]])


def labels_of(groups: Sequence[Sequence[int]], n: int) -> list[Hashable]:
    """Return the label of each page, shape (n,), from groups of page indices.

    Raises ValueError unless every page is in exactly one group.
    """
    labels: list[Hashable] = [None] * n
    for number, pages in enumerate(groups):
        for page in pages:
            if not 0 <= page < n or labels[page] is not None:
                raise ValueError(f"Page {page} is in two groups or not in the stream.")
            labels[page] = number
    if None in labels:
        raise ValueError(f"Page {labels.index(None)} is in no group.")
    return labels
