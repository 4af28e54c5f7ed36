"""Measure the desk and the runs of a collection against the true documents."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clustering.engine.records import Constraints
from clustering.jobs.records import page_records
from clustering.jobs.truths import Truth, check_fit, fit
from clustering.models import Collection, Page, Run, RunGroup, RunMembership, SeamScore

if TYPE_CHECKING:
    from clustering.engine.metrics import FiguresRow

BASELINES = ("dbscan", "hdbscan", "adjacent", "agglomerative")
"""Always compared; computed on the spot if no run has them."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Rows of figures, and notes that explain them."""

    pages: int
    rows: list[FiguresRow]
    notes: list[str]


def evaluate(collection: Collection, truth: Truth, *, encoder: str) -> Evaluation:
    """Measure the desk, every run, the baselines, and the trivial groupings.

    Only pages in both are counted, in scan order. A run made before pages were added is measured on its own pages or
    not at all. Raises WrongTruth if fewer than two pages fit.
    """
    from clustering.engine.metrics import degenerate_rows

    everything = list(collection.pages.in_scan_order())
    fitted = fit(truth, everything)
    check_fit(truth, fitted, everything, collection.title)
    pages = [page for page in everything if page.identifier in fitted.marks]
    starts = [fitted.marks[page.identifier] for page in pages]
    notes = []
    if len(pages) < len(everything):
        notes.append(
            f"{len(everything) - len(pages)} of {len(everything)} pages are not in the truth file, so they were not "
            "measured."
        )
    if fitted.unmatched:
        notes.append(
            f"Rows of the truth file that match no page of this collection: {len(fitted.unmatched)}, "
            f"{fitted.unmatched[0]} first. Documents that begin there were taken to begin at the next page."
        )
    rows = [_desk_row(collection, pages, starts)]
    runs = list(collection.runs.filter(state=Run.State.READY).order_by("pk"))
    for run in runs:
        row = _run_row(run, pages, starts)
        if row is None:
            notes.append(f"Proposal {run.pk} lacks some of these pages, so it was not measured.")
        else:
            rows.append(row)
    methods = {run.method for run in runs}
    if "seams" in methods:
        notes.append(
            "The rows for All evidence measure the model in use. If it was trained on these pages, the figures are "
            "too good. docs/reference/evaluation.md has cross-validated figures."
        )
    rows.extend(_baseline_rows(collection, pages, starts, methods, encoder, notes))
    rows.extend(degenerate_rows(starts))
    return Evaluation(len(pages), rows, notes)


def _desk_row(collection: Collection, pages: list[Page], starts: list[str]) -> FiguresRow:
    """Return the figures of the current desk; a page in no group counts as a group of its own."""
    from clustering.engine.metrics import FiguresRow, score_partition

    labels: list[Hashable] = [("group", page.group_id) if page.group_id else ("page", page.pk) for page in pages]
    chances: dict[Hashable, float | None] = {
        ("group", pk): confidence
        for pk, state, confidence in collection.groups.values_list("pk", "state", "confidence")
        if state == "proposed"
    }
    shown = set(labels)
    known = {label: chance for label, chance in chances.items() if label in shown}
    return FiguresRow("the desk", score_partition(starts, labels, group_probabilities=known or None))


def _run_row(run: Run, pages: list[Page], starts: list[str]) -> FiguresRow | None:
    """Return a run's figures; None if it lacks some of these pages."""
    from clustering.engine.metrics import FiguresRow, score_partition

    group_of = dict(RunMembership.objects.filter(run=run).values_list("page_id", "group_index"))
    if not all(page.pk in group_of for page in pages):
        return None
    labels: list[Hashable] = [group_of[page.pk] for page in pages]
    probabilities = None
    if run.method == "seams":
        scored = dict(SeamScore.objects.filter(run=run).values_list("page_id", "probability"))
        if len(pages) == run.page_count and all(page.pk in scored for page in pages[:-1]):
            probabilities = [scored[page.pk] for page in pages[:-1]]
    shown = set(labels)
    chances: dict[Hashable, float | None] = {
        index: chance
        for index, chance in RunGroup.objects.filter(run=run).values_list("index", "probability")
        if index in shown and chance is not None
    }
    figures = score_partition(
        starts, labels, seam_probabilities=probabilities, group_probabilities=chances or None, seconds=run.seconds
    )
    changed = ", ".join(
        f"{name}={value}" for name, value in sorted(run.settings.items()) if not isinstance(value, bool)
    )
    return FiguresRow(f"run {run.pk}: {run.method}" + (f" ({changed})" if changed else ""), figures)


def _baseline_rows(
    collection: Collection, pages: list[Page], starts: list[str], done: set[str], encoder: str, notes: list[str]
) -> list[FiguresRow]:
    """Return baselines without a run, computed without people's decisions, so that they stay baselines."""
    from clustering.engine.metrics import FiguresRow, labels_of, score_partition
    from clustering.engine.proposing import METHODS, NotReady, propose

    missing = [name for name in BASELINES if name in METHODS and name not in done]
    if not missing:
        return []
    all_pages, records = page_records(collection, encoder=encoder)
    index_of = {page.pk: i for i, page in enumerate(all_pages)}
    rows = []
    for name in missing:
        try:
            proposal = propose(name, records, constraints=Constraints())
        except NotReady as error:
            notes.append(f"No row for {name}: {error}")
            continue
        labels = labels_of([group.pages for group in proposal.groups], len(all_pages))
        kept = [labels[index_of[page.pk]] for page in pages]
        settings = ", ".join(f"{key}={value}" for key, value in sorted(proposal.settings.items()))
        rows.append(FiguresRow(f"{name} ({settings})", score_partition(starts, kept)))
    return rows
