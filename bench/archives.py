"""How good proposals are on archives that nothing was tuned on, before and after a few answers: the main bench.

    python bench/archives.py FOLDER [--orders] [--cache DIR] [--json] [--write-docs]

FOLDER has archives, each a folder with `images/` and `truth.csv`. For every archive, a family is learned from the
others alone, its settings chosen by leaving out each of those in turn; an archive that had no part in the shipped
family is proposed by the shipped family. Then the archive is reviewed: the queue asks, the truth answers, and each
answer updates the model. Measured pages (readings, vectors, paper) are cached by content. --orders compares the queue's
questions with scan order, random ones, and an oracle's. --write-docs updates docs/reference/evaluation.md. With --json,
the last line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.crude import crude_edits, expectations
from bench.measured import Measured, measure_folder
from bench.readings import CACHE
from bench.reviewing import (
    Moment,
    Review,
    Visits,
    acts_by_hand,
    at_random,
    by_model,
    oracle,
    queue,
    review,
    review_by_documents,
    scan_order,
)
from clustering.engine.collection_prior import model_for
from clustering.engine.evidence import gather
from clustering.engine.family import Family, shipped_family
from clustering.engine.family_learning import learn_family
from clustering.engine.labeled import LabeledStream, blocks_of
from clustering.engine.metrics import FiguresRow, bootstrap, labels_of, markdown, score_partition
from clustering.engine.metrics.calibration import expected_calibration_error
from clustering.engine.proposing import propose

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "evaluation.md"
MARKS = ("<!-- archives: begin -->", "<!-- archives: end -->")
ANSWERS = (0, 10, 20, 40)
DRAWS = 400
"""Random collections that show how much calibration error chance makes."""
PIECES = (15, 30, 60)
"""Pages of the small collections that an archive is cut into."""
QUESTIONS = (0, 10)
"""Places answered in the queue before a review continues document by document."""
COLUMNS = (
    "proposed", "edits", "seam_f1", "exact", "pq", "seam_ece", "seam_brier", "group_ece", "accepted99",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Archive:
    """A measured archive with its truth."""

    measured: Measured
    stream: LabeledStream

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.measured.name

    @property
    def card(self) -> dict[str, Any]:
        """What identifies a training archive."""
        digest = hashlib.sha256("".join(page.identifier for page in self.measured.pages).encode()).hexdigest()
        sure = self.stream.truth[self.stream.known]
        return {"name": self.name, "pages": len(self.stream.starts), "boundaries": int(sure.sum()), "sha256": digest}


@dataclass(frozen=True, slots=True)
class Result:
    """All figures of one archive."""

    archive: Archive
    family: Family
    taught_by: tuple[str, ...]
    review: Review
    visits: dict[int, Visits]
    """By number of QUESTIONS."""
    crude: dict[str, dict[int, float]]
    """By name of the baseline, edits per 100 pages by number of answers."""
    rows: tuple[FiguresRow, ...]
    pieces: dict[int, float]
    """By number of PIECES, edits per 100 pages before any answer if the archive is cut into such small collections."""


def main() -> None:
    """Measure and print, as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--orders", action="store_true")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    args = parser.parse_args()
    archives = load(args.folder, args.cache)
    results = [measure(archive, [other for other in archives if other is not archive]) for archive in archives]
    text = report(results)
    if args.orders:
        text += "\n\n" + orders(results)
    sys.stdout.write(f"{text}\n")
    if args.write_docs:
        before, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
        PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{rest.split(MARKS[1])[1]}", encoding="utf-8")
    if args.json:
        sys.stdout.write(json.dumps({"archives": {result.archive.name: as_json(result) for result in results}}) + "\n")


def load(folder: Path, cache: Path) -> list[Archive]:
    """Measure every archive of a folder, or read it from the cache."""
    folders = sorted(path for path in folder.iterdir() if (path / "truth.csv").is_file() and (path / "images").is_dir())
    if not folders:
        sys.exit(f"{folder} holds no archive. Give a folder of folders, each with images/ and truth.csv.")
    archives = []
    for path in folders:
        measured = measure_folder(path / "images", path / "truth.csv", cache / path.name, say=_say)
        archives.append(Archive(measured, LabeledStream(gather(measured.pages), measured.starts, path.name)))
    return archives


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def family_for(archive: Archive, others: Sequence[Archive]) -> tuple[Family, tuple[str, ...]]:
    """Return a family without the archive, and the names of the archives it was learned from."""
    shipped = shipped_family()
    if archive.card["sha256"] not in {taught["sha256"] for taught in shipped.archives}:
        return shipped, tuple(str(taught["name"]) for taught in shipped.archives)
    if not others:
        sys.exit(f"{archive.name} is part of the shipped family; give other archives beside it to learn from.")
    weights, intercept = expectations()
    family = learn_family(
        [o.stream for o in others], start=weights, intercept=intercept, name=f"without {archive.name}"
    )
    return family, tuple(other.name for other in others)


