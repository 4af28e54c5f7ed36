"""Figures that judge a proposal: `score_partition` computes them, `table` shows them side by side."""

from clustering.engine.metrics.calibration import (
    Acceptance,
    RiskCoverage,
    acceptance,
    brier,
    expected_calibration_error,
    reliability,
    risk_coverage,
)
from clustering.engine.metrics.figures import (
    FORMATS,
    SCORE_NAMES,
    Figures,
    groups_right,
    score_labels,
    score_partition,
)
from clustering.engine.metrics.intervals import bootstrap
from clustering.engine.metrics.partitions import true_labels
from clustering.engine.metrics.tables import (
    HEADLINE,
    FiguresRow,
    degenerate_labels,
    degenerate_rows,
    labels_of,
    markdown,
    table,
)

__all__ = [
    "FORMATS",
    "HEADLINE",
    "SCORE_NAMES",
    "Acceptance",
    "Figures",
    "FiguresRow",
    "RiskCoverage",
    "acceptance",
    "bootstrap",
    "brier",
    "degenerate_labels",
    "degenerate_rows",
    "expected_calibration_error",
    "groups_right",
    "labels_of",
    "markdown",
    "reliability",
    "risk_coverage",
    "score_labels",
    "score_partition",
    "table",
    "true_labels",
]
