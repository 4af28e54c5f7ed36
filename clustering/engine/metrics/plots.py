"""Pictures of calibration, as PNG files. matplotlib is imported when a picture is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from clustering.engine.metrics import calibration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INCHES = (5.0, 4.2)
DPI = 144


def _canvas() -> tuple[Figure, Any]:
    """A figure without pyplot, so that no global state and no display is needed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def reliability_plot(
    probabilities: npt.ArrayLike, happened: npt.ArrayLike, path: str | Path, *, title: str = "Reliability"
) -> None:
    """Predicted against observed, a point a bin with its count, the diagonal dashed."""
    curve = calibration.reliability(probabilities, happened)
    error = calibration.expected_calibration_error(probabilities, happened)
    figure, axes = _canvas()
    axes.plot([0, 1], [0, 1], linestyle="--", color="0.6", linewidth=1)
    axes.plot([point.predicted for point in curve], [point.observed for point in curve], marker="o", color="#1f4e79")
    for point in curve:
        axes.annotate(str(point.count), (point.predicted, point.observed), textcoords="offset points", xytext=(6, -10))
    axes.set(xlim=(0, 1), ylim=(0, 1.03), xlabel="probability", ylabel="share that came true")
    axes.set_title(f"{title} (ECE {error:.3f})")
    figure.savefig(path, format="png")


def risk_coverage_plot(
    probabilities: npt.ArrayLike,
    right: npt.ArrayLike,
    path: str | Path,
    *,
    precision: float = 0.99,
    title: str = "Accepted unseen",
) -> None:
    """Share wrong against share accepted, surest first, and how far the wanted precision reaches."""
    curve = calibration.risk_coverage(probabilities, right)
    reached = calibration.acceptance(probabilities, right, precision=precision)
    figure, axes = _canvas()
    axes.step(curve.coverage, curve.risk, where="post", color="#1f4e79")
    axes.axhline(1 - precision, linestyle="--", color="0.6", linewidth=1)
    axes.axvline(reached.share, linestyle=":", color="#a33", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(0, None), xlabel="share accepted", ylabel="share of those that is wrong")
    axes.set_title(f"{title}: {reached.share:.0%} at {precision:.0%} right (AURC {curve.area:.3f})")
    figure.savefig(path, format="png")