def measure(archive: Archive, others: Sequence[Archive]) -> Result:
    """Propose and review one archive by a family without it, with baselines."""
    _say(f"reviewing {archive.name}")
    family, taught_by = family_for(archive, others)
    stream = archive.stream
    model = model_for(family, stream.evidence)
    played = review(stream, by_model(model), moments=ANSWERS)
    visits = {first: review_by_documents(stream, by_model(model), questions=first) for first in QUESTIONS}
    rest = [other.stream for other in others]
    crude = {
        name: crude_edits(stream, rest, held=held, answers=ANSWERS) if rest else dict.fromkeys(ANSWERS, float("nan"))
        for name, held in (("from zero", False), ("held to expectations", True))
    }
    rows = [_row(f"{answers} answers", archive, played.moments[answers]) for answers in ANSWERS]
    pieces = {least: edits_in_pieces(archive, family, least=least) for least in PIECES}
    return Result(archive, family, taught_by, played, visits, crude, (*rows, *_trivial(archive)), pieces)


def edits_in_pieces(archive: Archive, family: Family, *, least: int) -> float:
    """Return the wrong seams per 100 pages before any answer if each piece of at least `least` pages is a
    collection."""
    starts, pages, wrong = archive.stream.starts, archive.measured.pages, 0
    for block in blocks_of(starts, least=least):
        piece = LabeledStream(gather(pages[block.start : block.stop]), starts[block.start : block.stop])
        log_odds = model_for(family, piece.evidence).fit({}).log_odds
        wrong += int((piece.known & ((log_odds > 0) != (piece.truth > 0.5))).sum())
    return 100 * wrong / len(starts)


def _row(name: str, archive: Archive, moment: Moment) -> FiguresRow:
    figures = score_partition(
        archive.stream.starts,
        moment.labels,
        seam_probabilities=moment.seams,
        group_probabilities={label: p for label, p in moment.confidence.items()},  # noqa: C416 - wider key type
    )
    return FiguresRow(name, figures, bootstrap(archive.stream.starts, moment.labels))


def _trivial(archive: Archive) -> list[FiguresRow]:
    """Return the proposals that cost nothing, and that of the first experiment."""
    starts, n = archive.stream.starts, len(archive.stream.starts)
    clustered = propose("dbscan", archive.measured.pages)
    labels: dict[str, Sequence[Hashable]] = {
        "all one document": [0] * n,
        "every page alone": list(range(n)),
        "DBSCAN of image vectors": labels_of([group.pages for group in clustered.groups], n),
    }
    return [FiguresRow(name, score_partition(starts, proposed)) for name, proposed in labels.items()]


def better_crude(result: Result) -> dict[int, float]:
    """Return the edits of the better of the two crude baselines."""
    return min(result.crude.values(), key=lambda edits: float(np.mean(list(edits.values()))))


def edits(result: Result) -> dict[int, float]:
    """Return the wrong seams per 100 pages by number of answers."""
    n = len(result.archive.stream.starts)
    return {answers: 100 * result.review.moments[answers].wrong / n for answers in ANSWERS}


def ece_if_calibrated(confidence: Iterable[float]) -> float:
    """Return the mean calibration error of documents that are right exactly as often as these confidences say.

    It is above 0, because a few dozen documents are seldom right exactly as often as expected.
    """
    p = np.array(list(confidence))
    drawn = np.random.default_rng(0).random((DRAWS, len(p))) < p
    return float(np.mean([expected_calibration_error(p, right) for right in drawn]))


def as_json(result: Result) -> dict[str, Any]:
    """Return the figures of one archive; calibration is that of the proposal before any answer."""
    n, stop = len(result.archive.stream.starts), result.review.stop
    by_answers = {answers: row.figures for answers, row in zip(ANSWERS, result.rows, strict=False)}
    assert stop is not None
    return {
        "edits_per_100": {str(k): round(v, 2) for k, v in edits(result).items()},
        "baseline_edits_per_100": {str(k): round(v, 2) for k, v in better_crude(result).items()},
        "edits_per_100_in_pieces": {str(k): round(v, 2) for k, v in result.pieces.items()},
        "acts_per_100": round(100 * result.review.acts / n, 1),
        "by_hand_acts_per_100": round(100 * acts_by_hand(result.archive.stream) / n, 1),
        "document_keys_per_100": {str(k): round(100 * v.keys / n, 1) for k, v in result.visits.items()},
        "document_places_seen_per_100": {str(k): round(100 * len(v.seen) / n, 1) for k, v in result.visits.items()},
        "seam_ece": _rounded(by_answers[0].seam_ece),
        "group_ece": _rounded(by_answers[0].group_ece),
        "group_ece_if_calibrated": _rounded(ece_if_calibrated(result.review.moments[0].confidence.values())),
        "seam_ece_by_answers": {str(k): _rounded(f.seam_ece) for k, f in by_answers.items()},
        "group_ece_by_answers": {str(k): _rounded(f.group_ece) for k, f in by_answers.items()},
        "accept99_by_answers": {str(k): _rounded(f.accepted99) for k, f in by_answers.items()},
        "wrong_left_at_stop": stop.wrong,
        "expected_left_at_stop": round(stop.expected, 2),
        "answers_at_stop": stop.answers,
        "taught_by": list(result.taught_by),
    }


