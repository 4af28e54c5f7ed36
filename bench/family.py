"""Learn the shipped family, and write clustering/engine/prior/family.json.

    python bench/family.py FOLDER [--cache DIR] [--name NAME]

FOLDER has archives, each a folder with `images/` and `truth.csv`; all of them are used. Settings are chosen by leaving
out each archive in turn. `bench/archives.py` measures how good the result is on archives it hasn't seen.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.archives import load
from bench.crude import expectations
from bench.readings import CACHE
from clustering.engine.family import SHIPPED
from clustering.engine.family_learning import choose, learn_family


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--name", default="family 1")
    args = parser.parse_args()
    archives = load(args.folder, args.cache)
    streams = [archive.stream for archive in archives]
    weights, intercept = expectations()
    choice = choose(streams, start=weights, intercept=intercept)
    family = learn_family(streams, start=weights, intercept=intercept, name=args.name, choice=choice)
    family = replace(family, archives=tuple(archive.card for archive in archives))
    SHIPPED.write_text(json.dumps(family.to_json(), indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"wrote {SHIPPED.name}, chosen: {asdict(choice)}\n")


if __name__ == "__main__":
    main()
