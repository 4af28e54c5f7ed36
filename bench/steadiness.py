"""How steady the figures of `archives.py` are: the same reviews by families that learned from a little less.

    python bench/steadiness.py FOLDER [--times 8] [--cache DIR] [--json]

FOLDER has archives, each a folder with `images/` and `truth.csv`. For every archive and each time, a random seventh of
the pages of the other archives is left out, in blocks of whole documents; a family is learned from the rest, and the
archive is reviewed as in `archives.py`. How far acts and edits scatter says how much a figure of one run means. They
are also a little worse, because less was learned from. With --json, the last line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.archives import ANSWERS, Archive, load
from bench.crude import expectations
from bench.readings import CACHE
from bench.reviewing import by_model, review
from clustering.engine.collection_prior import model_for
from clustering.engine.evidence import gather
from clustering.engine.family_learning import learn_family
from clustering.engine.labeled import LabeledStream, blocks_of

LEFT_OUT = 1 / 7
"""Share of the blocks that is left out."""
BLOCK = 15
"""Least pages of a block."""


def main() -> None:
    """Measure and print, as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=8)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    archives = load(args.folder, args.cache)
    figures = {}
    for archive in archives:
        others = [other for other in archives if other is not archive]
        played = [reviewed(archive, [thinned(other, seed) for other in others]) for seed in range(args.times)]
        figures[archive.name] = played
        for name in played[0]:
            values = [one[name] for one in played]
            print(f"{archive.name:12} {name:20} {min(values):6.1f} … {max(values):6.1f}, mean {mean(values):6.1f}")
    if args.json:
        print(json.dumps(figures))


def thinned(archive: Archive, seed: int) -> LabeledStream:
    """Return an archive without a random share of its blocks."""
    chance = np.random.default_rng([seed, len(archive.stream.starts)])
    pages, starts = archive.measured.pages, archive.stream.starts
    kept = [block for block in blocks_of(starts, least=BLOCK) if chance.random() >= LEFT_OUT]
    return LabeledStream(
        gather([page for block in kept for page in pages[block.start : block.stop]]),
        tuple(start for block in kept for start in starts[block.start : block.stop]),
        archive.name,
    )


def reviewed(archive: Archive, streams: Sequence[LabeledStream]) -> dict[str, float]:
    """Return the figures of a review by a family learned from these."""
    weights, intercept = expectations()
    family = learn_family(streams, start=weights, intercept=intercept, name=f"without {archive.name}")
    played = review(archive.stream, by_model(model_for(family, archive.stream.evidence)), moments=ANSWERS)
    pages = len(archive.stream.starts)
    assert played.stop is not None
    return {
        **{f"edits/100 after {k}": round(100 * played.moments[k].wrong / pages, 1) for k in ANSWERS},
        "acts/100": round(100 * played.acts / pages, 1),
        "wrong left at stop": played.stop.wrong,
    }


if __name__ == "__main__":
    main()