def _short(value: float | None) -> str:
    return "·" if value is None else f"{value:.2f}".removeprefix("0")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def report(results: Sequence[Result]) -> str:
    """Return all tables as Markdown."""
    head = (
        "| archive | pages | edits/100 before any answer | after 10 | 20 | 40 | crude baseline: 0 | 10 | 20 | 40 "
        "| all one document | acts/100 to fully right | by hand | wrong left at the stop (answers) "
        "| seam ECE before any answer | after 40 | group ECE before any answer | after 40 |"
    )
    lines = [head, "|---|" + "---:|" * 17]
    for result in results:
        own, crude, n = edits(result), better_crude(result), len(result.archive.stream.starts)
        one = next(row.figures.edits for row in result.rows if row.name == "all one document")
        stop = result.review.stop
        assert stop is not None
        cells = [
            result.archive.name, str(n), *(f"**{own[k]:.1f}**" for k in ANSWERS), *(f"{crude[k]:.1f}" for k in ANSWERS),
            f"{one:.1f}", f"{100 * result.review.acts / n:.0f}",
            f"{100 * acts_by_hand(result.archive.stream) / n:.0f}", f"{stop.wrong} ({stop.answers})",
            *(_short(moment.figures.seam_ece) for moment in (result.rows[0], result.rows[len(ANSWERS) - 1])),
            *(_short(moment.figures.group_ece) for moment in (result.rows[0], result.rows[len(ANSWERS) - 1])),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    parts = ["\n".join(lines), _hands(results), _by_documents(results), _small(results)]
    parts += [f"### {result.archive.name}\n\n{markdown(result.rows, columns=COLUMNS)}" for result in results]
    return "\n\n".join(parts)


def _hands(results: Sequence[Result]) -> str:
    """Return a sentence that says which archives the figures are based on."""
    taught = [f"{result.archive.name}: {', '.join(result.taught_by)}" for result in results]
    return (
        "Which archives each family was learned from: "
        + "; ".join(taught)
        + ". Its settings were chosen by leaving each of these out in turn. The starting weights are log-odds that "
        "somebody wrote down after looking at afl-cio; how far they count is one of the settings. Seams marked ? count "
        "neither way. Intervals are 95 %, by bootstrap over documents. Perfectly calibrated confidences would "
        "have a group ECE before any answer of "
        + ", ".join(
            f"{_short(ece_if_calibrated(result.review.moments[0].confidence.values()))} ({result.archive.name})"
            for result in results
        )
        + ", because so few documents are seldom right exactly as often as expected."
    )


def _small(results: Sequence[Result]) -> str:
    """Return the quality of first proposals for small collections, as a table."""
    head = "".join(f" | {least}" for least in PIECES)
    lines = [f"| edits/100 before any answer, cut into collections of this many pages{head} | whole |"]
    lines.append("|---|" + "---:|" * (len(PIECES) + 1))
    for result in results:
        cells = [f"{value:.1f}" for value in (*result.pieces.values(), edits(result)[0])]
        lines.append("| " + " | ".join([result.archive.name, *cells]) + " |")
    return "\n".join(lines)


def _by_documents(results: Sequence[Result]) -> str:
    """Return the cost of a review document by document, as a table."""
    lines = [
        "| document by document | first answers | keys/100 | answers | documents | corrections "
        "| page breaks seen/100 | keys/100 by hand |",
        "|---|" + "---:|" * 7,
    ]
    for result in results:
        stream = result.archive.stream
        n, boundaries = len(stream.starts), int(stream.truth[stream.known].sum())
        for first, visits in result.visits.items():
            lines.append(
                f"| {result.archive.name} | {first} | {100 * visits.keys / n:.0f} | {visits.questions} "
                f"| {visits.documents} | {visits.corrections} | {100 * len(visits.seen) / n:.0f} "
                f"| {100 * (2 * boundaries + 1) / n:.0f} |"
            )
    return "\n".join(lines)


def orders(results: Sequence[Result]) -> str:
    """Return the cost of other orders of questions, as a table."""
    lines = [
        "| order of questions | archive | edits/100 after 10 | 20 | 40 | acts/100 |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for result in results:
        stream = result.archive.stream
        ways = {
            "queue": queue,
            "scan order": scan_order,
            "random": at_random(0),
            "oracle": oracle(stream),
        }
        for name, order in ways.items():
            model = model_for(result.family, stream.evidence)
            played = review(stream, by_model(model), moments=ANSWERS, order=order)
            n = len(stream.starts)
            values = [f"{100 * played.moments[k].wrong / n:.1f}" for k in ANSWERS[1:]]
            lines.append(f"| {name} | {result.archive.name} | {' | '.join(values)} | {100 * played.acts / n:.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
