"""What a review costs from beginning to end, by every way to work, with the shipped weights and with others.

    python bench/effort.py SLUG TRUTH.csv [--samples 11 12] [--cache DIR] [--json] [--write-docs]

SLUG is a collection that was processed (HHREVIEW_DATA_DIR says where); it is not changed. "samples only" begins with
weights that were fitted on drawn collections alone and never on this one. --write-docs renews the table and the plot of
docs/reference/evaluation.md. With --json the last line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from clustering.engine.seams import SeamWeights
    from clustering.jobs.simulating import Played

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "reference"
WRONG = 0.03
SEEDS = 10
LIVE = ("queue", "queue+learning")
COLUMNS = ("look", "split", "merge", "move", "confirm", "accept")


def main() -> None:
    """Play every way to work under every prior, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slug")
    parser.add_argument("truth", type=Path)
    parser.add_argument("--samples", type=int, nargs="*", default=[11, 12], metavar="SEED")
    parser.add_argument("--cache", type=Path, default=ROOT / ".local" / "bench-cache")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    args = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "hhreview.settings"
    drawn = samples_only(args.samples, args.cache)
    from hhreview import local

    with local.servers():
        import django

        django.setup()
        from django.conf import settings

        from clustering.jobs.simulating import simulate
        from clustering.management.commands.evaluate import read_truth
        from clustering.models import Collection

        collection, truth = Collection.objects.get(slug=args.slug), read_truth(args.truth)
        tables = {
            "shipped weights": simulate(collection, truth, encoder=settings.ENCODER),
            "weights from drawn samples only": simulate(collection, truth, encoder=settings.ENCODER, weights=drawn),
        }
        slips = [
            simulate(
                collection, truth, encoder=settings.ENCODER, weights=drawn, wrong=WRONG, seed=seed, strategies=LIVE
            )
            for seed in range(SEEDS)
        ]
    text = "\n\n".join(section(name, played) for name, played in tables.items())
    text += "\n\n" + slipping(slips)
    print(text)
    if args.write_docs:
        write_docs(text, tables)
    if args.json:
        out = {
            name: {
                play.name: {"acts_per_100_pages": round(play.per_100(), 2), "wrong_left": play.wrong_left}
                for play in played
            }
            for name, played in tables.items()
        }
        print(json.dumps(out))


def samples_only(seeds: list[int], cache: Path) -> SeamWeights:
    """Weights fitted on drawn collections."""
    from bench.segmentation import SAMPLE_WEIGHT, drawn_sample, stream_of
    from clustering.engine.training import shipped

    streams = [stream_of(drawn_sample(seed, cache), SAMPLE_WEIGHT) for seed in seeds]
    return shipped(streams, name="samples only")


def section(name: str, played: list[Played]) -> str:
    """One table in Markdown."""
    titles = ("looks", "splits", "merges", "moves", "confirmations", "bulk accepts", "**acts per 100 pages**")
    head = f"| {name} | {' | '.join(titles)} | minutes | wrong seams left |"
    rows = [head, "|---|" + "---:|" * 9]
    for play in played:
        counts = " | ".join(str(play.counts[column]) for column in COLUMNS)
        rows.append(
            f"| `{play.name}` | {counts} | **{play.per_100():.1f}** | {play.seconds() / 60:.1f} | {play.wrong_left} |"
        )
    stops = [(play.name, play.stopped()) for play in played if play.name.startswith("queue")]
    said = [f"`{name}` after {step.acts} acts with {step.wrong} wrong" for name, step in stops if step is not None]
    if said:
        rows += ["", f"Stopping where the machine expects fewer than half an error: {'; '.join(said)}."]
    return "\n".join(rows)


def slipping(plays: list[list[Played]]) -> str:
    """What wrong answers cost, in the mean over the seeds."""
    said = []
    for at, name in enumerate(LIVE):
        acts = sum(played[at].per_100() for played in plays) / len(plays)
        left = sum(played[at].wrong_left for played in plays) / len(plays)
        said.append(f"`{name}` {acts:.1f} acts per 100 pages and {left:.1f} wrong seams left")
    head = f"With {WRONG:.0%} of the answers wrong, weights from drawn samples, mean of {len(plays)} draws"
    return f"{head}: {'; '.join(said)}."


def write_docs(text: str, tables: dict[str, list[Played]]) -> None:
    """Renew what stands between the marks, and the plot."""
    from matplotlib.figure import Figure

    page = DOCS / "evaluation.md"
    before, rest = page.read_text(encoding="utf-8").split("<!-- effort: begin -->")
    after = rest.split("<!-- effort: end -->")[1]
    page.write_text(f"{before}<!-- effort: begin -->\n\n{text}\n\n<!-- effort: end -->{after}", encoding="utf-8")
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    for play in tables["weights from drawn samples only"]:
        axes.step([s.acts for s in play.steps], [s.wrong for s in play.steps], where="post", label=play.name)
    axes.set(xlabel="acts", ylabel="wrong seams left")
    axes.set_yscale("symlog", linthresh=1)
    axes.legend(frameon=False)
    figure.savefig(DOCS / "evaluation-effort.png", dpi=110)


if __name__ == "__main__":
    main()
