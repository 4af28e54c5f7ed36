"""How good the proposals are: block cross-validation on a folder with truth.csv, every row and figure, every wrong
seam.

    python bench/segmentation.py FOLDER [--samples 11 12] [--cache DIR] [--json] [--write-docs] [--write-prior]

FOLDER holds truth.csv and images/. The samples are drawn by our own generator, by seed. Readings, facts and vectors
are computed through the real code the first time (some pages a second) and kept in the cache. --write-docs renews
the tables and plots of docs/reference/evaluation.md, --write-prior the shipped weights in
clustering/engine/prior/seams.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.measured import Measured, measure_folder
from bench.segmentation_docs import Miss, write_docs
from clustering.engine.evidence import FAMILIES, Evidence, gather
from clustering.engine.metrics import Row, bootstrap, degenerate_rows, groups_right, score_partition, table, true_labels
from clustering.engine.proposing import propose
from clustering.engine.records import Constraints
from clustering.engine.seams import SHIPPED, SeamModel
from clustering.engine.segmentation import decode
from clustering.engine.training import (
    Held,
    Stream,
    best_temperature,
    blocks_of,
    cross_validate,
    decoded,
    expectations,
    fit,
    length_prior,
    shipped,
)

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_PAGES = 220
SAMPLE_WEIGHT = 0.5
"""A drawn seam counts half of a real one: the generator repeats itself."""
SHARES = (0.1, 0.25, 0.5)
"""Shares of the labels, for the curve of label efficiency."""
REPEATS = 3
VISUAL = ("paper", "leaf", "look")
TEXTUAL = ("numbers", "text", "hand", "page", "kind")


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--samples", type=int, nargs="*", default=[11, 12], metavar="SEED")
    parser.add_argument("--cache", type=Path, default=ROOT / ".local" / "bench-cache")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--write-prior", action="store_true")
    args = parser.parse_args()
    measured = measure_folder(args.folder / "images", args.folder / "truth.csv", args.cache, say=_say)
    samples = [drawn_sample(seed, args.cache) for seed in args.samples]
    stream = stream_of(measured)
    drawn = [stream_of(sample, SAMPLE_WEIGHT) for sample in samples]
    if args.write_prior:
        weights = shipped([stream, *drawn], name="seams 1")
        SHIPPED.write_text(json.dumps(weights.to_json(), indent=2) + "\n", encoding="utf-8")
        _say(f"wrote {SHIPPED}")
    held = cross_validate(stream, others=drawn)
    sections = {
        "Methods": method_rows(measured, stream, drawn, held),
        "Labels": label_rows(stream, drawn),
        "Without a family of evidence": ablation_rows(stream, drawn),
        "Elsewhere": elsewhere_rows(stream, drawn),
    }
    misses = missed(measured, stream, drawn, held)
    if args.write_docs:
        write_docs(ROOT / "docs" / "reference", sections, misses, held, stream.starts)
    if args.json:
        figures = {name: {row.name: asdict(row.figures) for row in rows} for name, rows in sections.items()}
        sys.stdout.write(json.dumps({"sections": figures, "misses": [asdict(m) for m in misses]}) + "\n")
        return
    for name, rows in sections.items():
        sys.stdout.write(f"\n{name}\n{table(rows)}\n")
    sys.stdout.write("\nWrong seams\n" + "\n".join(str(miss) for miss in misses) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def drawn_sample(seed: int, cache: Path) -> Measured:
    """A collection of our own drawing, measured; it is drawn the first time."""
    from clustering.samples import make_sample

    folder = cache / f"sample-{seed}"
    if not (folder / "truth.csv").exists():
        make_sample(folder, pages=SAMPLE_PAGES, seed=seed)
    return measure_folder(folder, folder / "truth.csv", cache / f"sample-{seed}-cache", say=_say)


def stream_of(measured: Measured, weight: float = 1.0) -> Stream:
    """The evidence of a measured folder with its truth."""
    return Stream(gather(measured.pages), measured.starts, weight)


def row_of(name: str, held: Held, starts: Sequence[str], *, seconds: float | None = None) -> Row:
    """Figures of an out-of-block result with 95 % intervals over documents."""
    figures = score_partition(
        starts,
        held.labels,
        seam_probabilities=held.marginals,
        group_probabilities={label: p for label, p in held.confidence.items()},  # noqa: C416 - wider key type
        seconds=seconds,
    )
    return Row(name, figures, bootstrap(starts, held.labels))


def whole(stream: Stream, model: SeamModel, lengths: Any, temperature: float, *, count: int | None = None) -> Held:
    """A stream that the model never saw, decoded in one piece."""
    odds = model.decision_function(stream.evidence.matrix)
    return _held(odds, lengths, temperature, count)


def _held(odds: Any, lengths: Any, temperature: float, count: int | None) -> Held:
    if count is None:
        found = decoded(odds, lengths, temperature)
    else:
        found = decode(odds, lengths=lengths, temperature=temperature, constraints=Constraints(count=count))
    labels = np.concatenate([[0], np.cumsum(found.boundaries)]).astype(int)
    sure = {int(labels[g.start]): float(p) for g, p in zip(found.groups, found.confidence, strict=True)}
    return Held(odds, found.seams, tuple(int(x) for x in labels), sure)


def method_rows(measured: Measured, stream: Stream, drawn: Sequence[Stream], held: Held) -> list[Row]:
    """The engine beside what it has to beat."""
    starts = stream.starts
    rows = degenerate_rows(starts)
    for method, name in (
        ("dbscan", "first experiment: vectors + DBSCAN, eps 0.1"),
        ("adjacent", "vectors, neighbours"),
    ):
        proposal = propose(method, measured.pages)
        labels = [0] * len(starts)
        for number, group in enumerate(proposal.groups):
            for page in group.pages:
                labels[page] = number
        rows.append(Row(name, score_partition(starts, labels), bootstrap(starts, labels)))
    for families, name in ((TEXTUAL, "seams, image evidence alone"), (VISUAL, "seams, text evidence alone")):
        less = _without(stream, families)
        others = [_without(s, families) for s in drawn]
        rows.append(row_of(name, cross_validate(less, others=others), starts))
    plain = np.concatenate([[0], np.cumsum(held.odds > 0)])
    rows.append(Row("seams, no decoder", score_partition(starts, plain.tolist()), bootstrap(starts, plain.tolist())))
    started = time.process_time()
    propose("seams", measured.pages)
    rows.append(row_of("**seams**", held, starts, seconds=time.process_time() - started))
    count = int(true_labels(starts, held.labels)[-1]) + 1
    known = _held(held.odds, length_prior([stream]), 1.0, count)
    rows.append(row_of(f"seams, told that there are {count}", known, starts))
    return rows


def _without(stream: Stream, families: Sequence[str]) -> Stream:
    return Stream(stream.evidence.without(families), stream.starts, stream.weight)


def label_rows(stream: Stream, drawn: Sequence[Stream]) -> list[Row]:
    """What the labels of the collection itself are worth."""
    base = expectations()
    rows = [row_of("expectations set by hand, nothing learned", whole(
        stream, SeamModel.from_weights(base, stream.evidence.names), None, 1.0), stream.starts)]  # fmt: skip
    if drawn:
        model = fit(drawn, prior=base)
        temperature = best_temperature(drawn, prior=base)
        rows.append(row_of("samples only", whole(stream, model, length_prior(drawn), temperature), stream.starts))
    rng = np.random.default_rng(0)
    for share in SHARES:
        for repeat in range(REPEATS):
            keep = some_blocks(stream.starts, share, rng)
            held = cross_validate(stream, others=drawn, keep=keep)
            rows.append(row_of(f"{share:.0%} of the labels, draw {repeat + 1}", held, stream.starts))
    return rows


def some_blocks(starts: Sequence[str], share: float, rng: np.random.Generator) -> Any:
    """(n - 1,) seams of whole documents, drawn until a share of all pages is reached: what a person has confirmed."""
    first = [i for i, start in enumerate(starts) if start == "1" or i == 0] + [len(starts)]
    keep = np.zeros(len(starts) - 1, dtype=bool)
    for place in rng.permutation(len(first) - 1):
        if keep.mean() >= share:
            break
        keep[max(first[place] - 1, 0) : first[place + 1]] = True
    return keep


def ablation_rows(stream: Stream, drawn: Sequence[Stream]) -> list[Row]:
    """Every family of evidence left out in turn."""
    out = []
    for family in FAMILIES:
        held = cross_validate(_without(stream, [family]), others=[_without(s, [family]) for s in drawn])
        out.append(row_of(f"without {family}", held, stream.starts))
    return out


def elsewhere_rows(stream: Stream, drawn: Sequence[Stream]) -> list[Row]:
    """What was learned here, on collections that it never saw."""
    base = expectations()
    model = fit([stream], prior=base)
    temperature = best_temperature([stream], prior=base)
    lengths = length_prior([stream])
    return [
        row_of(f"sample {number + 1}, learned on {stream.evidence.pages} real pages",
               whole(sample, model, lengths, temperature), sample.starts)
        for number, sample in enumerate(drawn)
    ]  # fmt: skip


def missed(measured: Measured, stream: Stream, drawn: Sequence[Stream], held: Held) -> list[Miss]:
    """Every wrong seam with the evidence that the model of its block saw."""
    out = []
    truth = true_labels(stream.starts, held.labels)
    right = groups_right(truth, list(held.labels))
    for block in blocks_of(stream.starts):
        wrong = [
            seam
            for seam in range(max(block.start - 1, 0), block.stop - 1)
            if (truth[seam] != truth[seam + 1]) != (held.labels[seam] != held.labels[seam + 1])
        ]
        if not wrong:
            continue
        mask = np.ones(len(stream.starts) - 1, dtype=bool)
        mask[max(block.start - 1, 0) : block.stop - 1] = False
        model = fit([stream.only(mask), *drawn], prior=expectations())
        out += [_miss(measured, stream.evidence, model, held, seam) for seam in wrong]
    _say(f"{sum(not ok for ok in right.values())} proposed documents are not right")
    return out


def _miss(measured: Measured, evidence: Evidence, model: SeamModel, held: Held, seam: int) -> Miss:
    shares = model.contributions(evidence.matrix[seam : seam + 1])[0]
    order = [int(k) for k in np.argsort(-np.abs(shares)) if abs(shares[k]) >= 0.15][:8]
    facts = tuple((round(float(shares[k]), 1), evidence.columns[k].say(seam)) for k in order)
    return Miss(
        seam + 1,
        "boundary" if measured.starts[seam + 1] == "1" else "same document",
        float(held.marginals[seam]),
        facts,
    )


if __name__ == "__main__":
    main()
