"""How far the proposals travel: the same pages as other archives would deliver them, by weights that never saw them.

    python bench/travel.py FOLDER [--samples 11 12] [--only NAME ...] [--read NAME ...] [--cache DIR] [--json]
                           [--write-docs]

FOLDER holds truth.csv and images/. Two kinds of weights are asked: those that learned on drawn samples only, and
crossed ones, for each block of pages those that learned on the *original* pages outside it and on the samples. Neither
ever saw a label of a page that it is asked about. Deliveries that evidence and model were mended by are told from those
that were looked at once, for the table. --read reads a delivery for real, in place of carrying the original's reading
along; it takes hours. --write-docs renews the table of docs/reference/evaluation.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.delivered import deliver, interleaved
from bench.deliveries import DELIVERIES
from bench.measured import Measured, measure_folder
from bench.readings import scans_of
from bench.segmentation import SAMPLE_WEIGHT, drawn_sample, stream_of
from clustering.engine.adapting import belief
from clustering.engine.metrics import Figures, groups_right, score_partition, true_labels
from clustering.engine.seams import SeamWeights
from clustering.engine.training import Stream, blocks_of, crossed, shipped

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "evaluation.md"
MARKS = ("<!-- travel: begin -->", "<!-- travel: end -->")


@dataclass(frozen=True, slots=True)
class Trip:
    """One delivery under one kind of weights."""

    name: str
    weights: str
    looked_at: bool
    pages: int
    figures: Figures
    sureness: float
    """Mean confidence of the proposed documents, less the share that is right: above 0 it promises too much."""


def main() -> None:
    """Measure what was asked for, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--samples", type=int, nargs="*", default=[11, 12], metavar="SEED")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--read", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--cache", type=Path, default=ROOT / ".local" / "bench-cache")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    args = parser.parse_args()
    trips = list(measure(args))
    text = table(trips)
    sys.stdout.write(f"{text}\n")
    if args.write_docs:
        before, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
        PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{rest.split(MARKS[1])[1]}", encoding="utf-8")
    if args.json:
        sys.stdout.write(json.dumps([asdict(trip) for trip in trips]) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def measure(args: argparse.Namespace) -> Iterator[Trip]:
    """Every delivery under both kinds of weights."""
    original = measure_folder(args.folder / "images", args.folder / "truth.csv", args.cache, say=_say)
    drawn = [stream_of(drawn_sample(seed, args.cache), SAMPLE_WEIGHT) for seed in args.samples]
    far = shipped(drawn, name="samples only")
    near = near_of(stream_of(original), drawn)
    for name, looked_at, measured in delivered(args, original):
        stream = stream_of(measured)
        yield trip(name, "samples only", stream, [(range(len(stream.starts)), far)], looked_at=looked_at)
        yield trip(name, "crossed", stream, spread_over(near, stream), looked_at=looked_at)


def delivered(args: argparse.Namespace, original: Measured) -> Iterator[tuple[str, bool, Measured]]:
    """Name, whether it was looked at, and the pages of every delivery that is asked for."""
    scans = scans_of(args.folder)
    paths = [scans[row.identifier] for row in original.truth]
    for delivery in DELIVERIES:
        if not args.only or delivery.name in args.only:
            is_read = delivery.name in args.read
            name = f"{delivery.name} (read for real)" if is_read else delivery.name
            yield name, delivery.looked_at, deliver(original, paths, delivery, args.cache, say=_say, is_read=is_read)
    if not args.only or "scanner targets" in args.only:
        yield "scanner targets", False, interleaved(original, args.cache, say=_say)


def near_of(stream: Stream, drawn: Sequence[Stream]) -> list[tuple[range, SeamWeights]]:
    """Each block of the original pages with weights that learned on the pages outside it and on the samples."""
    return [
        (block, crossed(stream, block, others=drawn, name=f"crossed {number}"))
        for number, block in enumerate(blocks_of(stream.starts))
    ]


def spread_over(near: Sequence[tuple[range, SeamWeights]], stream: Stream) -> list[tuple[range, SeamWeights]]:
    """The same weights for a delivery of another number of pages: its own blocks, each by the weights whose pages it
    shows. Its blocks are cut by the same rule, so that they begin with the same documents."""
    if near[-1][0].stop == len(stream.starts):
        return list(near)
    blocks = blocks_of(stream.starts)
    share = len(stream.starts) / near[-1][0].stop
    out = []
    for block in blocks:
        middle = (block.start + block.stop) / 2 / share
        out.append((block, next((w for b, w in near if b.start <= middle < b.stop), near[-1][1])))
    return out


def trip(name: str, kind: str, stream: Stream, parts: Sequence[tuple[range, SeamWeights]], *, looked_at: bool) -> Trip:
    """Propose every part by its weights, and score the whole."""
    n = len(stream.starts)
    boundary, marginals = np.zeros(n - 1, dtype=bool), np.zeros(n - 1)
    sure: list[tuple[int, float]] = []
    for block, weights in parts:
        found = belief(stream.evidence, weights, block)
        marginals[block.start : block.stop - 1] = found.seams
        boundary[block.start : block.stop - 1] = found.boundaries
        if block.start:
            boundary[block.start - 1] = True  # blocks are cut where a document begins for sure
            marginals[block.start - 1] = 1.0
        sure += [(block.start + g.start, float(p)) for g, p in zip(found.groups, found.confidence, strict=True)]
    labels = [int(x) for x in np.concatenate([[0], np.cumsum(boundary)])]
    confidence: dict[Hashable, float | None] = {labels[page]: p for page, p in sure}
    believed = float(np.mean([p for _, p in sure]))
    figures = score_partition(stream.starts, labels, seam_probabilities=marginals, group_probabilities=confidence)
    return Trip(name, kind, looked_at, n, figures, believed - _right(stream.starts, labels))


def _right(starts: Sequence[str], labels: Sequence[int]) -> float:
    """Share of the proposed documents that are exactly right."""
    right = groups_right(true_labels(starts, labels), list(labels))
    return float(np.mean(list(right.values())))


def table(trips: Sequence[Trip]) -> str:
    """Markdown."""
    rows = [
        "| delivery | weights | edits/100 | seam F1 | exact F1 | PQ | group ECE | too sure by | accept@99 |",
        "|---|---|" + "---:|" * 7,
    ]
    for looked_at, title in ((True, "**looked at while mending**"), (False, "**looked at once, for this table**")):
        chosen = [each for each in trips if each.looked_at == looked_at]
        if chosen:
            rows.append(f"| {title} |" + " |" * 8)
        rows += [_row(each) for each in chosen]
    return "\n".join(rows)


def _row(each: Trip) -> str:
    f = each.figures
    numbers = [
        f"{f.edits:.2f}", f"{f.seam_f1:.3f}", f"{f.exact_f1:.3f}", f"{f.pq:.3f}", f"{f.group_ece:.3f}",
        f"{each.sureness:+.3f}", f"{f.accepted99:.3f}",
    ]  # fmt: skip
    return f"| {each.name} | {each.weights} | " + " | ".join(numbers) + " |"


if __name__ == "__main__":
    main()
