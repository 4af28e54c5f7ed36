"""The tables and plots of docs/reference/evaluation.md, between marks; the prose around them is a person's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clustering.engine.metrics import (
    Row,
    groups_right,
    markdown,
    reliability_plot,
    risk_coverage_plot,
    true_labels,
)
from clustering.engine.training import Held

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
COLUMNS = (
    "proposed", "edits", "seam_precision", "seam_recall", "seam_f1", "exact", "exact_f1", "pq", "mndd", "seam_ece",
    "group_ece", "accepted99", "seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Miss:
    """One wrong seam."""

    page: int
    """Page before the seam, counted from 1."""
    truth: str
    probability: float
    """Of a boundary, as proposed."""
    facts: tuple[tuple[float, str], ...]
    """Log-odds and sentence, strongest first."""

    def __str__(self) -> str:
        said = " ".join(f"({share:+.1f}) {sentence}" for share, sentence in self.facts)
        return (
            f"- {self.page} | {self.page + 1}: {self.truth}, proposed with p(boundary) = {self.probability:.2f}. {said}"
        )


def write_docs(
    folder: Path, sections: Mapping[str, Sequence[Row]], misses: Sequence[Miss], held: Held, starts: Sequence[str]
) -> None:
    """Renew what stands between the marks of evaluation.md, and the two plots beside it."""
    right = groups_right(true_labels(starts, held.labels), list(held.labels))
    labels = [label for label in right if label in held.confidence]
    sure, true = [held.confidence[label] for label in labels], [right[label] for label in labels]
    reliability_plot(sure, true, folder / "evaluation-reliability.png", title="Whole documents")
    risk_coverage_plot(sure, true, folder / "evaluation-risk-coverage.png")
    parts = [f"### {name}\n\n{markdown(rows, columns=COLUMNS)}" for name, rows in sections.items()]
    listed = "\n".join(str(miss) for miss in misses) or "None."
    parts.append(
        f"### Wrong seams\n\n{listed}\n\n![Reliability of whole documents](evaluation-reliability.png)\n"
        "![Risk and coverage](evaluation-risk-coverage.png)"
    )
    path = folder / "evaluation.md"
    text = path.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n\n" + "\n\n".join(parts) + f"\n\n{END}{after}", encoding="utf-8")
