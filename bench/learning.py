"""What a third of a collection teaches about the rest: edits needed there before and after it is confirmed.

    python bench/learning.py FOLDER [--samples 11 12] [--delivered] [--cache DIR] [--json] [--write-docs]

FOLDER holds truth.csv and images/. Each contiguous third in turn is confirmed, and the rest proposed twice under
the same decisions: by the prior alone, and by weights that were also fitted on the third as the learn job does it.
Where `learn_weights` would not take what it learned, "taken" counts the prior's figures. No figure is of a page that
the weights before or after were fitted on, but for the row of the shipped weights, which says so. --delivered adds the
same pages as other archives would deliver them (`bench/travel.py`, some minutes each the first time). --write-docs
renews the table of docs/reference/evaluation.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import numpy.typing as npt

from bench.delivered import deliver
from bench.deliveries import DELIVERIES
from bench.measured import Measured, measure_folder
from bench.readings import scans_of
from bench.segmentation import SAMPLE_WEIGHT, drawn_sample, stream_of
from clustering.engine.adapting import adapted, lengths_of
from clustering.engine.learning import TooLittle, learn_weights
from clustering.engine.metrics import score_partition
from clustering.engine.records import Constraints
from clustering.engine.seams import SeamModel, SeamWeights, shipped_weights
from clustering.engine.segmentation import decode
from clustering.engine.training import Stream, expectations, inside, shipped

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "evaluation.md"
THIRDS = 3
MARKS = ("<!-- learning: begin -->", "<!-- learning: end -->")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One collection under one prior, summed over its thirds."""

    name: str
    pages: int
    """Pages proposed, over all thirds: those outside the one that was confirmed."""
    before: int
    """Splits and merges that the prior's proposals need there."""
    after: int
    """The same with what the third taught."""
    taken: int
    """The same, with the prior kept where learning is refused."""
    lessons: int
    accepted: int
    """Lessons of which the learned weights are taken."""
    loss_before: float
    """Mean log loss of the sure seams outside, in nats."""
    loss_after: float

    @property
    def fall(self) -> float | None:
        """Share of the edits that learning saves; None where none were needed."""
        return 1 - self.after / self.before if self.before else None

    def to_json(self) -> dict[str, object]:
        """Figures per 100 pages."""
        per_100 = 100 / self.pages
        return {
            "pages": self.pages,
            "edits_before": self.before,
            "edits_after": self.after,
            "edits_taken": self.taken,
            "edits_per_100_before": round(self.before * per_100, 2),
            "edits_per_100_after": round(self.after * per_100, 2),
            "fall": None if self.fall is None else round(self.fall, 3),
            "lessons": self.lessons,
            "lessons_taken": self.accepted,
            "log_loss_before": round(self.loss_before, 4),
            "log_loss_after": round(self.loss_after, 4),
        }


def main() -> None:
    """Measure every collection under every prior that may be asked of it, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--samples", type=int, nargs="*", default=[11, 12], metavar="SEED")
    parser.add_argument("--delivered", action="store_true")
    parser.add_argument("--cache", type=Path, default=ROOT / ".local" / "bench-cache")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    args = parser.parse_args()
    measured = measure_folder(args.folder / "images", args.folder / "truth.csv", args.cache, say=_say)
    real = stream_of(measured)
    drawn = [stream_of(drawn_sample(seed, args.cache), SAMPLE_WEIGHT) for seed in args.samples]
    outcomes = list(measure(real, drawn))
    if args.delivered:
        outcomes += delivered(args, measured, drawn)
    text = table(outcomes)
    sys.stdout.write(f"{text}\n")
    if args.write_docs:
        before, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", encoding="utf-8")
    if args.json:
        sys.stdout.write(json.dumps({outcome.name: outcome.to_json() for outcome in outcomes}) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def measure(real: Stream, drawn: list[Stream]) -> Iterator[Outcome]:
    """The real pages under priors from near to far, then the drawn collections under a prior from elsewhere."""
    yield outcome("real pages, shipped weights (fitted on these pages)", real, [shipped_weights()] * THIRDS)
    yield outcome("real pages, weights crossed over thirds", real, None, others=drawn)
    if drawn:
        yield outcome("real pages, drawn samples only", real, [shipped(drawn, name="samples only")] * THIRDS)
    yield outcome("real pages, expectations only", real, [expectations()] * THIRDS)
    yield outcome("real pages, no knowledge at all", real, [ignorance()] * THIRDS)
    elsewhere = shipped([real], name="real pages")
    for number, sample in enumerate(drawn, 1):
        stream = replace(sample, weight=1.0)
        yield outcome(f"sample {number}, weights from the real pages", stream, [elsewhere] * THIRDS)


def delivered(args: argparse.Namespace, original: Measured, drawn: list[Stream]) -> list[Outcome]:
    """The real pages in every other delivery, by weights that learned on drawn samples, and by those that also learned
    on another third of the pages as they were scanned. The sums; every delivery is told on the way."""
    scans = scans_of(args.folder)
    paths = [scans[row.identifier] for row in original.truth]
    real, far = stream_of(original), shipped(drawn, name="samples only")
    kinds: dict[str, list[Outcome]] = {"drawn samples only": [], "weights crossed over thirds": []}
    for delivery in DELIVERIES[1:]:
        stream = stream_of(deliver(original, paths, delivery, args.cache, say=_say))
        told = f"{delivery.name}, "
        kinds["drawn samples only"].append(outcome(f"{told}drawn samples only", stream, [far] * THIRDS))
        kinds["weights crossed over thirds"].append(
            outcome(f"{told}weights crossed over thirds", stream, None, others=drawn, known_as=real)
        )
    _say(table([one for pair in zip(*kinds.values(), strict=True) for one in pair]))
    return [summed(f"real pages, {len(each)} other deliveries, {kind}", each) for kind, each in kinds.items()]


def summed(name: str, outcomes: list[Outcome]) -> Outcome:
    """All of them as one collection."""
    pages = sum(each.pages for each in outcomes)

    def whole(what: str) -> int:
        return sum(getattr(each, what) for each in outcomes)

    def mean(what: str) -> float:
        return float(np.average([getattr(each, what) for each in outcomes], weights=[each.pages for each in outcomes]))

    return Outcome(
        name, pages, whole("before"), whole("after"), whole("taken"), whole("lessons"), whole("accepted"),
        mean("loss_before"), mean("loss_after"),
    )  # fmt: skip


def ignorance() -> SeamWeights:
    """Weights that say nothing of any fact, with the intercept that was expected."""
    base = expectations()
    return replace(base, weights=dict.fromkeys(base.weights, 0.0), name="nothing")


def thirds_of(starts: tuple[str, ...]) -> list[range]:
    """Three contiguous stretches of about one length, cut where documents begin for sure."""
    sure = [page for page, start in enumerate(starts) if start == "1"]
    n = len(starts)
    cuts = [0, *(min(sure, key=lambda page: abs(page - n * k / THIRDS)) for k in range(1, THIRDS)), n]
    return [range(a, b) for a, b in pairwise(cuts)]


def outcome(
    name: str, stream: Stream, priors: list[SeamWeights] | None, *, others: list[Stream] | None = None,
    known_as: Stream | None = None,
) -> Outcome:  # fmt: skip
    """Confirm each third in turn and propose the rest.

    Without `priors` they are crossed: of the two thirds outside, each is proposed by a prior that was fitted on the
    other one and on `others`, so that the prior knows this collection but neither page asked about nor the lesson.
    `known_as` are the same pages as the prior met them, where that was in another shape.
    """
    n = len(stream.starts)
    thirds = thirds_of(stream.starts)
    cases: list[tuple[range, list[range], SeamWeights]] = []
    for at, taught in enumerate(thirds):
        rest = [third for third in thirds if third != taught]
        if priors is not None:
            cases.append((taught, rest, priors[at]))
            continue
        for asked, known in (rest, rest[::-1]):
            # The seam before a stretch is `inside` it: what is asked or taught is never among what is known.
            seams = inside(known, n) & ~inside(asked, n) & ~inside(taught, n)
            cases.append(
                (taught, [asked], shipped([(known_as or stream).only(seams), *(others or [])], name="crossed"))
            )
    totals = np.zeros(4, dtype=int)
    accepted = 0
    losses: list[list[npt.NDArray[np.float64]]] = [[], []]
    for taught, stretches, prior in cases:
        seams = settled_by(stream, taught)
        lesson = stream.only(seams)
        try:
            learned = learn_weights([lesson], prior=prior, name="learned")
            weights, is_taken = learned.weights, learned.is_better
        except TooLittle as error:
            _say(str(error))
            weights, is_taken = prior, False
        old, new = (edits_in(stream, taught, stretches, each) for each in (prior, weights))
        totals += [sum(len(stretch) for stretch in stretches), old, new, new if is_taken else old]
        accepted += is_taken
        outside = np.logical_or.reduce([inside(stretch, n) for stretch in stretches]) & stream.known & ~seams
        for kept, each in zip(losses, (prior, weights), strict=True):
            kept.append(seam_losses(stream, outside, each))
    before, after = (float(np.concatenate(kept).mean()) for kept in losses)
    pages, old, new, taken = (int(total) for total in totals)
    return Outcome(name, pages, old, new, taken, len(cases), accepted, before, after)


def settled_by(stream: Stream, taught: range) -> npt.NDArray[np.bool_]:
    """(n - 1,) the sure seams that are settled once the documents of a stretch are confirmed, with both its ends."""
    seams = inside(taught, len(stream.starts))
    seams[taught.stop - 1 : taught.stop] = True
    return seams & stream.known


def edits_in(stream: Stream, taught: range, asked: list[range], weights: SeamWeights) -> int:
    """Splits and merges that the stretches asked about need, when `taught` is settled as the truth says."""
    settled = np.flatnonzero(settled_by(stream, taught))
    constraints = Constraints(
        same=frozenset(int(seam) for seam in settled if not stream.truth[seam]),
        apart=frozenset(int(seam) for seam in settled if stream.truth[seam]),
    )
    fit = adapted(weights, stream.evidence)
    odds = SeamModel.from_weights(fit, stream.evidence.names).decision_function(stream.evidence.matrix)
    found = decode(odds, lengths=lengths_of(fit), constraints=constraints, temperature=fit.temperature)
    labels = np.concatenate([[0], np.cumsum(found.boundaries)]).astype(int)
    total = 0
    for stretch in asked:
        part = slice(stretch.start, stretch.stop)
        figures = score_partition(stream.starts[part], [int(label) for label in labels[part]])
        total += round(figures.edits * len(stretch) / 100)
        if stretch.start:
            total += int(not found.boundaries[stretch.start - 1])  # thirds are cut where a document begins for sure
    return total


def seam_losses(stream: Stream, seams: npt.NDArray[np.bool_], weights: SeamWeights) -> npt.NDArray[np.float64]:
    """Log loss of each of the seams, in nats."""
    odds = SeamModel.from_weights(weights, stream.evidence.names).decision_function(stream.evidence.matrix[seams])
    return np.asarray(np.logaddexp(0, np.where(stream.truth[seams] > 0.5, -odds, odds)), dtype=np.float64)


def table(outcomes: list[Outcome]) -> str:
    """Markdown."""
    rows = [
        "| collection and prior | edits/100, prior alone | edits/100, a third learned | fewer | edits/100, as taken "
        "| lessons taken | log loss, prior alone | log loss, a third learned |",
        "|---|" + "---:|" * 7,
    ]
    for each in outcomes:
        per_100 = 100 / each.pages
        fall = "·" if each.fall is None else f"{each.fall:.0%}"
        rows.append(
            f"| {each.name} | {each.before * per_100:.2f} ({each.before}) | {each.after * per_100:.2f} ({each.after}) "
            f"| {fall} | {each.taken * per_100:.2f} | {each.accepted} of {each.lessons} "
            f"| {each.loss_before:.3f} | {each.loss_after:.3f} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    main()
